/* SPDX-License-Identifier: MIT */
/*
 * slab_impl.h - the inside of the slab allocator, for slab.c, slab_debug.c and
 * /proc/slabinfo.
 *
 * Keys: (c) constant; (s) cache->lock; (m) magazine->lock.
 */
#pragma once

#include "core/cpu.h"
#include "mm/slab.h"
#include "mm/zone.h"

enum {
    MAX_SLAB_ORDER = 3,
    OFF_SLAB_SIZE = 512, /* from here on the descriptor is kept elsewhere */
    MAG_ROUNDS = 13,     /* makes a magazine two cache lines */
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

/* A stack of free objects of one hart. */
struct magazine {
    struct spinlock lock; /* RANK_SLAB, outside cache->lock */
    uint64_t rounds;      /* (m) objects in it */
    void *object[MAG_ROUNDS];
} __aligned(CACHE_LINE_BYTES);

struct kmem_cache {
    const char *name;     /* (c) */
    size_t object_size;   /* (c) what the user asked for */
    size_t slot_size;     /* (c) from one object to the next */
    void (*ctor)(void *); /* (c) */
    enum zone_stat stat;  /* (c) what its pages count as */
    unsigned order;       /* (c) a slab is 2^order pages */
    unsigned per_slab;    /* (c) objects */
    unsigned header;      /* (c) bytes before the first object, colour aside */
    unsigned nr_colours;  /* (c) */
    unsigned colour_step; /* (c) bytes */
    uint64_t mag_size;    /* (c) rounds */

    struct spinlock lock;                  /* RANK_SLAB, subclass 1 */
    struct list_head full, partial, empty; /* (s) slabs */
    uint64_t nr_slabs, nr_empty;           /* (s) */
    uint64_t nr_in_use; /* (s) objects, those in magazines included */
    _Atomic uint32_t next_colour;

    struct kmem_cache *next;            /* (c) on the cache chain */
    struct magazine magazines[NR_CPUS]; /* by hart; there are nr_cpus */
};

extern struct kmem_cache *cache_chain; /* (c) after boot */

/* Objects in use, without what magazines hold; may be a little old. */
uint64_t kmem_cache_active(const struct kmem_cache *cache);

/* Poison, red zones and owners: slab_debug.c in DEBUG builds, else nothing. */
#ifdef DEBUG
/* Bytes to add behind an object of this size, itself rounded up to 8. */
size_t debug_trailer_size(size_t size);
/* A new slab's object. => true if it must not be constructed now */
bool debug_init_object(struct kmem_cache *cache, void *object);
/* Check that nobody touched the free object, and make it ready for use. */
void debug_alloc_object(struct kmem_cache *cache, void *object,
                        const void *caller);
/* Check and poison. */
void debug_free_object(struct kmem_cache *cache, void *object,
                       const void *caller);
#else
#define debug_trailer_size(size) ((size_t)0)
#define debug_init_object(cache, object) false
#define debug_alloc_object(cache, object, caller) ((void)(caller))
#define debug_free_object(cache, object, caller) ((void)(caller))
#endif
