/* SPDX-License-Identifier: MIT */
/*
 * vmevent.c - how often what happened in the memory manager since boot.
 *
 * What: one counter per event and hart; /proc/vmstat shows the sums under
 * Linux's names.
 *
 * How: PGALLOC_* and PGFREE of single pages are counted where the page's
 * per-CPU list is locked anyway (page_alloc.c), and added here.
 *
 * Interface: count_vm_event(s) to count, vm_event_sum to read.
 *
 * Invariants: a sum never decreases; while others count it may be a little
 * old.
 *
 * Locks: none; see vmevent.h.
 */
#include "mm/vmevent.h"

#include "mm/zone.h"

struct vm_event_counts vm_events[NR_CPUS];

#define VM_EVENT_NAME(event, name) [event] = name,
const char *const vm_event_names[NR_VM_EVENTS] = {VM_EVENTS(VM_EVENT_NAME)};

uint64_t
vm_event_sum(enum vm_event e)
{
    uint64_t sum = 0;

    for_each_cpu(i) {
        sum += (uint64_t)atomic_read(&vm_events[i].count[e]);
        for (struct zone *z = zones; z < zones + NR_ZONES; z++) {
            if (e == PGALLOC_DMA + (unsigned)(z - zones))
                sum += READ_ONCE(z->pcp[i].allocs);
            if (e == PGFREE)
                sum += READ_ONCE(z->pcp[i].frees);
        }
    }
    return sum;
}
