/* SPDX-License-Identifier: MIT */
/*
 * mm_init.c - from the boot loader's ranges to a working allocator.
 *
 * What: calls the init functions of this layer in order, makes mem_map, and
 * hands all frames that nobody reserved to the buddy lists.
 *
 * How: memory for mem_map comes from memblock, zeroed.  All frames begin as
 * reserved ones.  A walk over the ranges that are free makes theirs free: each
 * is cut at zone borders and freed in the largest aligned blocks, so that
 * almost all is freed as order-10 blocks.
 *
 * Not done: giving boot-time memory back; there is hardly any.
 */
#include "core/printk.h"
#include "mm/kpgtable.h"
#include "mm/memblock.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"

#define MAX_RAM_BYTES (100UL << 30)

struct page *mem_map;
pfn_t first_pfn;
pfn_t nr_pfns;

/* Give the frames of [start, end), reserved until now, to the buddy lists. */
static void
free_range(paddr_t start, paddr_t end)
{
    for_each_zone(zone) {
        uint64_t flags = (uint64_t)(zone - zones) << PG_ZONE_SHIFT;
        pfn_t from = MAX(start >> PAGE_SHIFT, zone->start_pfn);
        pfn_t to = MIN(end >> PAGE_SHIFT, zone->end_pfn);

        if (from >= to)
            continue;
        for (struct page *p = pfn_to_page(from); p < pfn_to_page(to); p++) {
            atomic_set(&p->flags, flags);
            atomic_set(&p->refcount, 0);
        }
        zone->managed += to - from;
        buddy_free_range(zone, from, to);
    }
}

void
mm_init(void)
{
    const uint64_t kernel_size = (uint64_t)(_kernel_end - _kernel_start);

    memblock_trim(__pa(_kernel_start), __pa(DIRECT_MAP_BASE), MAX_RAM_BYTES);
    memblock_add(&memblock_reserved, __pa(_kernel_start), kernel_size);
    kpgtable_init();
    zones_init();

    first_pfn = ram_start >> PAGE_SHIFT;
    nr_pfns = (ram_end >> PAGE_SHIFT) - first_pfn;
    printk("Built 1 zonelists, mobility grouping off.  Total pages: %lu",
           nr_pfns);
    mem_map = memblock_alloc(nr_pfns * sizeof(struct page), PAGE_SIZE);
    for_each_zone(zone) {
        uint64_t flags = (uint64_t)(zone - zones) << PG_ZONE_SHIFT;
        struct page *p = pfn_to_page(zone->start_pfn);
        const struct page *end = pfn_to_page(zone->end_pfn);

        for (; p < end; p++) {
            atomic_set(&p->flags, flags | BIT(PG_reserved));
            atomic_set(&p->refcount, 1);
        }
    }
    memblock_walk_gaps(&memblock_reserved, free_range);
    page_alloc_init();
    printk("Memory: %luK/%luK available (%luK kernel, %luK reserved)",
           total_ram_pages() * PAGE_SIZE / 1024, nr_pfns * PAGE_SIZE / 1024,
           kernel_size / 1024,
           (nr_pfns - total_ram_pages()) * PAGE_SIZE / 1024);
    slab_init();
}
