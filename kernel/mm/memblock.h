/* SPDX-License-Identifier: MIT */
/*
 * memblock: RAM before the buddy system.  Sorted tables of memory and
 * reserved ranges; allocation carves from the top of free RAM.
 */
#pragma once

#include "lib/types.h"

struct range_table;

/* RAM; what of it is in use; what must not even be mapped: the firmware's. */
extern struct range_table memblock_ram, memblock_reserved, memblock_nomap;

/* Ranges may overlap and touch, in any order; the same ones may be in several. */
void memblock_add(struct range_table *t, paddr_t base, uint64_t size);

/*
 * The tables are complete: keep the range of RAM that holds `kernel`, of it
 * max_size bytes from `lowest` on, and say in the log what is ignored.
 */
void memblock_trim(paddr_t kernel, paddr_t lowest, uint64_t max_size);

extern paddr_t ram_start, ram_end; /* (c) then: what is used */

/* Zeroed, aligned; panics when out of memory (boot only). */
void *memblock_alloc(uint64_t size, uint64_t align);
extern paddr_t memblock_limit; /* ... below this: what is mapped already */

/* Call fn for the whole pages of RAM between the ranges of t, ascending. */
void memblock_walk_gaps(const struct range_table *t,
                        void (*fn)(paddr_t start, paddr_t end));

/*
 * From memblock's tables to a working page allocator, slab and vmalloc
 * (mm_init.c).
 * => before: memblock_add for RAM, device tree and firmware (the kernel image
 *    is reserved here); bootargs; nr_harts; one hart runs, interrupts off
 */
void mm_init(void);
