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
 * The entry of this level for va, its tables made where there are none.
 * => NULL: no memory.  A page of the vmalloc window is its owner's to map and
 *    to unmap, and to flush: see vmalloc.c.  May sleep.
 */
pte_t *kpgtable_walk(vaddr_t va, unsigned level);
