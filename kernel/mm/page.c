/* SPDX-License-Identifier: MIT */
/*
 * page.c - mem_map, and what to say about a page in a bad state.
 *
 * The states of a page are told in page.h.
 *
 * Not done: HIGHMEM; every frame has an address in the direct map.
 */
#include "mm/page.h"

#include "core/panic.h"

struct page *mem_map;
pfn_t first_pfn;
pfn_t nr_pfns;

void
bad_page(const struct page *page, const char *why)
{
    struct page *p = (struct page *)page;

    panic("bad page state: %s: pfn 0x%lx flags 0x%lx refcount %d mapcount %d "
          "mapping %p index 0x%lx private 0x%lx",
          why, page_to_pfn(page), atomic_read(&p->flags),
          atomic_read(&p->refcount), atomic_read(&p->mapcount),
          (void *)page->mapping, page->index, page->private);
}
