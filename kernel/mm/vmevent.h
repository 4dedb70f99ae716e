/* SPDX-License-Identifier: MIT */
/*
 * vmevent.h - event counters as in /proc/vmstat: per hart, summed when read.
 */
#pragma once

#include "core/cpu.h"

/* Each event and its name in /proc/vmstat; two are there for each zone. */
#define VM_EVENTS(E)                                                           \
    E(PGALLOC_DMA, "pgalloc_dma")                                              \
    E(PGALLOC_DMA32, "pgalloc_dma32")                                          \
    E(PGALLOC_NORMAL, "pgalloc_normal")                                        \
    E(ALLOCSTALL_DMA, "allocstall_dma")                                        \
    E(ALLOCSTALL_DMA32, "allocstall_dma32")                                    \
    E(ALLOCSTALL_NORMAL, "allocstall_normal")                                  \
    E(PGFREE, "pgfree")                                                        \
    E(PGFAULT, "pgfault")                                                      \
    E(PGMAJFAULT, "pgmajfault")                                                \
    E(PGACTIVATE, "pgactivate")                                                \
    E(PGDEACTIVATE, "pgdeactivate")                                            \
    E(PGREFILL, "pgrefill")                                                    \
    E(PGLAZYFREE, "pglazyfree")                                                \
    E(PGLAZYFREED, "pglazyfreed")                                              \
    E(PGSCAN_KSWAPD, "pgscan_kswapd")                                          \
    E(PGSCAN_DIRECT, "pgscan_direct")                                          \
    E(PGSTEAL_KSWAPD, "pgsteal_kswapd")                                        \
    E(PGSTEAL_DIRECT, "pgsteal_direct")                                        \
    E(PGSCAN_ANON, "pgscan_anon")                                              \
    E(PGSCAN_FILE, "pgscan_file")                                              \
    E(PGSTEAL_ANON, "pgsteal_anon")                                            \
    E(PGSTEAL_FILE, "pgsteal_file")                                            \
    E(PGPGIN, "pgpgin")                                                        \
    E(PGPGOUT, "pgpgout")                                                      \
    E(PSWPIN, "pswpin")                                                        \
    E(PSWPOUT, "pswpout")                                                      \
    E(SWAP_RA, "swap_ra")                                                      \
    E(SWAP_RA_HIT, "swap_ra_hit")                                              \
    E(PAGEOUTRUN, "pageoutrun")                                                \
    E(OOM_KILL, "oom_kill")                                                    \
    E(SLABS_SCANNED, "slabs_scanned")                                          \
    E(DROP_PAGECACHE, "drop_pagecache")                                        \
    E(DROP_SLAB, "drop_slab")                                                  \
    E(PGREUSE, "pgreuse")

#define VM_EVENT_ENUM(event, name) event,
enum vm_event { VM_EVENTS(VM_EVENT_ENUM) NR_VM_EVENTS };

struct vm_event_counts {
    atomic64_t count[NR_VM_EVENTS];
} __aligned(256); /* a power of two: indexing is a shift */
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
