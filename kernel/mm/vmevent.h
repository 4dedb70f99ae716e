/* SPDX-License-Identifier: MIT */
/*
 * vmevent.h - event counters as in /proc/vmstat: per hart, summed when read.
 */
#ifndef MM_VMEVENT_H
#define MM_VMEVENT_H

#include "core/cpu.h"

enum vm_event {
    PGALLOC,
    PGFREE,
    PGFAULT,
    PGMAJFAULT,
    PGACTIVATE,
    PGDEACTIVATE,
    PGSCAN_KSWAPD,
    PGSCAN_DIRECT,
    PGSTEAL_KSWAPD,
    PGSTEAL_DIRECT,
    PGPGIN,
    PGPGOUT,
    PSWPIN,
    PSWPOUT,
    ALLOCSTALL,
    PAGEOUTRUN,
    OOM_KILL,
    SLABS_SCANNED,
    DROP_PAGECACHE,
    DROP_SLAB,
    PGREUSE,
    NR_VM_EVENTS
};

struct vm_event_counts {
    atomic64_t count[NR_VM_EVENTS];
} __aligned(CACHE_LINE_BYTES);
extern struct vm_event_counts vm_events[NR_CPUS];

/*
 * Any context.  Atomic, so that neither an interrupt nor a move to another
 * hart half way loses a count; the line is this hart's own, so it is cheap.
 */
static inline void
count_vm_events(enum vm_event e, uint64_t n)
{
    atomic_add(&vm_events[hart_index()].count[e], (int64_t)n);
}

static inline void
count_vm_event(enum vm_event e)
{
    count_vm_events(e, 1);
}

uint64_t vm_event_sum(enum vm_event e);
extern const char *const vm_event_names[NR_VM_EVENTS];

#endif
