/* SPDX-License-Identifier: MIT */
/*
 * pcp.c - per-CPU lists: the fast way to a frame and back.
 *
 * What: each hart keeps some order-0 pages of each zone at hand, so that most
 * allocations and frees touch neither the zone's lock nor the buddy lists.
 *
 * How: pages come from the zone and go back in batches.  The list is a stack:
 * the page freed last is likely still in the cache, and is given out first;
 * what goes back to the zone is taken from the other end.
 *
 *     alloc <-- [hot ... cold] --> above `high`: a batch back to the zone
 *     free  -->      ^
 *                    '-- empty: a batch from the zone
 *
 * With batch = managed / (harts * 256) and high = 4 batches, all lists
 * together hold at most a 64th of the zone: at 16 MB and 8 harts a list is a
 * handful of pages.
 *
 * Invariants
 *   I1  A page on a list has refcount 0, no flag but its zone; it counts
 *       neither as free (zone->free_pages) nor as used by anybody.
 *   I2  count is the length of the list, and <= high between calls.
 *
 * Locks: the list's own, which only pcp_drain takes from another hart; the
 * zone's lock inside it.  A thread that moves to another hart between looking
 * up its list and locking it merely uses the other hart's list.
 *
 * See: doc/ch-frames.
 */
#include "mm/pcp.h"

#include "core/cpu.h"
#include "lib/bitops.h"
#include "mm/buddy.h"

enum { BATCH_DIVISOR = 256, BATCH_MAX = 32, HIGH_BATCHES = 4 };
enum { SUBCLASS_INSIDE_PCP = 1 };

void
pcp_init(void)
{
    for_each_zone(zone) {
        uint64_t batch = atomic_read(&zone->managed) / nr_cpus / BATCH_DIVISOR;

        batch = MAX(MIN(batch, (uint64_t)BATCH_MAX), 1UL);
        for_each_cpu(i) {
            zone->pcp[i].batch = (uint32_t)batch;
            zone->pcp[i].high = (uint32_t)(HIGH_BATCHES * batch);
        }
    }
}

/*
 * The order of the smallest free block, but at most one of nr pages.  Taken
 * whole, it is what as many single allocations would have split.
 */
static unsigned
batch_order(const struct zone *zone, unsigned nr)
{
    unsigned most = (unsigned)ilog2(nr), order = 0;

    while (order < most && zone->free_area[order].nr_free == 0)
        order++;
    return order;
}

void
pcp_get_batch(struct zone *zone, struct per_cpu_pages *pcp, unsigned nr)
{
    spin_lock_nested(&zone->lock, SUBCLASS_INSIDE_PCP);
    while (nr > 0) {
        unsigned order = batch_order(zone, nr);
        struct page *page = buddy_alloc(zone, order);

        if (!page)
            break;
        for (unsigned i = 0; i < 1U << order; i++)
            list_add_tail(&page[i].lru, &pcp->list);
        pcp->count += 1U << order;
        nr -= 1U << order;
    }
    spin_unlock(&zone->lock);
}

void
pcp_return_batch(struct zone *zone, struct per_cpu_pages *pcp, unsigned nr)
{
    spin_lock_nested(&zone->lock, SUBCLASS_INSIDE_PCP);
    for (; nr > 0 && pcp->count > 0; nr--) {
        struct page *page = list_last_entry(&pcp->list, struct page, lru);

        list_del(&page->lru);
        pcp->count--;
        buddy_free(zone, page, 0);
    }
    spin_unlock(&zone->lock);
    atomic_set(&zone->pages_scanned, 0); /* something does get free */
}

void
pcp_drain(struct zone *zone)
{
    for_each_cpu(i) {
        struct per_cpu_pages *pcp = &zone->pcp[i];

        spin_lock(&pcp->lock);
        pcp_return_batch(zone, pcp, pcp->count);
        spin_unlock(&pcp->lock);
    }
}
