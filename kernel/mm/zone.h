/* SPDX-License-Identifier: MIT */
/*
 * Zones: ranges of RAM by physical address, and what the allocator and the
 * reclaimer keep for each.  Table-driven (mm/zone.c); one node.
 *
 * Keys: (c) after boot; (z) zone->lock; (l) lru_lock; (h) the per-CPU list's
 * lock; (a) atomic.
 */
#pragma once

#include "core/spinlock.h"
#include "mm/page.h"
#include "riscv/hart.h"

enum { MAX_ORDER = 10 }; /* the largest block is 2^10 pages, 4 MB */
enum zone_type { ZONE_DMA, ZONE_DMA32, ZONE_NORMAL, NR_ZONES };
enum watermark { WMARK_MIN, WMARK_LOW, WMARK_HIGH, NR_WMARKS };
enum lru_list {
    LRU_INACTIVE_ANON,
    LRU_ACTIVE_ANON,
    LRU_INACTIVE_FILE,
    LRU_ACTIVE_FILE,
    NR_LRU_LISTS
};

/* Counted per zone; a sum is what /proc shows.  Names as in Linux. */
enum zone_stat {
    NR_ANON_PAGES,  /* anonymous pages */
    NR_FILE_PAGES,  /* page cache, block devices included */
    NR_FILE_MAPPED, /* page cache pages mapped at least once */
    NR_FILE_DIRTY,
    NR_WRITEBACK,
    NR_SLAB_RECLAIMABLE,
    NR_SLAB_UNRECLAIMABLE,
    NR_PAGETABLE,
    NR_KERNEL_STACK, /* pages */
    NR_VMALLOC,
    NR_SHMEM,
    NR_SWAPCACHE,
    NR_ZONE_STATS
};

struct free_area {
    struct list_head list; /* (z) of struct page.lru */
    uint64_t nr_free;      /* (z) blocks */
};

/*
 * Order-0 pages of one hart, filled and emptied in batches.  The lock is
 * contended only while somebody drains all lists.
 */
struct per_cpu_pages {
    struct spinlock lock;  /* RANK_ZONE, outside zone->lock */
    struct list_head list; /* (h) */
    uint32_t count;        /* (h) */
} __aligned(64);
enum { PCP_HIGH_BATCHES = 4 }; /* above, a list gives a batch back */

struct zone {
    const char *name;         /* (c) "DMA", "DMA32", "Normal" */
    pfn_t start_pfn, end_pfn; /* (c) spanned; empty if equal */
    uint64_t present;         /* (c) pages of RAM */
    uint64_t managed;         /* (c) pages handed to the buddy system */

    struct spinlock lock;                      /* RANK_ZONE */
    struct free_area free_area[MAX_ORDER + 1]; /* (z) */
    _Atomic uint64_t free_pages;               /* written under (z) */
    uint64_t watermark[NR_WMARKS];             /* (c) pages; min_free_kbytes */
    uint64_t lowmem_reserve[NR_ZONES];         /* (c) by zone first asked for */
    uint32_t pcp_batch;                        /* (c) pages */
    struct per_cpu_pages pcp[MAX_HARTS];

    struct spinlock lru_lock;              /* RANK_LRU */
    struct list_head lru[NR_LRU_LISTS];    /* (l) */
    _Atomic uint64_t nr_lru[NR_LRU_LISTS]; /* written under (l) */
    uint64_t recent_scanned[2];            /* racy: [0] anonymous, [1] file */
    uint64_t recent_rotated[2];            /* of those, found in use */
    atomic64_t stat[NR_ZONE_STATS];        /* (a) */
} __aligned(2048); /* a power of two makes page_zone() a shift */

extern struct zone zones[NR_ZONES];

#define for_each_zone(z)                                                       \
    for (struct zone *z = zones; z < zones + NR_ZONES; z++)                    \
        if ((z)->present == 0)                                                 \
            continue;                                                          \
        else

/* The sum over all zones of a member that others may change meanwhile. */
#define zone_sum(member)                                                       \
    (READ_ONCE(zones[ZONE_DMA].member) + READ_ONCE(zones[ZONE_DMA32].member) + \
     READ_ONCE(zones[ZONE_NORMAL].member))
#define global_free_pages() zone_sum(free_pages)
#define total_ram_pages() zone_sum(managed)

/* Parts of it may be negative, when pages are counted out in another zone. */
#define global_zone_stat(s) ((uint64_t)MAX(zone_sum(stat[s]), (int64_t)0))

#define page_zone_index(page) (atomic_read(&(page)->flags) >> PG_ZONE_SHIFT)
#define page_zone(page) (&zones[page_zone_index(page)])

/* Count delta more (or fewer) of s in the page's zone. */
#define zone_stat_add(page, s, delta)                                          \
    atomic_add(&page_zone(page)->stat[s], delta)

/* At boot: lay the zones over RAM. */
void zones_init(void);

extern uint64_t min_free_kbytes; /* read only; it sets the watermarks: */
void set_min_free_kbytes(uint64_t kbytes);

/*
 * The buddy system of a zone (buddy.c).  Pure: takes no lock, calls nobody.
 * Call it with zone->lock held.
 */

/* Take a block of 2^order frames.  => NULL if there is none that large */
struct page *buddy_alloc(struct zone *zone, unsigned order);

/*
 * Put a block back and merge it with its buddies as far as possible.
 * => its pfn is aligned to 2^order; the frames' refcounts are 0
 */
void buddy_free(struct zone *zone, struct page *page, unsigned order);

/* The same for the frames [from, to), in the largest aligned blocks. */
void buddy_free_range(struct zone *zone, pfn_t from, pfn_t to);
