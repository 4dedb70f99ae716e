/* SPDX-License-Identifier: MIT */
/*
 * magazine.c - per-CPU magazines of free objects, in front of the slabs.
 *
 * What: each hart keeps two magazines of a cache, stacks of up to mag_size
 * objects; a depot holds full and empty ones for all harts.  An allocation or
 * a free then costs a lock that nobody else wants and one array access.
 *
 *     hart      loaded [....]   previous [full or empty]
 *                 | both empty              | both full
 *                 v                         v
 *     depot     full -> full -> full     empty -> empty
 *                 | none                    | none
 *                 v                         v
 *     slabs     slab_get()               a new magazine, or slab_put()
 *
 * How: when the loaded magazine cannot serve, swap it with the previous one;
 * if that cannot either, exchange the previous one at the depot.  With two, a
 * hart that alternates at a boundary does not go to the depot each time.
 *
 * Invariants
 *   I1  previous is full, empty or absent; it is absent while loaded is.
 *   I2  The objects in magazines count as in use in their slabs; in DEBUG
 *       builds they are poisoned like other free objects.
 *
 * Locks: cpu_cache->lock, then cache->lock for the depot.  No magazine is
 * allocated with either held.
 *
 * Not done: growing the magazines when the depot's lock is contended.
 *
 * See: Bonwick & Adams 2001; doc/ch-slab.
 */
#include "mm/page_alloc.h"
#include "mm/slab_impl.h"

enum {
    MEDIUM_SIZE = 256,
    MEDIUM_ROUNDS = 8,
    LARGE_SIZE = 1024,
    LARGE_ROUNDS = 4,
    SMALL_HART_PAGES = 1024, /* of RAM per hart: halve the rounds */
};

struct kmem_cache magazine_cache;

void
magazine_init(void)
{
    kmem_cache_setup(&magazine_cache, "magazine", sizeof(struct magazine), 0);
}

void
magazine_setup(struct kmem_cache *cache)
{
    if (cache->flags & SLAB_NO_MAGAZINE)
        return;
    cache->mag_size = MAG_ROUNDS;
    if (cache->object_size > MEDIUM_SIZE)
        cache->mag_size = MEDIUM_ROUNDS;
    if (cache->object_size > LARGE_SIZE)
        cache->mag_size = LARGE_ROUNDS;
    if (total_ram_pages() / nr_cpus < SMALL_HART_PAGES)
        cache->mag_size /= 2;
    for_each_cpu(i)
        spin_init(&cache->cpu[i].lock, RANK_SLAB, "magazine");
}

static void
push(struct magazine **depot, struct magazine *mag)
{
    mag->next = *depot;
    *depot = mag;
}

static struct magazine *
pop(struct magazine **depot)
{
    struct magazine *mag = *depot;

    if (mag)
        *depot = mag->next;
    return mag;
}

static void
swap_magazines(struct cpu_cache *cc)
{
    struct magazine *mag = cc->loaded;
    uint32_t rounds = cc->rounds;

    cc->loaded = cc->previous;
    cc->rounds = cc->previous_rounds;
    cc->previous = mag;
    cc->previous_rounds = rounds;
}

/*
 * Replace previous by a magazine from the list `from` of the depot, and swap.
 * => false if the depot has none; => cc->lock held
 */
static bool
exchange(struct kmem_cache *cache, struct cpu_cache *cc, struct magazine **from,
         struct magazine **to, uint32_t rounds)
{
    struct magazine *mag;

    cache_lock(cache);
    mag = pop(from);
    if (mag && cc->previous)
        push(to, cc->previous);
    cache_unlock(cache);
    if (!mag)
        return false;
    cc->previous = mag;
    cc->previous_rounds = rounds;
    swap_magazines(cc);
    return true;
}

/* Nothing in loaded: get something. */
bool
magazine_load_full(struct kmem_cache *cache, struct cpu_cache *cc)
{
    if (cc->previous_rounds > 0) {
        swap_magazines(cc);
        return true;
    }
    return READ_ONCE(cache->full_mags) && /* spares most calls the lock */
           exchange(cache, cc, &cache->full_mags, &cache->empty_mags,
                    cache->mag_size);
}

/* No room in loaded: get some. */
bool
magazine_load_empty(struct kmem_cache *cache, struct cpu_cache *cc)
{
    if (cc->previous && cc->previous_rounds == 0) {
        swap_magazines(cc);
        return true;
    }
    return exchange(cache, cc, &cache->empty_mags, &cache->full_mags, 0);
}

bool
magazine_add(struct kmem_cache *cache)
{
    struct magazine *mag;

    if (cache->mag_size == 0)
        return false;
    mag = slab_get(&magazine_cache, GFP_NOWAIT | __GFP_NORETRY);
    if (!mag)
        return false;
    cache_lock(cache);
    push(&cache->empty_mags, mag);
    cache_unlock(cache);
    return true;
}

static void
empty_magazine(struct kmem_cache *cache, struct magazine *mag, uint32_t rounds)
{
    if (!mag)
        return;
    while (rounds > 0)
        slab_put(cache, mag->object[--rounds]);
    slab_put(&magazine_cache, mag);
}

static void
empty_list(struct kmem_cache *cache, struct magazine *list, uint32_t rounds)
{
    struct magazine *mag;

    while ((mag = pop(&list)))
        empty_magazine(cache, mag, rounds);
}

void
magazine_flush(struct kmem_cache *cache)
{
    struct magazine *full, *empty;

    if (cache->mag_size == 0)
        return;
    for_each_cpu(i) {
        struct cpu_cache *cc = &cache->cpu[i];
        struct magazine *loaded, *previous;
        uint32_t rounds, previous_rounds;

        /* Unload under the lock, empty without it. */
        spin_lock(&cc->lock);
        loaded = cc->loaded;
        previous = cc->previous;
        rounds = cc->rounds;
        previous_rounds = cc->previous_rounds;
        cc->loaded = cc->previous = NULL;
        cc->rounds = cc->previous_rounds = 0;
        spin_unlock(&cc->lock);
        empty_magazine(cache, loaded, rounds);
        empty_magazine(cache, previous, previous_rounds);
    }
    cache_lock(cache);
    full = cache->full_mags;
    empty = cache->empty_mags;
    cache->full_mags = cache->empty_mags = NULL;
    cache_unlock(cache);
    empty_list(cache, full, cache->mag_size);
    empty_list(cache, empty, 0);
}

uint64_t
magazine_count(struct kmem_cache *cache)
{
    uint64_t objects = 0;

    if (cache->mag_size == 0)
        return 0;
    for_each_cpu(i) {
        struct cpu_cache *cc = &cache->cpu[i];

        spin_lock(&cc->lock);
        objects += cc->rounds + cc->previous_rounds;
        spin_unlock(&cc->lock);
    }
    cache_lock(cache);
    for (struct magazine *mag = cache->full_mags; mag; mag = mag->next)
        objects += cache->mag_size;
    cache_unlock(cache);
    return objects;
}
