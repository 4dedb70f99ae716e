/* SPDX-License-Identifier: MIT */
/*
 * mm_init.h - bringing up the whole layer.
 */
#pragma once

/*
 * From memblock's tables to a working page allocator, slab and vmalloc.
 * => before: memblock_add and memblock_reserve* for RAM, device tree and
 *    firmware (the kernel image is reserved here); bootargs; nr_harts; one
 *    hart runs, interrupts off
 */
void mm_init(void);
