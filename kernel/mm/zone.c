/* SPDX-License-Identifier: MIT */
/*
 * zone.c - the zone table: which addresses, how full, how much is kept back.
 *
 * What: lays the three zones over RAM at boot, computes their watermarks and
 * lowmem reserves, and tells what they hold and what happened since boot.
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
 * Interface: zones_init, and set_min_free_kbytes when zone->managed is known.
 *
 * Invariants
 *   I1  The zones ascend without gap from the start to the end of RAM.
 *   I2  watermark min <= low <= high <= managed + min.
 *
 * Locks: none.  Marks are single words; a reader may see an old one.
 *
 * See: Gorman, chapter 2; doc/memory.md.
 */
#include "core/bootargs.h"
#include "core/printk.h"
#include "mm/memblock.h"
#include "mm/vmevent.h"
#include "mm/zone.h"

#define DMA_BYTES (16UL << 20)
#define DMA32_END (1UL << 32)

enum {
    LOWMEM_RATIO = 256,
    MIN_FREE_KB_LEAST = 128,
    MIN_FREE_KB_MOST = 262144,
    WMARK_SCALE = 1000, /* low, high at least a 1000th of the zone apart */
};

struct zone zones[NR_ZONES];
uint64_t min_free_kbytes;

/* The frames of [start, end) are the zone's. */
static void
zone_init(struct zone *zone, const char *name, paddr_t start, paddr_t end)
{
    zone->name = name;
    zone->start_pfn = start >> PAGE_SHIFT;
    zone->end_pfn = end >> PAGE_SHIFT;
    zone->present = zone->end_pfn - zone->start_pfn;
    spin_init(&zone->lock, RANK_ZONE, "zone");
    spin_init(&zone->lru_lock, RANK_LRU, "lru");
    for (unsigned i = 0; i <= MAX_ORDER; i++)
        list_init(&zone->free_area[i].list);
    for (unsigned i = 0; i < NR_LRU_LISTS; i++)
        list_init(&zone->lru[i]);
    for (unsigned i = 0; i < MAX_HARTS; i++) {
        spin_init(&zone->pcp[i].lock, RANK_ZONE, "pcp");
        list_init(&zone->pcp[i].list);
    }
    if (start < end)
        printk("  %-8s [mem 0x%016lx-0x%016lx]", name, start, end - 1);
    else
        printk("  %-8s empty", name);
}

void
zones_init(void)
{
    static const char *const names[NR_ZONES] = {"DMA", "DMA32", "Normal"};
    uint64_t dma = bootarg_get_size("zone_dma", DMA_BYTES);
    uint64_t dma32 = bootarg_get_size("zone_dma32", DMA32_END - ram_start);
    paddr_t ends[NR_ZONES] = {ram_start + dma, ram_start + dma32, ram_end};
    paddr_t start = ram_start;

    printk("Zone ranges:");
    for (unsigned i = 0; i < NR_ZONES; i++) {
        paddr_t end = MIN(ALIGN_DOWN(ends[i], PAGE_SIZE), ram_end);

        end = MAX(start, end);
        zone_init(&zones[i], names[i], start, end);
        start = end;
    }
}

void
set_min_free_kbytes(uint64_t kbytes)
{
    uint64_t total = MAX(total_ram_pages(), 1UL);

    kbytes = MAX(kbytes, (uint64_t)MIN_FREE_KB_LEAST);
    kbytes = MIN(kbytes, (uint64_t)MIN_FREE_KB_MOST);
    min_free_kbytes = MIN(kbytes, total * PAGE_SIZE / 1024 / 4);
    for (unsigned i = 0; i < NR_ZONES; i++) {
        struct zone *zone = &zones[i];
        uint64_t pages = min_free_kbytes * 1024 / PAGE_SIZE;
        uint64_t min = pages * zone->managed / total, above = 0;
        uint64_t step = MAX(min / 4, zone->managed / WMARK_SCALE);

        zone->watermark[WMARK_MIN] = min;
        zone->watermark[WMARK_LOW] = min + step;
        zone->watermark[WMARK_HIGH] = min + 2 * step;
        for (unsigned first = i + 1; first < NR_ZONES; first++) {
            above += zones[first].managed;
            zone->lowmem_reserve[first] = above / LOWMEM_RATIO;
        }
    }
}

/* --- What happened: see vmevent.h --------------------------------------- */

struct vm_event_counts vm_events[NR_CPUS];

#define VM_EVENT_NAME(event) #event
const char *const vm_event_names[NR_VM_EVENTS] = {VM_EVENTS(VM_EVENT_NAME)};

uint64_t
vm_event_sum(enum vm_event e)
{
    uint64_t sum = 0;

    for_each_cpu(i)
        sum += (uint64_t)atomic_read(&vm_events[i].count[e]);
    return sum;
}
