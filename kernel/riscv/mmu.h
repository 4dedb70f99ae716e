/* SPDX-License-Identifier: MIT */
/*
 * mmu.h - an address space as the hardware sees it, and flushing TLBs:
 * sfence.vma here, SBI RFENCE elsewhere.
 *
 * struct mm embeds a struct mmu; sched/ switches between them and vm/ flushes
 * through them.  See asid.c for ASIDs, mmu.c for who is flushed.
 *
 * Whoever flushes has changed the page table before; the calls order that
 * change before the flush.
 */
#pragma once

#include "lib/types.h"
#include "riscv/atomic.h"
#include "riscv/hart.h"

/*
 * What an address space is to one hart: generation << 16 | ASID.  0 is "none",
 * with which every address space begins.
 */
typedef _Atomic uint64_t asid_t;

enum { ASID_BITS_MAX = 16 };
#define ASID_NUMBER(asid) ((asid)&0xffff)

struct mmu {
    paddr_t root_pa;            /* (c) root page table */
    _Atomic uint64_t hart_mask; /* harts that run it now */
    asid_t asid[MAX_HARTS];     /* on each hart */
};

/* The kernel's own: ASID 0, no user half.  mm/ sets its root. */
extern struct mmu kernel_mmu;

/* Boot: there are nr ASIDs, with 0.  With that alone: do without. */
void asid_init(uint64_t nr);

/*
 * This hart is about to run the address space that is *asid to it, and may get
 * a new ASID by that.
 * => the ASID to be used; true in *flush: this hart's whole TLB must be
 *    flushed after it was put in satp
 * => interrupts off
 */
uint64_t asid_activate(asid_t *asid, uint64_t hart, bool *flush);

/* Boot: find how many ASIDs there are; use at most `max_bits` of them. */
void mmu_init_asids(unsigned max_bits);

/* Take over the final kernel page table on this hart. */
void mmu_install_kernel(paddr_t root_pa);

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
#define mmu_flush_all(mmu) mmu_flush_range(mmu, 0, UINT64_MAX)

/* A range of addresses in every address space, the kernel's too, everywhere. */
void flush_tlb_kernel(vaddr_t start, uint64_t size);

/* New code was written: make every hart fetch it. */
void fence_i_all(void);

/* On this hart: everything; a page in every address space. */
#define local_flush_tlb_all() __asm__ volatile("sfence.vma" ::: "memory")
#define local_flush_tlb_page(va)                                               \
    __asm__ volatile("sfence.vma %0" ::"r"((vaddr_t)(va)) : "memory")
