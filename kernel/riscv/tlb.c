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
flush_tlb_asid(uint64_t harts, vaddr_t start, uint64_t size, uint64_t asid)
{
    uint64_t was_on = irqs_off();
    uint64_t self = 1UL << hart_index();

    if (size > TLB_FLUSH_MAX_PAGES * PAGE_SIZE)
        size = TLB_FLUSH_ALL;
    if (harts & self && size == TLB_FLUSH_ALL)
        local_flush_tlb_asid(asid);
    else if (harts & self)
        for (vaddr_t va = start; va < start + size; va += PAGE_SIZE)
            __asm__ volatile("sfence.vma %0, %1" ::"r"(va), "r"(asid)
                             : "memory");
    if (harts & ~self)
        sbi_remote_sfence_asid(harts & ~self, start, size, asid);
    csr_set(sstatus, was_on);
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
