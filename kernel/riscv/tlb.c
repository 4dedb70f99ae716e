/* SPDX-License-Identifier: MIT */
/*
 * tlb.c - see tlb.h.
 *
 * The hart must not change between asking "is it in the mask?" and flushing,
 * so interrupts are off for that time.
 */
#include "riscv/tlb.h"

#include "riscv/atomic.h"
#include "riscv/csr.h"
#include "riscv/hart.h"
#include "riscv/sbi.h"
#include "riscv/thread.h"

static uint64_t
irqs_off(void)
{
    return csr_read_clear(sstatus, SSTATUS_SIE) & SSTATUS_SIE;
}

/* => interrupts off */
static uint64_t
others_online(void)
{
    return atomic_read(&harts_online) & ~(1UL << hart_index());
}

void
flush_tlb_kernel(vaddr_t start, uint64_t size)
{
    uint64_t was_on = irqs_off(), others = others_online();

    local_flush_tlb_all();
    if (others)
        sbi_remote_sfence(others, start, size);
    csr_set(sstatus, was_on);
}

void
fence_i_all(void)
{
    uint64_t was_on = irqs_off(), others = others_online();

    smp_mb(); /* the code is written before anybody fetches it */
    __asm__ volatile("fence.i" ::: "memory");
    if (others)
        sbi_remote_fence_i(others);
    csr_set(sstatus, was_on);
}
