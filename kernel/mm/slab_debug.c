/* SPDX-License-Identifier: MIT */
/*
 * slab_debug.c - catching misuse of slab objects, in DEBUG builds.
 *
 * How: a free object is filled with poison; behind each object is a trailer:
 *
 *     | object | red zone | allocated by | freed by | red zone |
 *
 * The first red zone says whether the object is in use and catches a write
 * beyond its end; the second catches one before the start of the next object.
 *
 *     found on free:   red zone says free   double free
 *                      red zone is neither  overrun
 *     found on alloc:  poison is gone       use after free
 *
 * An object with a constructor is constructed when it is allocated, since
 * its poison destroyed what the constructor once made.
 *
 * Invariants: a free object has all its poison, an object in use RED_IN_USE.
 *
 * Locks: none; object and trailer belong to whoever allocates or frees.
 *
 * Not done: objects above MAX_TRAILER_SIZE have no trailer, as it would cost
 * up to twice the pages; slab.c itself notices most of their double frees.
 */
#ifdef DEBUG
#include "core/panic.h"
#include "core/printk.h"
#include "mm/slab_impl.h"

#define RED_IN_USE 0x5ca1ab1e5ca1ab1eUL
#define RED_FREE 0xdeadc0dedeadc0deUL
enum { POISON = 0x6b, MAX_TRAILER_SIZE = 1024 };

struct trailer {
    uint64_t red;
    const void *allocated_by, *freed_by;
    uint64_t red_end;
};

size_t
debug_trailer_size(size_t size)
{
    return size <= MAX_TRAILER_SIZE ? sizeof(struct trailer) : 0;
}

static struct trailer *
trailer_of(const struct kmem_cache *cache, void *object)
{
    return (void *)((char *)object +
                    ALIGN_UP(cache->object_size, sizeof(uint64_t)));
}

/* The callers are return addresses, NULL: none yet. */
static void
report(const struct kmem_cache *cache, void *object, const char *what,
       const void *caller)
{
    const struct trailer *t = trailer_of(cache, object);
    char by[SYMBOL_SIZE];

    pr_err("slab %s: %s of object %p", cache->name, what, object);
    pr_err("  last allocated by %s",
           symbol_string((uint64_t)t->allocated_by, by));
    pr_err("  last freed by %s", symbol_string((uint64_t)t->freed_by, by));
    pr_err("  found by %s", symbol_string((uint64_t)caller, by));
    panic("slab %s: %s", cache->name, what);
}

bool
debug_init_object(struct kmem_cache *cache, void *object)
{
    if (!debug_trailer_size(cache->object_size))
        return false;
    memset(object, POISON, cache->object_size);
    *trailer_of(cache, object) =
        (struct trailer){.red = RED_FREE, .red_end = RED_IN_USE};
    return true;
}

void
debug_alloc_object(struct kmem_cache *cache, void *object, const void *caller)
{
    struct trailer *t = trailer_of(cache, object);
    const unsigned char *p = object, *end = p + cache->object_size;

    if (!debug_trailer_size(cache->object_size))
        return;
    while (p < end && *p == POISON)
        p++;
    if (t->red != RED_FREE || p < end)
        report(cache, object, "use after free", caller);
    t->red = RED_IN_USE;
    t->allocated_by = caller;
    if (cache->ctor)
        cache->ctor(object);
}

void
debug_free_object(struct kmem_cache *cache, void *object, const void *caller)
{
    struct trailer *t = trailer_of(cache, object);

    if (!debug_trailer_size(cache->object_size))
        return;
    if (t->red == RED_FREE)
        report(cache, object, "double free", caller);
    if (t->red != RED_IN_USE || t->red_end != RED_IN_USE)
        report(cache, object, "overrun", caller);
    memset(object, POISON, cache->object_size);
    t->red = RED_FREE;
    t->freed_by = caller;
}

#endif
