/* SPDX-License-Identifier: MIT */
/*
 * mmu.c - switching address spaces: ASIDs with generations, and who must
 * flush.
 *
 * ASIDs.  Translations carry the ASID of their address space, so switching
 * flushes nothing.  ASIDs are handed out in order; when they run out a new
 * generation begins, in which every address space needs a new one, and each
 * hart flushes its whole TLB before it runs the first of that generation.  So
 * the translations in one TLB are all of one generation, where an ASID means
 * one address space.  What another hart runs meanwhile does not matter: it has
 * a TLB of its own, and flushes (tlb.h) do not go by ASID.
 *
 * Flushing.  hart_mask has the harts that run the address space now; only
 * those get a remote fence.  All others may still hold its translations from
 * before: they are marked in stale_mask and flush when they run it again.
 *
 *   flusher: change PTE; fence;    switcher: set own bit in hart_mask; fence;
 *            mark others stale;              read and clear own stale bit;
 *            fence; read mask                write satp; flush if stale
 *
 * Either the flusher sees the switcher's bit, or the switcher sees the mark.
 *
 * Invariants
 *   I1  A hart's TLB holds user translations of generation hart_generation[h]
 *       only; generations never come back (48 bits).
 *   I2  ASID 0 is kernel_mmu's, and everybody's where the hardware has too
 *       few; then each switch flushes.
 *
 * Locks: asid_lock, a raw lock, innermost, taken with interrupts off.
 */
#include "riscv/mmu.h"

#include "lib/assert.h"
#include "lib/macros.h"
#include "riscv/csr.h"
#include "riscv/hart.h"
#include "riscv/thread.h"
#include "riscv/tlb.h"

enum { ASID_BITS_MAX = 16, ASID_BITS_MIN = 2 };

struct mmu kernel_mmu;

static uint64_t nr_asids; /* (c) 0: do without */
static _Atomic uint32_t asid_lock;
static _Atomic uint64_t last_ctx; /* newest asid_ctx; asid_lock to write */
static uint64_t hart_generation[MAX_HARTS]; /* that hart's */

static void
write_satp(paddr_t root_pa, uint64_t asid)
{
    csr_write(satp,
              SATP_MODE_SV39 | asid << SATP_ASID_SHIFT | root_pa >> PAGE_SHIFT);
}

void
mmu_init_asids(unsigned max_bits)
{
    uint64_t satp = csr_read(satp);
    unsigned bits = 0;

    /* The register keeps only those ASID bits that exist. */
    csr_write(satp, satp | SATP_ASID_MASK << SATP_ASID_SHIFT);
    while (bits < MIN(max_bits, (unsigned)ASID_BITS_MAX) &&
           csr_read(satp) >> SATP_ASID_SHIFT >> bits & 1)
        bits++;
    csr_write(satp, satp);
    local_flush_tlb_all();
    nr_asids = bits < ASID_BITS_MIN ? 0 : 1UL << bits;
    atomic_set(&last_ctx, 1UL << ASID_BITS_MAX); /* 0 is "none yet" */
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
    mmu->root_pa = root_pa;
    atomic_set(&mmu->asid_ctx, 0);
    atomic_set(&mmu->hart_mask, 0);
    atomic_set(&mmu->stale_mask, 0);
}

void
mmu_destroy(struct mmu *mmu)
{
    ASSERT(atomic_read(&mmu->hart_mask) == 0);
    mmu->root_pa = 0;
}

static bool
same_generation(uint64_t a, uint64_t b)
{
    return (a ^ b) >> ASID_BITS_MAX == 0;
}

/* Give the address space an ASID of the present generation. => asid_ctx */
static uint64_t
renew_asid(struct mmu *mmu)
{
    while (!raw_trylock(&asid_lock, hart_index() + 1))
        cpu_relax();

    uint64_t ctx = atomic_read(&mmu->asid_ctx);
    uint64_t last = atomic_read(&last_ctx);

    if (!same_generation(ctx, last)) { /* nobody else did meanwhile */
        ctx = last + 1;
        if ((ctx & SATP_ASID_MASK) == nr_asids || (ctx & SATP_ASID_MASK) == 0)
            ctx = ((last >> ASID_BITS_MAX) + 1) << ASID_BITS_MAX | 1;
        atomic_set(&last_ctx, ctx);
        atomic_set(&mmu->asid_ctx, ctx);
    }
    raw_unlock(&asid_lock);
    return ctx;
}

/* => the ASID to run it with; true in *flush: flush all first (I1) */
static uint64_t
activate_asid(struct mmu *mmu, unsigned hart, bool *flush)
{
    uint64_t ctx = atomic_read(&mmu->asid_ctx);

    if (!same_generation(ctx, atomic_read(&last_ctx)))
        ctx = renew_asid(mmu);
    if (!same_generation(ctx, hart_generation[hart])) {
        hart_generation[hart] = ctx;
        *flush = true;
    }
    return ctx & SATP_ASID_MASK;
}

void
mmu_switch(struct mmu *prev, struct mmu *next)
{
    unsigned hart = hart_index();
    uint64_t self = 1UL << hart;
    uint64_t asid = 0;
    bool flush = nr_asids == 0;

    if (next != &kernel_mmu) {
        atomic_fetch_or(&next->hart_mask, self);
        if (nr_asids)
            asid = activate_asid(next, hart, &flush);
        smp_mb();
        if (atomic_read(&next->stale_mask) & self) {
            atomic_fetch_and(&next->stale_mask, ~self);
            flush = true;
        }
    }
    write_satp(next->root_pa, asid);
    if (flush)
        local_flush_tlb_all();
    if (prev != &kernel_mmu)
        atomic_fetch_and(&prev->hart_mask, ~self);
}

/* Marks those that need not be told now (see above). */
uint64_t
mmu_harts_to_flush(struct mmu *mmu)
{
    smp_mb();

    uint64_t running = atomic_read(&mmu->hart_mask);

    if (~(atomic_read(&mmu->stale_mask) | running))
        atomic_fetch_or(&mmu->stale_mask, ~running);
    smp_mb();
    return running | atomic_read(&mmu->hart_mask);
}

void
mmu_flush_range(struct mmu *mmu, vaddr_t start, vaddr_t end)
{
    uint64_t harts = mmu_harts_to_flush(mmu);

    if (harts)
        flush_tlb_mask(harts, start, end - start);
}

void
mmu_flush_all(struct mmu *mmu)
{
    mmu_flush_range(mmu, 0, TLB_FLUSH_ALL);
}
