/* SPDX-License-Identifier: MIT */
/*
 * shrinker.c - asking the owners of cached objects to part with some.
 *
 * What: layers above register what they could drop (dentries, inodes, ...).
 * Under memory pressure the reclaimer calls shrink_slab, whose prio falls from
 * 12 to 0 as the need grows; each shrinker is asked for its count / 2^prio.
 * Freed objects lie in magazines and half-empty slabs, so then whole slabs
 * are collected.
 *
 * Invariants: the list only grows, and only at boot.
 *
 * Locks: none; a shrinker takes its own.
 */
#include "mm/page_alloc.h"
#include "mm/slab.h"

enum { URGENT_PRIO = 8 }; /* from here down collect slabs in any case */

static struct shrinker *shrinkers;

void
shrinker_register(struct shrinker *s)
{
    s->next = shrinkers;
    shrinkers = s;
}

uint64_t
shrink_slab(unsigned prio)
{
    uint64_t freed = 0;

    for (struct shrinker *s = shrinkers; s; s = s->next) {
        uint64_t nr = s->count() >> prio;

        if (nr == 0)
            continue;
        count_vm_events(SLABS_SCANNED, nr);
        freed += s->scan(nr);
    }
    if (freed > 0 || prio <= URGENT_PRIO)
        freed += kmem_shrink_all();
    return freed;
}
