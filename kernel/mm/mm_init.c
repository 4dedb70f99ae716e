/* SPDX-License-Identifier: MIT */
/*
 * mm_init.c - from the boot loader's ranges to a working allocator.
 *
 * What: calls the init functions of this layer in order, makes mem_map, and
 * hands all frames that nobody reserved to the buddy lists.
 *
 * How: memory for mem_map comes from memblock, zeroed.  One walk over the
 * free ranges then visits every frame once: frames between two free ranges
 * are marked reserved; a free range is cut at zone borders and freed in the
 * largest aligned blocks, so that almost all is freed as order-10 blocks.
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

static pfn_t next_pfn; /* struct pages below are initialised */

/* The frames up to `end` are free, or never to be freed. */
static void
init_frames(pfn_t end, bool is_free)
{
    for_each_zone(zone) {
        uint64_t flags = (uint64_t)(zone - zones) << PG_ZONE_SHIFT;
        pfn_t from = MAX(next_pfn, zone->start_pfn);
        pfn_t to = MIN(end, zone->end_pfn);

        if (from >= to)
            continue;
        for (struct page *p = pfn_to_page(from); p < pfn_to_page(to); p++) {
            atomic_set(&p->flags, is_free ? flags : flags | BIT(PG_reserved));
            if (!is_free)
                atomic_set(&p->refcount, 1);
        }
        if (is_free) {
            zone->managed += to - from;
            buddy_free_range(zone, from, to);
        }
    }
    next_pfn = end;
}

static void
free_range(paddr_t start, paddr_t end)
{
    init_frames(start >> PAGE_SHIFT, false);
    init_frames(end >> PAGE_SHIFT, true);
}

void
mm_init(void)
{
    uint64_t total, available;

    memblock_trim(__pa(_kernel_start), __pa(DIRECT_MAP_BASE), MAX_RAM_BYTES);
    memblock_reserve(__pa(_kernel_start),
                     (uint64_t)(_kernel_end - _kernel_start));
    kpgtable_init();
    zones_init();

    /* Make mem_map, and free what memblock has left to the buddy lists. */
    first_pfn = next_pfn = ram_start >> PAGE_SHIFT;
    nr_pfns = (ram_end >> PAGE_SHIFT) - first_pfn;
    printk("Built 1 zonelists, mobility grouping off.  Total pages: %lu",
           nr_pfns);
    mem_map = memblock_alloc(nr_pfns * sizeof(struct page), PAGE_SIZE);
    memblock_walk_gaps(&memblock_reserved, free_range);
    init_frames(first_pfn + nr_pfns, false); /* behind the last free range */
    page_alloc_init();
    total = nr_pfns * PAGE_SIZE / 1024;
    available = total_ram_pages() * PAGE_SIZE / 1024;
    printk("Memory: %luK/%luK available (%luK kernel, %luK reserved)",
           available, total, (uint64_t)(_kernel_end - _kernel_start) / 1024,
           total - available);
    slab_init();
}
