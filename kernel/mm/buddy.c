/* SPDX-License-Identifier: MIT */
/*
 * buddy.c - the buddy system: free frames in blocks of 2^order.
 *
 * What: for each zone, a list of free blocks per order 0..MAX_ORDER.  A block
 * of order k starts at a frame number divisible by 2^k; its buddy, the other
 * half of the block of order k+1, differs in bit k only.
 *
 * How: to allocate, take the smallest block that is large enough and split
 * it, returning the upper halves to the lists.  To free, look at the buddy: if
 * it is free, and whole, take it off its list and go on with the block of
 * both; else stop and link.  Each is O(MAX_ORDER).
 *
 *     order 2   |=======8..11=======|      alloc(0):  8 is given away,
 *     order 1   |==8,9==|=10,11=|          9 and 10,11 stay on the lists;
 *     order 0   | 8 | 9 |                  free(8) merges all three again
 *
 * The state of a block is in its first frame's struct page: PG_buddy, with
 * the order in `private`.  PG_buddy is looked at under zone->lock only.
 *
 * Invariants (checked by tests/host)
 *   I1  A block on free_area[k] is aligned to 2^k, within the zone, has
 *       PG_buddy, private == k and refcount 0.
 *   I2  Two buddies of one order below MAX_ORDER are never both on the lists.
 *   I3  free_area[k].nr_free is the length of the list; free_pages is the
 *       sum of the blocks' sizes.
 *
 * Locks: zone->lock, held by the caller.
 *
 * Not done: separate lists per migrate type (Linux's "mobility grouping").
 *
 * See: Knowlton 1965; Knuth, volume 1, 2.5; doc/memory.md.
 */
#include "mm/zone.h"

#include "lib/assert.h"

static inline void
link_block(struct zone *zone, struct page *page, unsigned order)
{
    page->private = order;
    page_set(page, PG_buddy);
    list_add(&page->lru, &zone->free_area[order].list);
    zone->free_area[order].nr_free++;
}

static inline void
unlink_block(struct zone *zone, struct page *page, unsigned order)
{
    list_del(&page->lru);
    zone->free_area[order].nr_free--;
    page_clear(page, PG_buddy);
}

struct page *
buddy_alloc(struct zone *zone, unsigned order)
{
    unsigned k = order;
    struct page *page;

    while (list_empty(&zone->free_area[k].list))
        if (++k > MAX_ORDER)
            return NULL;
    page = list_first_entry(&zone->free_area[k].list, struct page, lru);
    unlink_block(zone, page, k);

    /* Halve it until it fits; each upper half becomes a free block. */
    while (k > order) {
        k--;
        link_block(zone, page + (1UL << k), k);
    }
    atomic_sub(&zone->free_pages, 1UL << order);
    return page;
}

void
buddy_free(struct zone *zone, struct page *page, unsigned order)
{
    pfn_t pfn = page_to_pfn(page);

    ASSERT(!page_test(page, PG_buddy)); /* double free */
    DEBUG_ASSERT(IS_ALIGNED(pfn, 1UL << order));
    atomic_add(&zone->free_pages, 1UL << order);
    for (; order < MAX_ORDER; order++) {
        pfn_t other = pfn ^ (1UL << order);
        struct page *buddy = page + (int64_t)(other - pfn);

        if (other < zone->start_pfn || other + (1UL << order) > zone->end_pfn ||
            !page_test(buddy, PG_buddy) || buddy->private != order)
            break; /* beyond the zone, in use, or cut up */
        unlink_block(zone, buddy, order);
        if (other < pfn) {
            pfn = other;
            page = buddy;
        }
    }
    link_block(zone, page, order);
}

void
buddy_free_range(struct zone *zone, pfn_t from, pfn_t to)
{
    while (from < to) {
        unsigned order = MAX_ORDER;

        while (!IS_ALIGNED(from, 1UL << order) || to - from < 1UL << order)
            order--;
        buddy_free(zone, pfn_to_page(from), order);
        from += 1UL << order;
    }
}
