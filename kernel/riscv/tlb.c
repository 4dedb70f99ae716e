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

static void
local_flush_tlb_range(vaddr_t start, uint64_t size)
{
    if (size > TLB_FLUSH_MAX_PAGES * PAGE_SIZE) {
        local_flush_tlb_all();
        return;
    }
    for (vaddr_t va = start; va < start + size; va += PAGE_SIZE)
        local_flush_tlb_page(va);
}

void
flush_tlb_mask(uint64_t harts, vaddr_t start, uint64_t size)
{
    uint64_t was_on = csr_read_clear(sstatus, SSTATUS_SIE) & SSTATUS_SIE;
    uint64_t self = 1UL << hart_index();

    if (harts & self)
        local_flush_tlb_range(start, size);
    if (harts & ~self)
        sbi_remote_sfence(harts & ~self, start, size);
    csr_set(sstatus, was_on);
}

void
flush_tlb_kernel(vaddr_t start, uint64_t size)
{
    flush_tlb_mask(atomic_read(&harts_online), start, size);
}

void
fence_i_all(void)
{
    uint64_t was_on = csr_read_clear(sstatus, SSTATUS_SIE) & SSTATUS_SIE;
    uint64_t others = atomic_read(&harts_online) & ~(1UL << hart_index());

    smp_mb(); /* the code is written before anybody fetches it */
    __asm__ volatile("fence.i" ::: "memory");
    if (others)
        sbi_remote_fence_i(others);
    csr_set(sstatus, was_on);
}
