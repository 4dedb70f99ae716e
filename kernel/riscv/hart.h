/* SPDX-License-Identifier: MIT */
/*
 * hart.h - the harts by number.
 *
 * The kernel counts harts 0, 1, ... in the order in which it finds them, the
 * boot hart first; the firmware knows them by hart ids, which may have gaps.
 * A set of harts is a 64-bit mask of the kernel's numbers; only calls to the
 * firmware translate it (sbi_harts).
 *
 * Not done: hart ids above 63, which would need several calls a mask.
 */
#pragma once

#include <stdint.h>

struct thread;

enum { MAX_HARTS = 8, MAX_HART_ID = 63 };

extern unsigned nr_harts;             /* (c) after the device tree was read */
extern uint64_t hart_ids[MAX_HARTS];  /* (c) the firmware's numbers */
extern _Atomic uint64_t harts_online; /* those that run, as a mask */

/*
 * Start hart `index`; it runs main(), which does not return, with interrupts
 * off on the stack of `idle` (kernel_sp), which becomes its thread, under
 * kernel_mmu.  main is the same for all.
 * => 0 or the SBI error
 */
int hart_start(unsigned index, struct thread *idle, void (*main)(void));

/* The firmware's mask of these harts, which goes with the base 0 (sbi.h). */
uint64_t sbi_harts(uint64_t harts);

/* Interrupt enables and clock of the hart that runs this: it is online. */
void hart_init_local(void);
