/* SPDX-License-Identifier: MIT */
/*
 * pcp.h - per-CPU lists of order-0 pages; for page_alloc.c only.  The fast
 * halves are inline: every fault goes through them.  See pcp.c.
 */
#ifndef MM_PCP_H
#define MM_PCP_H

#include "mm/zone.h"

/* When zone->managed is known: choose batch sizes. */
void pcp_init(void);

/*
 * Exchange pages with the zone: up to nr into the list, or out of its cold
 * end.  => pcp->lock held
 */
void pcp_get_batch(struct zone *zone, struct per_cpu_pages *pcp, unsigned nr);
void pcp_return_batch(struct zone *zone, struct per_cpu_pages *pcp,
                      unsigned nr);

/* Empty the lists of all harts. */
void pcp_drain(struct zone *zone);

static inline struct per_cpu_pages *
pcp_lock(struct zone *zone)
{
    struct per_cpu_pages *pcp = &zone->pcp[hart_index()];

    spin_lock(&pcp->lock);
    return pcp;
}

/* => pcp->lock held; NULL if the list is empty */
static inline struct page *
pcp_pop(struct per_cpu_pages *pcp)
{
    struct page *page;

    if (unlikely(pcp->count == 0))
        return NULL;
    page = list_first_entry(&pcp->list, struct page, lru);
    list_del(&page->lru);
    pcp->count--;
    pcp->allocs++;
    return page;
}

/* => pcp->lock held; the page is ready to be free */
static inline void
pcp_push(struct zone *zone, struct per_cpu_pages *pcp, struct page *page)
{
    list_add(&page->lru, &pcp->list);
    pcp->frees++;
    if (unlikely(++pcp->count > pcp->high))
        pcp_return_batch(zone, pcp, pcp->batch);
}

#endif
