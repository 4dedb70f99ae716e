/* SPDX-License-Identifier: MIT */
/*
 * mmu.c - switching address spaces, and who must flush.
 *
 * A hart switches by writing root table and ASID to satp; asid.c says which
 * ASID, and when all of the hart's TLB must go.  Leaving an address space
 * flushes nothing, so a hart may hold translations of one that it does not run.
 *
 * Flushing.  hart_mask has the harts that run the address space now; only
 * those get a remote fence.  All others may still hold its translations from
 * before: they are marked in stale_mask and flush when they run it again.
 *
 *   flusher: change PTE; fence;    switcher: set own bit in hart_mask;
 *            mark others stale;              get an ASID; fence;
 *            fence;                          read and clear own stale bit;
 *            read mask and ASID              write satp; flush if stale
 *
 * Either the flusher sees the switcher's bit and its ASID, or the switcher
 * sees the mark and the changed entry.
 *
 * Where there are no ASIDs all address spaces have ASID 0, and each switch
 * flushes everything.
 */
#include "riscv/mmu.h"

#include "lib/assert.h"
#include "riscv/csr.h"
#include "riscv/hart.h"
#include "riscv/sbi.h"
#include "riscv/thread.h"
#include "riscv/tlb.h"

struct mmu kernel_mmu;

static void
write_satp(paddr_t root_pa, uint64_t asid)
{
    csr_write(satp,
              SATP_MODE_SV39 | asid << SATP_ASID_SHIFT | root_pa >> PAGE_SHIFT);
}

void
mmu_init_asids(unsigned max_bits)
{
    uint64_t satp = csr_read(satp), found;

    /* The register keeps only those ASID bits that exist. */
    csr_write(satp, satp | SATP_ASID_MASK << SATP_ASID_SHIFT);
    found = csr_read(satp) >> SATP_ASID_SHIFT & SATP_ASID_MASK;
    csr_write(satp, satp);
    local_flush_tlb_all();
    asid_init(MIN(found + 1, 1UL << MIN(max_bits, (unsigned)ASID_BITS_MAX)),
              nr_harts);
}

void
mmu_install_kernel(paddr_t root_pa)
{
    kernel_mmu.root_pa = root_pa;
    write_satp(root_pa, 0);
    local_flush_tlb_all();
}

void
mmu_init(struct mmu *mmu, paddr_t root_pa)
{
    *mmu = (struct mmu){.root_pa = root_pa};
}

void
mmu_destroy(struct mmu *mmu)
{
    ASSERT(atomic_read(&mmu->hart_mask) == 0);
    mmu->root_pa = 0;
}

void
mmu_switch(struct mmu *prev, struct mmu *next)
{
    uint64_t hart = hart_index(), self = 1UL << hart, asid = 0;
    bool flush_all = false, stale = false;

    if (next != &kernel_mmu) {
        atomic_fetch_or(&next->hart_mask, self);
        asid = asid_activate(&next->asid, hart, &flush_all);
        smp_mb();
        stale = atomic_read(&next->stale_mask) & self;
        if (stale)
            atomic_fetch_and(&next->stale_mask, ~self);
    }
    write_satp(next->root_pa, asid);
    if (flush_all)
        local_flush_tlb_all();
    else if (stale)
        local_flush_tlb_asid(asid);
    if (prev != &kernel_mmu)
        atomic_fetch_and(&prev->hart_mask, ~self);
}

/* On this hart.  => interrupts off */
static void
flush_here(vaddr_t start, uint64_t size, uint64_t asid)
{
    if (size == TLB_FLUSH_ALL)
        local_flush_tlb_asid(asid);
    else
        for (vaddr_t va = start; va < start + size; va += PAGE_SIZE)
            __asm__ volatile("sfence.vma %0, %1" ::"r"(va), "r"(asid)
                             : "memory");
}

void
mmu_flush_range(struct mmu *mmu, vaddr_t start, vaddr_t end)
{
    uint64_t running, asid, was_on, self;
    uint64_t size = end - start;

    if (size > TLB_FLUSH_MAX_PAGES * PAGE_SIZE)
        size = TLB_FLUSH_ALL;
    smp_mb();
    running = atomic_read(&mmu->hart_mask);
    if (~(atomic_read(&mmu->stale_mask) | running))
        atomic_fetch_or(&mmu->stale_mask, ~running);
    smp_mb();
    running |= atomic_read(&mmu->hart_mask);
    if (!running)
        return;
    asid = ASID_NUMBER(atomic_read(&mmu->asid));
    was_on = csr_read_clear(sstatus, SSTATUS_SIE) & SSTATUS_SIE;
    self = 1UL << hart_index(); /* this is our hart until interrupts are on */
    if (running & self)
        flush_here(start, size, asid);
    if (running & ~self)
        sbi_remote_sfence_asid(running & ~self, start, size, asid);
    csr_set(sstatus, was_on);
}

void
mmu_flush_all(struct mmu *mmu)
{
    mmu_flush_range(mmu, 0, TLB_FLUSH_ALL);
}
