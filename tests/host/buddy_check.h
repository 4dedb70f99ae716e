/* SPDX-License-Identifier: MIT */
/*
 * buddy_check.h - fail unless the invariants of kernel/mm/buddy.c hold.
 */
#ifndef BUDDY_CHECK_H
#define BUDDY_CHECK_H

#include "mm/zone.h"

static void
check_block(const struct zone *zone, struct page *page, unsigned order)
{
    pfn_t pfn = page_to_pfn(page), other = pfn ^ (1UL << order);

    assert_int_equal(pfn & ((1UL << order) - 1), 0); /* I1 */
    assert_true(pfn >= zone->start_pfn &&
                pfn + (1UL << order) <= zone->end_pfn);
    assert_true(page_test(page, PG_buddy) && page->private == order);
    assert_ptr_equal(page_zone(page), zone);
    for (unsigned long i = 0; i < 1UL << order; i++) {
        assert_int_equal(atomic_read(&page[i].refcount), 0);
        assert_true(i == 0 || !page_test(&page[i], PG_buddy));
    }
    if (order < MAX_ORDER && other >= zone->start_pfn &&
        other + (1UL << order) <= zone->end_pfn)
        assert_false(page_test(pfn_to_page(other), PG_buddy) &&
                     pfn_to_page(other)->private == order); /* I2 */
}

static void
buddy_check(const struct zone *zone)
{
    uint64_t pages = 0;

    for (unsigned order = 0; order <= MAX_ORDER; order++) {
        const struct free_area *area = &zone->free_area[order];
        uint64_t blocks = 0;
        struct page *page;

        list_for_each_entry(page, &area->list, lru) {
            check_block(zone, page, order);
            blocks++;
        }
        assert_int_equal(blocks, area->nr_free); /* I3 */
        pages += blocks << order;
    }
    assert_int_equal(pages, zone->free_pages);
}

#endif
