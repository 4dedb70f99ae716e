/* SPDX-License-Identifier: MIT */
/*
 * mmu.h - an address space as the hardware sees it.
 *
 * struct mm embeds a struct mmu; sched/ switches between them and vm/ flushes
 * through them.  See asid.c for ASIDs, mmu.c for who is flushed.
 */
#pragma once

#include <stdint.h>

#include "lib/types.h"
#include "riscv/asid.h"

struct mmu {
    paddr_t root_pa;             /* (c) root page table */
    asid_t asid;                 /* with its generation */
    _Atomic uint64_t hart_mask;  /* harts that run it now */
    _Atomic uint64_t stale_mask; /* harts that must flush before running it */
};

/* The kernel's own: ASID 0, no user half.  mm/ sets its root. */
extern struct mmu kernel_mmu;

/* Boot: find how many ASIDs there are; use at most `max_bits` of them. */
void mmu_init_asids(unsigned max_bits);

/* Take over the final kernel page table on this hart. */
void mmu_install_kernel(paddr_t root_pa);

/* A new address space; root_pa is a filled root table. */
void mmu_init(struct mmu *mmu, paddr_t root_pa);

/* The end of one.  No hart may run it. */
void mmu_destroy(struct mmu *mmu);

/*
 * Leave prev and run next on this hart.  Either may be &kernel_mmu.
 * => interrupts off
 */
void mmu_switch(struct mmu *prev, struct mmu *next);

/*
 * Forget translations of [start, end), or all, on every hart.  The entries
 * were changed before; on return no hart uses the old ones.
 * => may be called under spinlocks
 */
void mmu_flush_range(struct mmu *mmu, vaddr_t start, vaddr_t end);
void mmu_flush_all(struct mmu *mmu);
