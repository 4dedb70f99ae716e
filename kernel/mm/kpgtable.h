/* SPDX-License-Identifier: MIT */
/*
 * The kernel's half of every page table: direct map with W^X, vmalloc
 * window.  DESIGN.md section 4.
 */
#pragma once

#include "riscv/pte.h"

/* Build and switch to the final kernel page table. */
void kpgtable_init(void);
/* Copy the kernel's root entries into a new, zeroed user root table. */
void kpgtable_copy_root(pte_t *root);
/*
 * Map, readable and writable, or unmap one 4 KB page of the vmalloc window,
 * which the caller owns.  Neither flushes: see vmalloc.c.  Mapping may sleep.
 * => 0 or -ENOMEM; => the frame that was mapped
 */
int kmap_page(vaddr_t va, paddr_t pa);
pfn_t kunmap_page(vaddr_t va);
