/* SPDX-License-Identifier: MIT */
/*
 * The slab allocator: a cache per object type (Bonwick 1994) with a magazine
 * per hart in front, kmalloc's size classes, and the shrinkers that make
 * others give cached objects back.
 */
#pragma once

#include <stddef.h>

#include "mm/gfp.h"

struct kmem_cache;

enum { SLAB_RECLAIMABLE = 1u << 0 }; /* counted as SReclaimable */

/*
 * Make a cache of objects of `size` bytes, aligned to `align` (0: 8).  ctor
 * (may be NULL) runs once per object when its slab is made; an object is
 * freed in constructed state.  At boot, by the boot hart alone; for ever.
 * => panics when out of memory; name is kept, not copied
 */
struct kmem_cache *kmem_cache_create(const char *name, size_t size,
                                     size_t align, unsigned flags,
                                     void (*ctor)(void *));

/* => NULL when out of memory; sleeps only with __GFP_WAIT */
void *kmem_cache_alloc(struct kmem_cache *cache, gfp_t gfp);
void kmem_cache_free(struct kmem_cache *cache, void *object);

/*
 * Empty the magazines of all caches and give empty slabs back; for the
 * shrinker and drop_caches.  => pages freed
 */
uint64_t kmem_shrink_all(void);

/* 0 .. 8192 bytes from size classes, more from the buddy system. */
void *kmalloc(size_t size, gfp_t gfp);
void kfree(const void *p); /* NULL is allowed */

#define kzalloc(size, gfp) kmalloc(size, (gfp) | __GFP_ZERO)

/*
 * mm <- vm, fs: shrinkers.  count: how many objects could go; scan: try to
 * free nr of them, return how many went.  May sleep; must do nothing under
 * SCOPE_NOFS if they would enter the file system.
 */
struct shrinker {
    uint64_t (*count)(void);
    uint64_t (*scan)(uint64_t nr);
    struct shrinker *next; /* owned by the registry */
};
void shrinker_register(struct shrinker *s); /* at boot; never removed */
/* Ask every shrinker for count / 2^prio objects.  => freed */
uint64_t shrink_slab(unsigned prio);

void slab_init(void);
