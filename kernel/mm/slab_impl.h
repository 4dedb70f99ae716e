/* SPDX-License-Identifier: MIT */
/*
 * slab_impl.h - the inside of the slab allocator, for slab.c, slab_debug.c
 * and tests.
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
    uint64_t mag_size;    /* (c) rounds; 0: no magazines */

    struct spinlock lock;                  /* RANK_SLAB, subclass 1 */
    struct list_head full, partial, empty; /* (s) slabs */
    uint64_t nr_slabs, nr_empty;           /* (s) */
    uint64_t nr_in_use; /* (s) objects, those in magazines included */
    _Atomic uint32_t next_colour;

    struct kmem_cache *next;     /* (c) on the cache chain */
    struct magazine magazines[]; /* by hart */
};

/* One object from, or back to, a slab, past the magazines. */
void *slab_get(struct kmem_cache *cache, gfp_t gfp);
void slab_put(struct kmem_cache *cache, void *object);

void kmalloc_init(void);
