/* SPDX-License-Identifier: MIT */
/*
 * slab_impl.h - the inside of the slab allocator, shared by slab.c,
 * magazine.c and slab_debug.c.
 *
 * Keys: (c) constant; (s) cache->lock; (m) cpu_cache->lock; (h) chain lock.
 */
#ifndef MM_SLAB_IMPL_H
#define MM_SLAB_IMPL_H

#include "core/cpu.h"
#include "core/spinlock.h"
#include "lib/list.h"
#include "mm/slab.h"

enum {
    MAX_SLAB_ORDER = 3,
    OFF_SLAB_SIZE = 512,   /* from here on the descriptor is kept elsewhere */
    OFF_SLAB_OBJECTS = 64, /* at most, in a slab of the largest order */
    MAG_ROUNDS = 14,       /* makes a magazine two cache lines */
};

/* In slab.next_free[]: */
enum { BUFCTL_END = 0xffff, BUFCTL_IN_USE = 0xfffe };

struct slab {
    struct list_head list; /* (s) full, partial or empty */
    struct page *page;     /* (c) of the block's first frame */
    char *objects;         /* (c) the first one */
    uint32_t in_use;       /* (s) */
    uint16_t first_free;   /* (s) index, or BUFCTL_END */
    uint16_t next_free[];  /* (s) bufctl, one an object */
};

struct magazine {
    struct magazine *next; /* (s) in the depot */
    void *object[MAG_ROUNDS];
};

/* One hart's magazines.  previous is full, or empty, or NULL. */
struct cpu_cache {
    struct spinlock lock;               /* RANK_SLAB, outside cache->lock */
    struct magazine *loaded, *previous; /* (m) */
    uint32_t rounds, previous_rounds;   /* (m) objects in them */
} __aligned(CACHE_LINE_BYTES);

struct kmem_cache {
    const char *name;     /* (c) */
    size_t object_size;   /* (c) what the user asked for */
    size_t slot_size;     /* (c) from one object to the next */
    unsigned flags;       /* (c) SLAB_* */
    void (*ctor)(void *); /* (c) */
    unsigned order;       /* (c) a slab is 2^order pages */
    unsigned per_slab;    /* (c) objects */
    unsigned nr_colours;  /* (c) */
    unsigned colour_step; /* (c) bytes */
    unsigned header;      /* (c) bytes before the first object */
    unsigned mag_size;    /* (c) rounds; 0: no magazines */

    struct spinlock lock;                  /* RANK_SLAB, subclass 1 */
    struct list_head full, partial, empty; /* (s) slabs */
    uint64_t nr_slabs, nr_empty;           /* (s) */
    uint64_t nr_in_use;   /* (s) objects, those in magazines included */
    unsigned next_colour; /* (s) */
    struct magazine *full_mags, *empty_mags; /* (s) the depot */

    struct list_head chain; /* (h) */
    unsigned pins;          /* (h) walkers that look at this cache */
    struct cpu_cache cpu[]; /* by hart; none with SLAB_NO_MAGAZINE */
};

/* cache->lock may be taken with a cpu_cache's lock held. */
static inline void
cache_lock(struct kmem_cache *cache)
{
    spin_lock_nested(&cache->lock, 1);
}

static inline void
cache_unlock(struct kmem_cache *cache)
{
    spin_unlock(&cache->lock);
}

/* The slab layer: one object from, or back to, a slab. */
void *slab_get(struct kmem_cache *cache, gfp_t gfp);
void slab_put(struct kmem_cache *cache, void *object);

/* As kmem_cache_alloc and _free, for callers that have callers. */
void *kmem_alloc_for(struct kmem_cache *cache, gfp_t gfp, const void *caller);
void kmem_free_for(struct kmem_cache *cache, void *object, const void *caller);

/* The magazine layer. */
extern struct kmem_cache magazine_cache; /* of struct magazine */
void magazine_init(void);
void magazine_setup(struct kmem_cache *cache);     /* a new cache */
void magazine_flush(struct kmem_cache *cache);     /* all back to the slabs */
uint64_t magazine_count(struct kmem_cache *cache); /* objects in them */

/*
 * A static cache for the allocator's own needs; only slab_get and slab_put
 * work on it.
 */
void kmem_cache_setup(struct kmem_cache *cache, const char *name, size_t size,
                      unsigned flags);

/* => cc->lock held; false if there is nothing to be had, or no room */
bool magazine_load_full(struct kmem_cache *cache, struct cpu_cache *cc);
bool magazine_load_empty(struct kmem_cache *cache, struct cpu_cache *cc);
/* Give the depot one more empty magazine.  => false: no memory */
bool magazine_add(struct kmem_cache *cache);

/* An object from this hart's magazines, or NULL. */
static inline void *
magazine_get(struct kmem_cache *cache)
{
    struct cpu_cache *cc = &cache->cpu[hart_index()];
    void *object = NULL;

    if (unlikely(cache->mag_size == 0))
        return NULL;
    spin_lock(&cc->lock);
    if (likely(cc->rounds > 0) || magazine_load_full(cache, cc))
        object = cc->loaded->object[--cc->rounds];
    spin_unlock(&cc->lock);
    return object;
}

/* => false if there is no room for it */
static inline bool
magazine_put(struct kmem_cache *cache, void *object)
{
    struct cpu_cache *cc = &cache->cpu[hart_index()];
    bool room;

    if (unlikely(cache->mag_size == 0))
        return false;
    spin_lock(&cc->lock);
    room = likely(cc->loaded && cc->rounds < cache->mag_size) ||
           magazine_load_empty(cache, cc);
    if (likely(room))
        cc->loaded->object[cc->rounds++] = object;
    spin_unlock(&cc->lock);
    return room;
}

void kmalloc_init(void);

/* Panic unless the invariants of slab.c hold for the cache. */
void slab_check(struct kmem_cache *cache);

#endif
