/* SPDX-License-Identifier: MIT */
/*
 * Page frames: the allocator everybody calls.  Per-CPU lists in front of the
 * buddy system of each zone; below the watermarks it wakes or calls the
 * reclaimer through an upcall.
 */
#pragma once

#include "lib/assert.h"
#include "mm/gfp.h"
#include "mm/vmevent.h"
#include "mm/zone.h"

/*
 * 2^order contiguous frames, aligned to their size, refcount 1 on the first.
 * => NULL if there are none and gfp does not let us wait, or waiting did not
 *    help; may sleep with __GFP_WAIT
 */
struct page *alloc_pages(gfp_t gfp, unsigned order);

#define alloc_page(gfp) alloc_pages(gfp, 0)

/* As alloc_pages, but the address in the direct map, or NULL; kfree() it. */
static inline void *
alloc_kpages(gfp_t gfp, unsigned order)
{
    struct page *page = alloc_pages(gfp, order);

    return page ? page_address(page) : NULL;
}

/* Give back a block whose refcount is 0 or 1 and that nobody else knows. */
void free_pages(struct page *page, unsigned order);

static inline struct page *
get_page(struct page *page)
{
    DEBUG_ASSERT(atomic_read(&page->refcount) > 0);
    atomic_inc(&page->refcount);
    return page;
}

/* Take a reference unless the frame is being freed. */
#define try_get_page(page) atomic_inc_not_zero(&(page)->refcount)

/* => refs: drops one; the last frees the frame (order 0) */
void put_page(struct page *page);

/*
 * Free many order-0 pages at once: drops one reference of each.  A page that
 * is on the LRU when its last reference goes is taken off by the upcall.
 * => the array is used as scratch space
 */
void put_pages(struct page **pages, unsigned nr);

/* Give the per-CPU lists of all harts back to the zones (drop_caches). */
void drain_all_pages(void);

/* At boot, when zone->managed is known: lists and watermarks. */
void page_alloc_init(void);

/*
 * mm <- vm.  All are called without any spinlock held.
 *   direct_reclaim  try to free pages for an allocation of this order; may
 *                   sleep; returns pages freed
 *   wake_kswapd     below the low watermark; any context
 *   out_of_memory   nothing could be reclaimed; may sleep for the victim;
 *                   false: give up
 *   release_lru     the pages' last references are gone: take those that have
 *                   PG_lru off their lists; any context
 */
struct reclaim_ops {
    uint64_t (*direct_reclaim)(unsigned order);
    void (*wake_kswapd)(void);
    bool (*out_of_memory)(gfp_t gfp, unsigned order);
    void (*release_lru)(struct page **pages, unsigned nr);
};
extern const struct reclaim_ops *reclaim_ops; /* NULL until vm/ is up */
