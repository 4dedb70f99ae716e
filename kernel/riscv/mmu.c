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
 * before: their ASID is taken away, so that they never find these again.
 *
 *   flusher: change PTE; fence;         switcher: set own bit in hart_mask;
 *            read mask; clear the ASIDs           fence;
 *            of the others; fence;                read its ASID, or get one;
 *            read mask                            write satp
 *
 * Either the flusher's second look sees the switcher's bit, and it is fenced;
 * or the switcher sees that it has no ASID, and the changed entry.  A hart that
 * leaves between the two looks was seen by the first: it is fenced as well.  A
 * hart that was cleared just when it got an ASID only gets another next time.
 *
 * What a hart may hold of a range, it holds under one of several ASIDs: so a
 * remote fence goes for the addresses under all of them.  On its own hart the
 * flusher names the ASID in satp.  Interrupts are off from the first look on,
 * for else it could go on where, at the first look, the address space ran.
 *
 * Where there are no ASIDs all address spaces have ASID 0, and each switch
 * flushes everything.
 */
#include "riscv/mmu.h"

#include "lib/macros.h"
#include "riscv/csr.h"
#include "riscv/sbi.h"
#include "riscv/thread.h"

enum { FLUSH_MAX_PAGES = 64 }; /* a longer range is flushed as a whole */

struct mmu kernel_mmu;

static void
write_satp(paddr_t root_pa, uint64_t asid)
{
    csr_write(satp,
              SATP_MODE_SV39 | asid << SATP_ASID_SHIFT | root_pa >> PAGE_SHIFT);
}

/* The ASID that this hart uses now. */
static uint64_t
current_asid(void)
{
    return csr_read(satp) >> SATP_ASID_SHIFT & SATP_ASID_MASK;
}

void
mmu_init_asids(unsigned max_bits)
{
    uint64_t satp = csr_read(satp), found;

    /* The register keeps only those ASID bits that exist. */
    csr_write(satp, satp | SATP_ASID_MASK << SATP_ASID_SHIFT);
    found = current_asid();
    csr_write(satp, satp);
    local_flush_tlb_all();
    asid_init(MIN(found + 1, 1UL << MIN(max_bits, (unsigned)ASID_BITS_MAX)));
}

void
mmu_install_kernel(paddr_t root_pa)
{
    kernel_mmu.root_pa = root_pa;
    write_satp(root_pa, 0);
    local_flush_tlb_all();
}

void
mmu_switch(struct mmu *prev, struct mmu *next)
{
    uint64_t hart = hart_index(), asid = 0;
    bool flush = false;

    if (next != &kernel_mmu) {
        atomic_fetch_or(&next->hart_mask, 1UL << hart);
        smp_mb();
        asid = asid_activate(&next->asid[hart], hart, &flush);
    }
    write_satp(next->root_pa, asid);
    if (flush)
        local_flush_tlb_all();
    if (prev != &kernel_mmu)
        atomic_fetch_and(&prev->hart_mask, ~(1UL << hart));
}

/*
 * Between these two calls the hart does not change, nor what it runs: so what
 * was found out about "this one" and "the others" stays true.
 */
static uint64_t
irqs_off(void)
{
    return csr_read_clear(sstatus, SSTATUS_SIE) & SSTATUS_SIE;
}

#define irqs_restore(was_on) csr_set(sstatus, was_on)

/* In the address space that this hart runs.  => interrupts off */
static void
flush_here(vaddr_t start, uint64_t size)
{
    uint64_t asid = current_asid();

    if (size == UINT64_MAX)
        __asm__ volatile("sfence.vma zero, %0" ::"r"(asid) : "memory");
    else
        for (vaddr_t va = start; va < start + size; va += PAGE_SIZE)
            __asm__ volatile("sfence.vma %0, %1" ::"r"(va), "r"(asid)
                             : "memory");
}

void
mmu_flush_range(struct mmu *mmu, vaddr_t start, vaddr_t end)
{
    uint64_t was_on = irqs_off(), self = 1UL << hart_index(), running;
    uint64_t size = end - start;

    if (size > FLUSH_MAX_PAGES * PAGE_SIZE)
        size = UINT64_MAX;
    smp_mb();
    /* Acquire: a hart that has left has written its ASID before. */
    running = atomic_load_explicit(&mmu->hart_mask, memory_order_acquire);
    for (unsigned i = 0; i < nr_harts; i++)
        if (!(running >> i & 1))
            atomic_set(&mmu->asid[i], 0);
    smp_mb();
    running |= atomic_read(&mmu->hart_mask);
    if (running & self)
        flush_here(start, size);
    if (running & ~self)
        sbi_remote_sfence(running & ~self, start, size);
    irqs_restore(was_on);
}

void
flush_tlb_kernel(vaddr_t start, uint64_t size)
{
    uint64_t was_on = irqs_off();
    uint64_t others = atomic_read(&harts_online) & ~(1UL << hart_index());

    local_flush_tlb_all();
    if (others)
        sbi_remote_sfence(others, start, size);
    irqs_restore(was_on);
}

void
fence_i_all(void)
{
    uint64_t was_on = irqs_off();
    uint64_t others = atomic_read(&harts_online) & ~(1UL << hart_index());

    smp_mb(); /* the code is written before anybody fetches it */
    __asm__ volatile("fence.i" ::: "memory");
    if (others)
        sbi_remote_fence_i(others);
    irqs_restore(was_on);
}
