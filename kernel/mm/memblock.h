/* SPDX-License-Identifier: MIT */
/*
 * memblock: RAM before the buddy system.  Sorted tables of memory and
 * reserved ranges; allocation carves from the top of free RAM.
 */
#pragma once

#include "lib/types.h"

void memblock_add(paddr_t base, uint64_t size);     /* RAM; may overlap */
void memblock_reserve(paddr_t base, uint64_t size); /* in use */
/* The same, and never to be mapped: the firmware's own. */
void memblock_reserve_nomap(paddr_t base, uint64_t size);
/*
 * The tables are complete: keep the range of RAM that holds `kernel`, of it
 * max_size bytes from `lowest` on, and say in the log what is ignored.
 */
void memblock_trim(paddr_t kernel, paddr_t lowest, uint64_t max_size);

/* From now on allocate below `end`: what the page table in use maps. */
void memblock_set_limit(paddr_t end);
/* Zeroed, aligned; panics when out of memory (boot only). */
void *memblock_alloc(uint64_t size, uint64_t align);
paddr_t memblock_start(void);
paddr_t memblock_end(void); /* of RAM that is used */

/* Ascending ranges [start, end) of whole pages within the RAM that is used. */
typedef void memblock_fn(paddr_t start, paddr_t end);
void memblock_walk_free(memblock_fn *fn);   /* not reserved */
void memblock_walk_mapped(memblock_fn *fn); /* not nomap */

/*
 * From memblock's tables to a working page allocator, slab and vmalloc
 * (mm_init.c).
 * => before: memblock_add and memblock_reserve* for RAM, device tree and
 *    firmware (the kernel image is reserved here); bootargs; nr_harts; one
 *    hart runs, interrupts off
 */
void mm_init(void);
