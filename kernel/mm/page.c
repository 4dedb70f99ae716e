/* SPDX-License-Identifier: MIT */
/*
 * page.c - mem_map, and the contents of frames.
 *
 * What: the array of struct page and the few functions on a single frame that
 * need no allocator.  The states of a page are told in page.h.
 *
 * Not done: HIGHMEM; every frame has an address in the direct map.
 */
#include "mm/page.h"

#include "core/panic.h"
#include "core/printk.h"
#include "lib/string.h"

struct page *mem_map;
pfn_t first_pfn;
pfn_t nr_pfns;

void
clear_frame(struct page *page)
{
    clear_page(page_address(page));
}

void
copy_frame(struct page *to, const struct page *from)
{
    copy_page(page_address(to), page_address(from));
}

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
