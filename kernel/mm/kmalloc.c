/* SPDX-License-Identifier: MIT */
/*
 * kmalloc.c - memory of any size.
 *
 * What: a slab cache for each size class, powers of two from 8 to 8192 and
 * 96 and 192; what is larger comes as a block of pages, whose order is in its
 * struct page.  kfree tells the two apart by PG_slab.
 *
 * Interface: kmalloc, kzalloc, kfree.  The calls of the slab layer are the
 * last thing that kmalloc and kfree do, so the compiler makes them jumps, and
 * slab_debug.c sees the return address of our caller.
 *
 * Invariants: an object is aligned to 8, those of 64 bytes and more whose
 * size is a power of two to 64.
 *
 * Locks: those of the layers below.
 *
 * Not done: kmalloc from ZONE_DMA: drivers take pages.
 */
#include "core/panic.h"
#include "mm/page_alloc.h"
#include "mm/slab_impl.h"

static struct size_class {
    size_t size;
    const char *name;
    struct kmem_cache *cache;
} classes[] = {
    {8, "kmalloc-8", NULL},     {16, "kmalloc-16", NULL},
    {32, "kmalloc-32", NULL},   {64, "kmalloc-64", NULL},
    {96, "kmalloc-96", NULL},   {128, "kmalloc-128", NULL},
    {192, "kmalloc-192", NULL}, {256, "kmalloc-256", NULL},
    {512, "kmalloc-512", NULL}, {1024, "kmalloc-1k", NULL},
    {2048, "kmalloc-2k", NULL}, {4096, "kmalloc-4k", NULL},
    {8192, "kmalloc-8k", NULL},
};
enum { NR_CLASSES = ARRAY_SIZE(classes) };

void
kmalloc_init(void)
{
    for (struct size_class *c = classes; c < classes + NR_CLASSES; c++) {
        bool power_of_two = (c->size & (c->size - 1)) == 0;

        c->cache = kmem_cache_create(
            c->name, c->size, power_of_two ? MIN(c->size, 64UL) : 0, 0, NULL);
        if (!c->cache)
            panic("kmalloc: no memory for %s", c->name);
    }
}

void *
kmalloc(size_t size, gfp_t gfp)
{
    unsigned order = 0;

    for (struct size_class *c = classes; c < classes + NR_CLASSES; c++)
        if (size <= c->size)
            return kmem_cache_alloc(c->cache, gfp);
    while (order <= MAX_ORDER && PAGE_SIZE << order < size)
        order++;
    return order > MAX_ORDER ? NULL : alloc_kpages(gfp, order);
}

void
kfree(const void *p)
{
    struct page *page;

    if (!p)
        return;
    page = virt_to_page(p);
    if (likely(page_test(page, PG_slab)))
        kmem_cache_free(page->slab_cache, (void *)p);
    else
        free_pages(page, page->owner_order);
}
