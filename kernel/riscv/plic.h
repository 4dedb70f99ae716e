/* SPDX-License-Identifier: MIT */
/*
 * plic.h - the platform-level interrupt controller, and device interrupts.
 *
 * All device interrupts go to hart 0 (the boot hart).
 */
#ifndef RISCV_PLIC_H
#define RISCV_PLIC_H

#include <stdint.h>

enum { MAX_IRQ = 128 }; /* sources 1 .. MAX_IRQ - 1 */

/* What main.c knows from the device tree. */
struct plic_config {
    volatile void *base; /* mapped registers */
    uint32_t nr_sources; /* riscv,ndev */
    uint32_t context;    /* S-mode context of hart 0 */
};

void plic_init(const struct plic_config *config);

/*
 * Call handler(arg) for each interrupt of the source, and enable it.  The
 * handler runs on hart 0 with interrupts off, may take spinlocks and wake
 * threads, must not sleep.  Boot only; there is no way back.
 * => 0, -EINVAL if there is no such source, -EBUSY if it is taken
 */
int irq_register(uint32_t irq, void (*handler)(void *arg), void *arg);

/* Interrupts of a source since boot. */
uint64_t irq_count(uint32_t irq);

/* For trap.c: handle all that is pending. */
void plic_interrupt(void);

#endif
