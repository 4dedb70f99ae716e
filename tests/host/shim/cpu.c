/* SPDX-License-Identifier: MIT */
/*
 * cpu.c - how many harts the tests play.
 */
#include "host.h"

#include "core/cpu.h"

unsigned nr_harts = 2;
uint64_t hart_ids[MAX_HARTS];
_Atomic uint64_t harts_online = 3;
struct cpu cpus[NR_CPUS];
