/* SPDX-License-Identifier: MIT */
/* swap_area.h - what swap.c, swap_cache.c and swapoff.c share.  See swap.c. */
#ifndef VM_SWAP_AREA_H
#define VM_SWAP_AREA_H

#include "core/spinlock.h"
#include "lib/list.h"
#include "lib/radix_tree.h"
#include "vm/swap.h"

enum {
    SWAP_CLUSTER = 256, /* slots */
    SWAP_HAS_CACHE = 0x8000,
    SWAP_COUNT = 0x7fff,
    SWAP_MAP_BAD = 0x7fff,
    SWAP_MAP_MAX = 0x7ffe,
};

struct swap_cluster {
    struct list_head link; /* (s) free_clusters, partial_clusters, or none */
    uint16_t usable, free; /* (s) slots */
};

/* Keys: (m) swap_mutex; (s) swap_lock; (t) tree_lock; (e) entries held. */
struct swap_area {
    struct block_device *bdev; /* (m)(e) NULL: not in use */
    int priority;              /* (m) */
    bool active;               /* (s) counted in total and free swap pages */
    uint64_t max;              /* (s)(e) slots, the header included */
    uint64_t pages;            /* (s) usable slots */
    uint64_t in_use;           /* (s) */
    uint64_t next;             /* (s) where to look for a free slot */
    uint16_t *map;             /* (s) */
    uint64_t *zero;            /* (s) slots whose page is all zeroes */
    uint64_t *failed;          /* (s) slots with an I/O error */
    struct swap_cluster *clusters;                    /* (s) */
    uint64_t nr_clusters;                             /* (m) */
    struct list_head free_clusters, partial_clusters; /* (s) */
    struct list_head link;                            /* (m)(s) */

    struct spinlock tree_lock; /* RANK_TREE */
    struct radix_tree cache;   /* (t) the swap cache, by slot */
};

extern struct swap_area swap_areas[MAX_SWAP_AREAS];

#endif
