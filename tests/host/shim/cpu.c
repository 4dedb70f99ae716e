/* SPDX-License-Identifier: MIT */
/*
 * cpu.c - how many harts the tests play, and their event counters.
 */
#include "host.h"

#include "core/cpu.h"
#include "mm/vmevent.h"

unsigned nr_harts = 2;
uint64_t hart_ids[MAX_HARTS];
_Atomic uint64_t harts_online = 3;
struct cpu cpus[NR_CPUS];
struct vm_event_counts vm_events[NR_CPUS];
