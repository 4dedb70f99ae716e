/* SPDX-License-Identifier: MIT */
/*
 * vmevent.h - event counters as in /proc/vmstat: per hart, summed when read.
 */
#pragma once

#include "core/cpu.h"

/* Under these names, in small letters, /proc/vmstat shows the events. */
#define VM_EVENTS(E)                                                           \
    E(PGALLOC_DMA), E(PGALLOC_DMA32), E(PGALLOC_NORMAL), E(ALLOCSTALL_DMA),    \
        E(ALLOCSTALL_DMA32), E(ALLOCSTALL_NORMAL), E(PGFREE), E(PGFAULT),      \
        E(PGMAJFAULT), E(PGACTIVATE), E(PGDEACTIVATE), E(PGLAZYFREE),          \
        E(PGLAZYFREED), E(PGSCAN_KSWAPD), E(PGSCAN_DIRECT), E(PGSTEAL_KSWAPD), \
        E(PGSTEAL_DIRECT), E(PGSCAN_ANON), E(PGSCAN_FILE), E(PGSTEAL_ANON),    \
        E(PGSTEAL_FILE), E(PGPGIN), E(PGPGOUT), E(PSWPIN), E(PSWPOUT),         \
        E(SWPIN_ZERO), E(SWPOUT_ZERO), E(OOM_KILL), E(PGREUSE)

#define VM_EVENT_ENUM(event) event
enum vm_event { VM_EVENTS(VM_EVENT_ENUM), NR_VM_EVENTS };

struct vm_event_counts {
    atomic64_t count[NR_VM_EVENTS];
} __aligned(256); /* a power of two: indexing is a shift */
extern struct vm_event_counts vm_events[NR_CPUS];

/*
 * Any context.  Atomic, so that neither an interrupt nor a move to another
 * hart half way loses a count; the line is this hart's own, so it is cheap.
 */
#define count_vm_events(e, n)                                                  \
    atomic_add(&vm_events[hart_index()].count[e], (int64_t)(n))

#define count_vm_event(e) count_vm_events(e, 1)

uint64_t vm_event_sum(enum vm_event e);
extern const char *const vm_event_names[NR_VM_EVENTS];
