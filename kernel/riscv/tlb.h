/* SPDX-License-Identifier: MIT */
/*
 * tlb.h - flushing translations: sfence.vma here, SBI RFENCE elsewhere.
 *
 * Whoever flushes has changed the page table before; the calls order that
 * change before the flush.  User address spaces are flushed through mmu.h,
 * which knows who may hold their translations, and under which ASID.
 */
#pragma once

#include <stdint.h>

#include "lib/types.h"

/* A longer range is flushed as a whole. */
enum { TLB_FLUSH_MAX_PAGES = 64 };
#define TLB_FLUSH_ALL UINT64_MAX /* as a size */

/* Of this hart: everything; one address space; a page in every one. */
static inline void
local_flush_tlb_all(void)
{
    __asm__ volatile("sfence.vma" ::: "memory");
}

static inline void
local_flush_tlb_asid(uint64_t asid)
{
    __asm__ volatile("sfence.vma zero, %0" ::"r"(asid) : "memory");
}

static inline void
local_flush_tlb_page(vaddr_t va)
{
    __asm__ volatile("sfence.vma %0" ::"r"(va) : "memory");
}

/* A range of addresses in every address space, the kernel's too, everywhere. */
void flush_tlb_kernel(vaddr_t start, uint64_t size);

/* New code was written: make every hart fetch it. */
void fence_i_all(void);
