/* SPDX-License-Identifier: MIT */
/*
 * plic.c - the platform-level interrupt controller.
 *
 * A source raises an interrupt; each context (hart and mode) has a bit per
 * source that lets it in, and a threshold that its priority must exceed.
 * Reading the claim register takes the pending source of highest priority,
 * writing it back completes it.  All sources have priority 1 here, and only
 * the S-mode context of hart 0 is open.
 *
 *   byte 0           priority of source n          + 4 * n
 *        0x2000      32 enable bits of sources     + 4 * (n / 32)
 *                                                  + 0x80 * context
 *        0x200000    threshold, then claim         + 0x1000 * context
 *
 * Not done: spreading interrupts over harts.
 * See: RISC-V Platform-Level Interrupt Controller Specification 1.0.
 */
#include "riscv/plic.h"

#include "include/errno.h"
#include "lib/macros.h"
#include "riscv/atomic.h"

/* Offsets of registers, in words of 32 bits. */
enum {
    PLIC_ENABLE = 0x2000 / 4,
    PLIC_ENABLE_STRIDE = 0x80 / 4,
    PLIC_CONTEXT = 0x200000 / 4,
    PLIC_CONTEXT_STRIDE = 0x1000 / 4,
    BITS_PER_REG = 32,
};

static volatile uint32_t *priority; /* by source */
static volatile uint32_t *enable;   /* hart 0's bits */
static volatile uint32_t *context;  /* hart 0's threshold and claim */
static uint32_t nr_sources;
static struct {
    void (*handler)(void *arg);
    void *arg;
} actions[MAX_IRQ];

void
plic_init(volatile void *regs, uint64_t size, uint32_t sources, uint32_t number)
{
    uint64_t at = PLIC_CONTEXT + (uint64_t)number * PLIC_CONTEXT_STRIDE;

    if (!regs || (at + 2) * sizeof(*context) > size)
        return;
    priority = regs;
    context = priority + at;
    enable = priority + PLIC_ENABLE + number * PLIC_ENABLE_STRIDE;
    nr_sources = MIN(sources, (uint32_t)MAX_IRQ - 1);
    for (uint32_t i = 0; i <= nr_sources / BITS_PER_REG; i++)
        enable[i] = 0;
    context[0] = 0;
}

int
irq_register(uint32_t irq, void (*handler)(void *arg), void *arg)
{
    if (irq == 0 || irq > nr_sources)
        return -EINVAL;
    if (actions[irq].handler)
        return -EBUSY;
    actions[irq].arg = arg;
    actions[irq].handler = handler;
    io_mb();
    priority[irq] = 1;
    enable[irq / BITS_PER_REG] |= 1u << irq % BITS_PER_REG;
    return 0;
}

void
plic_interrupt(void)
{
    uint32_t irq;

    while ((irq = context[1]) != 0) {
        if (irq <= nr_sources && actions[irq].handler)
            actions[irq].handler(actions[irq].arg);
        io_mb(); /* the device is quiet before the source opens again */
        context[1] = irq;
    }
}
