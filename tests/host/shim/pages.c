/* SPDX-License-Identifier: MIT */
/*
 * pages.c - the page allocator that tests of its callers use.  See pages.h.
 */
#include "host.h"

#include <sanitizer/asan_interface.h>

#include "core/panic.h"
#include "lib/macros.h"
#include "mm/gfp.h"
#include "mm/page_alloc.h"
#include "shim/arena.h"
#include "shim/pages.h"

bool (*fail_alloc_hook)(gfp_t gfp);

static bool *used; /* one a frame */
static unsigned nr_used, fail_in;

static void
need_map(void)
{
    if (!used)
        used = calloc(nr_pfns, sizeof(*used));
    zones[ZONE_NORMAL].managed = nr_pfns; /* total_ram_pages() */
}

void
host_pages_reset(void)
{
    free(used);
    used = NULL;
    nr_used = 0;
    fail_in = 0;
    fail_alloc_hook = NULL;
}

unsigned
host_frames_used(void)
{
    return nr_used;
}

void
host_fail_page_alloc(unsigned n)
{
    fail_in = n;
}

static bool
block_free(size_t at, size_t nr)
{
    for (size_t i = at; i < at + nr; i++)
        if (i >= nr_pfns || used[i])
            return false;
    return true;
}

struct page *
alloc_pages(gfp_t gfp, unsigned order)
{
    size_t nr = (size_t)1 << order, bytes = nr * PAGE_SIZE;

    need_map();
    if (order > MAX_ORDER || (fail_in && --fail_in == 0))
        return NULL;
    for (size_t at = 0; at + nr <= nr_pfns; at += nr) {
        struct page *page = &mem_map[at];

        if (!block_free(at, nr))
            continue;
        for (size_t i = at; i < at + nr; i++)
            used[i] = true;
        nr_used += (unsigned)nr;
        ASAN_UNPOISON_MEMORY_REGION(page_address(page), bytes);
        memset(page_address(page), gfp & __GFP_ZERO ? 0 : 0xa5, bytes);
        atomic_set(&page->refcount, 1);
        page->order = order;
        return page;
    }
    return NULL;
}

void
free_pages(struct page *page, unsigned order)
{
    size_t at = (size_t)(page - mem_map), nr = (size_t)1 << order;

    need_map();
    if (at >= nr_pfns || at % nr || page->order != order)
        panic("free_pages: no such block");
    for (size_t i = at; i < at + nr; i++) {
        if (!used[i])
            panic("free_pages: frame %zu is free already", i);
        used[i] = false;
    }
    nr_used -= (unsigned)nr;
    atomic_set(&page->refcount, 0);
    memset(page_address(page), 0x5a, nr * PAGE_SIZE);
    ASAN_POISON_MEMORY_REGION(page_address(page), nr * PAGE_SIZE);
}

void
put_page(struct page *page)
{
    if (atomic_dec_and_test(&page->refcount))
        free_pages(page, page->order);
}
