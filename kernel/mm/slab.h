/* SPDX-License-Identifier: MIT */
/*
 * The slab allocator: a cache per object type (Bonwick 1994), per-CPU
 * magazines in front (Bonwick & Adams 2001), and kmalloc's size classes.
 */
#ifndef MM_SLAB_H
#define MM_SLAB_H

#include <stddef.h>

#include "mm/gfp.h"

struct kmem_cache;

enum {
    SLAB_HWCACHE_ALIGN = 1u << 0, /* objects start on a cache line */
    SLAB_RECLAIMABLE = 1u << 1,   /* counted as SReclaimable */
    SLAB_NO_MAGAZINE = 1u << 2,   /* the magazines' own caches */
};

/*
 * Make a cache of objects of `size` bytes, aligned to `align` (0: 8).  ctor
 * (may be NULL) runs once per object when its slab is made; an object is
 * freed in constructed state.
 * => returns NULL when out of memory; name is kept, not copied
 */
struct kmem_cache *kmem_cache_create(const char *name, size_t size,
                                     size_t align, unsigned flags,
                                     void (*ctor)(void *));
/* Destroy an empty cache.  => -EBUSY if objects are still in use */
int kmem_cache_destroy(struct kmem_cache *cache);

/* => NULL when out of memory; sleeps only with __GFP_WAIT */
void *kmem_cache_alloc(struct kmem_cache *cache, gfp_t gfp);
void kmem_cache_free(struct kmem_cache *cache, void *obj);

/* Give empty slabs back; flushes magazines.  => pages freed */
uint64_t kmem_cache_shrink(struct kmem_cache *cache);
/* All caches, for the shrinker and drop_caches.  => pages freed */
uint64_t kmem_shrink_all(void);

/* kmalloc: 8 .. 8192 from size classes, larger from the buddy system. */
void *kmalloc(size_t size, gfp_t gfp);
void *kzalloc(size_t size, gfp_t gfp);
void *krealloc(void *p, size_t size, gfp_t gfp);
void kfree(const void *p); /* NULL is allowed */
size_t ksize(const void *p);

/* One line of /proc/slabinfo; in_use counts objects outside magazines. */
struct slab_stats {
    const char *name;
    uint64_t active_objs, num_objs, obj_size, objs_per_slab, pages_per_slab;
    uint64_t active_slabs, num_slabs;
};
/*
 * Call fn for each cache, without locks held by fn's caller.
 */
void kmem_for_each_cache(void (*fn)(const struct slab_stats *, void *),
                         void *arg);

/*
 * mm <- vm, fs: shrinkers.  count: how many objects could go; scan: try to
 * free nr of them, return how many went.  May sleep; must do nothing under
 * SCOPE_NOFS if they would enter the file system.
 */
struct shrinker {
    const char *name;
    uint64_t (*count)(void);
    uint64_t (*scan)(uint64_t nr);
    struct shrinker *next; /* owned by the registry */
};
void shrinker_register(struct shrinker *s); /* at boot; never removed */
/* Ask every shrinker for count * pressure / 2^prio objects.  => freed */
uint64_t shrink_slab(unsigned prio);

void slab_init(void);

#endif
