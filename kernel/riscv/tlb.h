/* SPDX-License-Identifier: MIT */
/*
 * tlb.h - flushing translations: sfence.vma here, SBI RFENCE elsewhere.
 *
 * A flush names virtual addresses and no ASID, so it covers every address
 * space and the kernel's global entries; a few too many go, and nobody needs
 * to know which ASID is in use where.
 *
 * Whoever flushes has changed the page table before; the calls order that
 * change before the flush.  User address spaces are flushed through mmu.h,
 * which knows who may hold their translations.
 */
#ifndef RISCV_TLB_H
#define RISCV_TLB_H

#include <stdint.h>

#include "lib/types.h"

/* A longer range is flushed as a whole. */
enum { TLB_FLUSH_MAX_PAGES = 64 };
#define TLB_FLUSH_ALL UINT64_MAX /* as a size */

static inline void
local_flush_tlb_page(vaddr_t va)
{
    __asm__ volatile("sfence.vma %0" ::"r"(va) : "memory");
}

static inline void
local_flush_tlb_all(void)
{
    __asm__ volatile("sfence.vma" ::: "memory");
}

/* [start, start + size) on each hart of the mask, perhaps this one too. */
void flush_tlb_mask(uint64_t harts, vaddr_t start, uint64_t size);

/* A range of kernel addresses, on all harts. */
void flush_tlb_kernel(vaddr_t start, uint64_t size);

/* New code was written: make every hart fetch it. */
void fence_i_all(void);

#endif
