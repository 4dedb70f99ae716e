/* SPDX-License-Identifier: MIT */
/*
 * zone.c - the zone table: which addresses, how full, how much is kept back.
 *
 * What: lays the three zones over RAM at boot, and computes their watermarks
 * and lowmem reserves.
 *
 *     zone     default end             boot argument
 *     DMA      16 MB from RAM's start  zone_dma=SIZE    end at that offset
 *     DMA32    physical 4 GB           zone_dma32=SIZE
 *     Normal   the end of RAM          -
 *
 * How: the marks follow from min_free_kbytes = 4 * sqrt(RAM in KB), which is
 * shared out by the zones' sizes:
 *
 *     free pages  ^
 *            high |- - - - - -  kswapd stops
 *             low |- - - - - -  kswapd starts
 *             min |- - - - - -  the rest is for reclaim itself; others
 *               0 |             reclaim directly, or fail
 *
 * A request that could have been served by a higher zone must leave
 * lowmem_reserve[] more, a 256th of the zones above, so that pages which only
 * the low zone can give are not all spent on others.
 *
 * Interface: zones_init, then, when zone->managed is known,
 * zones_set_watermarks; set_min_free_kbytes later.
 *
 * Invariants
 *   I1  The zones ascend without gap from the start to the end of RAM.
 *   I2  watermark min <= low <= high <= managed + min.
 *
 * Locks: none.  Marks are single words; a reader may see an old one.
 *
 * See: Gorman, chapter 2; doc/memory.md.
 */
#include "mm/zone.h"

#include "core/bootargs.h"
#include "core/printk.h"
#include "mm/buddy.h"
#include "mm/memblock.h"
#include "mm/page_alloc.h"

#define DMA_BYTES (16UL << 20)
#define DMA32_END (1UL << 32)

enum {
    LOWMEM_RATIO = 256,
    MIN_FREE_KB_LEAST = 128,
    MIN_FREE_KB_MOST = 262144,
    WMARK_SCALE = 1000, /* low, high at least a 1000th of the zone apart */
    KB_PER_PAGE = PAGE_SIZE / 1024,
};

struct zone zones[NR_ZONES] = {
    [ZONE_DMA] = {.name = "DMA"},
    [ZONE_DMA32] = {.name = "DMA32"},
    [ZONE_NORMAL] = {.name = "Normal"},
};

static uint64_t min_free_kbytes;

static void
zone_init(struct zone *zone, paddr_t start, paddr_t end)
{
    zone->start_pfn = start >> PAGE_SHIFT;
    zone->end_pfn = end >> PAGE_SHIFT;
    zone->present = zone->end_pfn - zone->start_pfn;
    spin_init(&zone->lock, RANK_ZONE, "zone");
    spin_init(&zone->lru_lock, RANK_LRU, "lru");
    buddy_init(zone);
    for (unsigned i = 0; i < NR_LRU_LISTS; i++)
        list_init(&zone->lru[i]);
    for (unsigned i = 0; i < MAX_HARTS; i++) {
        spin_init(&zone->pcp[i].lock, RANK_ZONE, "pcp");
        list_init(&zone->pcp[i].list);
    }
    if (start < end)
        printk("  %-8s [mem 0x%016lx-0x%016lx]", zone->name, start, end - 1);
    else
        printk("  %-8s empty", zone->name);
}

void
zones_init(void)
{
    paddr_t start = memblock_start(), ram_end = memblock_end();
    uint64_t dma32 = bootarg_get_size("zone_dma32", 0);
    const paddr_t ends[NR_ZONES] = {
        [ZONE_DMA] = start + bootarg_get_size("zone_dma", DMA_BYTES),
        [ZONE_DMA32] = dma32 ? start + dma32 : DMA32_END,
        [ZONE_NORMAL] = ram_end,
    };

    printk("Zone ranges:");
    for (unsigned i = 0; i < NR_ZONES; i++) {
        paddr_t end = MIN(ALIGN_DOWN(ends[i], PAGE_SIZE), ram_end);

        end = MAX(start, end);
        zone_init(&zones[i], start, end);
        start = end;
    }
}

/* The largest number whose square is at most n. */
static uint64_t
isqrt(uint64_t n)
{
    uint64_t root = 0;

    for (uint64_t bit = 1UL << 31; bit; bit /= 2)
        if ((root + bit) * (root + bit) <= n)
            root += bit;
    return root;
}

void
set_min_free_kbytes(uint64_t kbytes)
{
    uint64_t total = MAX(total_ram_pages(), 1UL);

    kbytes = MAX(kbytes, (uint64_t)MIN_FREE_KB_LEAST);
    kbytes = MIN(kbytes, (uint64_t)MIN_FREE_KB_MOST);
    min_free_kbytes = MIN(kbytes, total * KB_PER_PAGE / 4);
    for (unsigned i = 0; i < NR_ZONES; i++) {
        struct zone *zone = &zones[i];
        uint64_t min = min_free_kbytes / KB_PER_PAGE * zone->managed / total;
        uint64_t step = MAX(min / 4, zone->managed / WMARK_SCALE);
        uint64_t above = 0;

        zone->watermark[WMARK_MIN] = min;
        zone->watermark[WMARK_LOW] = min + step;
        zone->watermark[WMARK_HIGH] = min + 2 * step;
        for (unsigned first = i + 1; first < NR_ZONES; first++) {
            above += zones[first].managed;
            zone->lowmem_reserve[first] = above / LOWMEM_RATIO;
        }
    }
}

void
zones_set_watermarks(void)
{
    set_min_free_kbytes(4 * isqrt(total_ram_pages() * KB_PER_PAGE));
}

uint64_t
get_min_free_kbytes(void)
{
    return min_free_kbytes;
}

uint64_t
global_zone_stat(enum zone_stat s)
{
    int64_t sum = 0;

    for (unsigned i = 0; i < NR_ZONES; i++)
        sum += atomic_read(&zones[i].stat[s]);
    return sum > 0 ? (uint64_t)sum : 0;
}

uint64_t
global_free_pages(void)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < NR_ZONES; i++)
        sum += atomic_read(&zones[i].free_pages);
    return sum;
}

uint64_t
total_ram_pages(void)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < NR_ZONES; i++)
        sum += zones[i].managed;
    return sum;
}

/*
 * Half of the page cache and of the reclaimable slabs counts at least, all
 * but a low watermark at best: some of it is in use and would come back.  What
 * user allocations cannot have, reserves and high watermarks, does not count.
 */
uint64_t
mem_available_pages(void)
{
    uint64_t low = 0, cache = 0, reserved = 0;
    uint64_t slab = global_zone_stat(NR_SLAB_RECLAIMABLE);
    uint64_t sum = global_free_pages();

    for_each_zone(zone) {
        uint64_t keep = zone->watermark[WMARK_HIGH] +
                        zone->lowmem_reserve[ZONE_NORMAL]; /* the largest */

        reserved += MIN(keep, zone->managed);
        low += zone->watermark[WMARK_LOW];
        cache += atomic_read(&zone->nr_lru[LRU_ACTIVE_FILE]) +
                 atomic_read(&zone->nr_lru[LRU_INACTIVE_FILE]);
    }
    sum += cache - MIN(cache / 2, low) + slab - MIN(slab / 2, low);
    return sum - MIN(sum, reserved);
}

/* For panic and ^P: takes no lock, so the numbers may not agree. */
void
show_zones(void)
{
    for_each_zone(zone) {
        printk("zone %s: free %lu of %lu pages (min %lu low %lu high %lu)",
               zone->name, atomic_read(&zone->free_pages), zone->managed,
               zone->watermark[WMARK_MIN], zone->watermark[WMARK_LOW],
               zone->watermark[WMARK_HIGH]);
        printk("  lru: anon %lu/%lu file %lu/%lu (active/inactive)",
               atomic_read(&zone->nr_lru[LRU_ACTIVE_ANON]),
               atomic_read(&zone->nr_lru[LRU_INACTIVE_ANON]),
               atomic_read(&zone->nr_lru[LRU_ACTIVE_FILE]),
               atomic_read(&zone->nr_lru[LRU_INACTIVE_FILE]));
    }
    printk("slab %lu+%lu, page tables %lu, dirty %lu, writeback %lu (pages)",
           global_zone_stat(NR_SLAB_RECLAIMABLE),
           global_zone_stat(NR_SLAB_UNRECLAIMABLE),
           global_zone_stat(NR_PAGETABLE), global_zone_stat(NR_FILE_DIRTY),
           global_zone_stat(NR_WRITEBACK));
}
