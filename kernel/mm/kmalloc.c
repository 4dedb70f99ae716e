/* SPDX-License-Identifier: MIT */
/*
 * kmalloc.c - memory of any size.
 *
 * What: a slab cache for each size class, powers of two from 8 to 8192 and
 * 96 and 192; what is larger comes as a block of pages, whose order is in its
 * struct page.  kfree tells the two apart by PG_slab.
 *
 * Invariants: an object is aligned to 8, those of 64 bytes and more whose
 * size is a power of two to 64.
 *
 * Locks: those of the layers below.
 *
 * Not done: kmalloc from ZONE_DMA: drivers take pages.
 */
#include "core/panic.h"
#include "include/errno.h"
#include "lib/string.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "mm/slab_impl.h"

enum { GRAIN = 8, MAX_SMALL = 192, MAX_CLASS_SIZE = 8192 };

static const uint16_t sizes[] = {8,   16,  32,   64,   96,   128, 192,
                                 256, 512, 1024, 2048, 4096, 8192};
static const char *const names[] = {
    "kmalloc-8",   "kmalloc-16",  "kmalloc-32",  "kmalloc-64",  "kmalloc-96",
    "kmalloc-128", "kmalloc-192", "kmalloc-256", "kmalloc-512", "kmalloc-1k",
    "kmalloc-2k",  "kmalloc-4k",  "kmalloc-8k",
};
static_assert(ARRAY_SIZE(names) == ARRAY_SIZE(sizes), "a name for each size");

static struct kmem_cache *caches[ARRAY_SIZE(sizes)];
static uint8_t small_class[MAX_SMALL / GRAIN]; /* by (size - 1) / GRAIN */

static unsigned
search_class(size_t size, unsigned from)
{
    while (sizes[from] < size)
        from++;
    return from;
}

static struct kmem_cache *
cache_for(size_t size)
{
    if (size <= MAX_SMALL)
        return caches[size ? small_class[(size - 1) / GRAIN] : 0];
    return caches[search_class(size, small_class[MAX_SMALL / GRAIN - 1])];
}

void
kmalloc_init(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(sizes); i++) {
        size_t size = sizes[i];
        size_t align = size & (size - 1) ? 0 : MIN(size, 64UL);

        caches[i] = kmem_cache_create(names[i], size, align, 0, NULL);
        if (!caches[i])
            panic("kmalloc: no memory for %s", names[i]);
    }
    for (unsigned i = 0; i < ARRAY_SIZE(small_class); i++)
        small_class[i] = (uint8_t)search_class((i + 1) * GRAIN, 0);
}

static void *
alloc_large(size_t size, gfp_t gfp)
{
    unsigned order = 0;

    while (order <= MAX_ORDER && PAGE_SIZE << order < size)
        order++;
    return order > MAX_ORDER ? NULL : alloc_kpages(gfp, order);
}

static void *
alloc(size_t size, gfp_t gfp, const void *caller)
{
    if (unlikely(size > MAX_CLASS_SIZE))
        return alloc_large(size, gfp);
    return kmem_alloc_for(cache_for(size), gfp, caller);
}

void *
kmalloc(size_t size, gfp_t gfp)
{
    return alloc(size, gfp, __builtin_return_address(0));
}

void *
kzalloc(size_t size, gfp_t gfp)
{
    return alloc(size, gfp | __GFP_ZERO, __builtin_return_address(0));
}

void *
krealloc(void *p, size_t size, gfp_t gfp)
{
    size_t old = p ? ksize(p) : 0;
    void *copy;

    if (p && size <= old)
        return p;
    copy = alloc(size, gfp, __builtin_return_address(0));
    if (copy && p) {
        memcpy(copy, p, old);
        kfree(p);
    }
    return copy;
}

void
kfree(const void *p)
{
    struct page *page;

    if (!p)
        return;
    page = virt_to_page(p);
    if (likely(page_test(page, PG_slab)))
        kmem_free_for(page->slab_cache, (void *)p, __builtin_return_address(0));
    else
        free_pages(page, page->owner_order);
}

size_t
ksize(const void *p)
{
    const struct page *page = virt_to_page(p);

    return page_test(page, PG_slab) ? page->slab_cache->object_size
                                    : PAGE_SIZE << page->owner_order;
}
