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
 * Not done: spreading interrupts over harts.
 *
 * See: RISC-V Platform-Level Interrupt Controller Specification 1.0.
 */
#include "riscv/plic.h"

#include "include/errno.h"
#include "riscv/atomic.h"

/* Offsets of registers, in bytes. */
enum {
    PLIC_PRIORITY = 0,
    PLIC_ENABLE = 0x2000,
    PLIC_ENABLE_STRIDE = 0x80,
    PLIC_CONTEXT = 0x200000,
    PLIC_CONTEXT_STRIDE = 0x1000,
    PLIC_CLAIM = 4, /* in a context; the threshold is at 0 */
    BITS_PER_REG = 32,
};

struct irq_action {
    void (*handler)(void *arg);
    void *arg;
    uint64_t count;
};

static struct plic_config plic;
static struct irq_action actions[MAX_IRQ];

static volatile uint32_t *
plic_reg(uint32_t offset)
{
    return (volatile uint32_t *)((volatile char *)plic.base + offset);
}

static volatile uint32_t *
enable_reg(uint32_t irq)
{
    return plic_reg(PLIC_ENABLE + plic.context * PLIC_ENABLE_STRIDE +
                    irq / BITS_PER_REG * sizeof(uint32_t));
}

void
plic_init(const struct plic_config *config)
{
    plic = *config;
    for (uint32_t irq = 0; irq <= plic.nr_sources; irq += BITS_PER_REG)
        *enable_reg(irq) = 0;
    *plic_reg(PLIC_CONTEXT + plic.context * PLIC_CONTEXT_STRIDE) = 0;
}

int
irq_register(uint32_t irq, void (*handler)(void *arg), void *arg)
{
    if (!plic.base || irq == 0 || irq > plic.nr_sources || irq >= MAX_IRQ)
        return -EINVAL;
    if (actions[irq].handler)
        return -EBUSY;
    actions[irq].arg = arg;
    actions[irq].handler = handler;
    io_mb();
    *plic_reg(PLIC_PRIORITY + irq * sizeof(uint32_t)) = 1;
    *enable_reg(irq) |= 1u << irq % BITS_PER_REG;
    return 0;
}

uint64_t
irq_count(uint32_t irq)
{
    return irq < MAX_IRQ ? actions[irq].count : 0;
}

void
plic_interrupt(void)
{
    volatile uint32_t *claim = plic_reg(
        PLIC_CONTEXT + plic.context * PLIC_CONTEXT_STRIDE + PLIC_CLAIM);
    uint32_t irq;

    while ((irq = *claim) != 0) {
        if (irq < MAX_IRQ && actions[irq].handler) {
            actions[irq].count++;
            actions[irq].handler(actions[irq].arg);
        }
        io_mb(); /* the device is quiet before the source opens again */
        *claim = irq;
    }
}
