/* SPDX-License-Identifier: MIT */
/*
 * plic.h - the platform-level interrupt controller, and device interrupts.
 *
 * All device interrupts go to hart 0 (the boot hart).
 */
#pragma once

#include <stdint.h>

enum { MAX_IRQ = 128 }; /* sources 1 .. MAX_IRQ - 1 */

/*
 * Boot: the mapped registers (NULL: no PLIC), how many sources there are
 * (riscv,ndev), and which context is S-mode of hart 0.  Without a PLIC, or if
 * it makes no sense, there are no device interrupts.
 */
void plic_init(volatile void *regs, uint64_t size, uint32_t sources,
               uint32_t context);

/*
 * Call handler(arg) for each interrupt of the source, and enable it.  The
 * handler runs on hart 0 with interrupts off, may take spinlocks and wake
 * threads, must not sleep.  Boot only; there is no way back.
 * => 0, -EINVAL if there is no such source, -EBUSY if it is taken
 */
int irq_register(uint32_t irq, void (*handler)(void *arg), void *arg);

/* For trap.c: handle all that is pending. */
void plic_interrupt(void);
