/* SPDX-License-Identifier: MIT */
/*
 * swap.h - swap areas, their slots, and the swap cache.
 *
 * A swap entry names a slot of an area: it stands in the PTE of a page that
 * was swapped out (and in the radix tree of shared memory):
 *
 *     swp_entry_t   | offset of the slot | type: area, 5 bits |
 *     PTE           | entry                                   | 10 zero bits |
 *
 * so that neither V nor PROTNONE is set.  Slot 0 is the header, so no entry is
 * 0.  Its count in the swap map is the number of PTEs that hold it.
 * The way of the data: swap.c (slots), swap_cache.c (pages that have one),
 * reclaim_page.c and writeback.c (out), fault_swap.c and readpage.c (in),
 * swapoff.c.
 */
#pragma once

#include "vm/pagecache.h"
#include "vm/pgtable.h"

typedef struct {
    uint64_t val;
} swp_entry_t;

enum { SWP_TYPE_BITS = 5, SWP_PTE_SHIFT = 10, MAX_SWAP_AREAS = 8 };

#define swp_offset(e) ((e).val >> SWP_TYPE_BITS)
#define swp_entry_to_pte(e) ((pte_t){(e).val << SWP_PTE_SHIFT})
#define pte_to_swp_entry(pte) ((swp_entry_t){(pte).val >> SWP_PTE_SHIFT})

static inline bool
pte_swapped(pte_t pte)
{
    return !pte_none(pte) && !pte_mapped(pte);
}

/* As an item of a radix tree, which must not look like a pointer. */
#define swp_entry_to_item(e) ((void *)((e).val << 1 | 1))

static inline swp_entry_t
item_to_swp_entry(const void *item)
{
    return (swp_entry_t){radix_is_exceptional(item) ? (uintptr_t)item >> 1 : 0};
}

/* --- swap.c: areas and slots */
extern uint32_t vm_swappiness;   /* 0..200, as Linux's sys/vm/swappiness */
extern uint32_t vm_page_cluster; /* read 2^this slots at a time */

/* An entry of the swap map: a count and these. */
enum {
    SWAP_COUNT = 0xffffff,    /* who holds the entry */
    SWAP_HAS_CACHE = 1 << 24, /* it belongs to the swap cache: a page there
                                 stands for it; or to shared memory */
    SWAP_ZERO = 1 << 25,      /* its page is all zeroes, and was not written */
    SWAP_BROKEN = 1 << 26,    /* header, bad block, I/O error: not to be used */
};

struct swap_cluster {
    struct list_head link; /* (s) swap_area.clusters_free, if any is free */
    uint32_t free;         /* (s) slots */
};

/* Keys: (m) swap_mutex; (s) swap_lock; (e) entries held. */
struct swap_area {
    struct address_space cache;     /* by slot; bdev (m)(e) is NULL if the area
                                      is not in use */
    int priority;                   /* (m) */
    uint64_t max;                   /* (s)(e) slots, the header included */
    uint64_t pages;                 /* (s) usable slots */
    uint64_t in_use;                /* (s) */
    uint64_t next;                  /* (s) where to look for a free slot */
    uint32_t *map;                  /* (s) */
    struct swap_cluster *clusters;  /* (s) */
    struct list_head clusters_free; /* (s) wholly free ones first */
    bool on;                        /* (m)(s) slots may be taken */
};
extern struct swap_area swap_areas[MAX_SWAP_AREAS];

#define swap_area_of(e) (&swap_areas[(e).val & ((1u << SWP_TYPE_BITS) - 1)])

/* The entry of a slot of the area whose cache is m. */
static inline swp_entry_t
swap_cache_entry(struct address_space *m, uint64_t slot)
{
    struct swap_area *a = container_of(m, struct swap_area, cache);

    return (swp_entry_t){slot << SWP_TYPE_BITS | (uint64_t)(a - swap_areas)};
}

/* What the map says of an entry that somebody holds. */
#define swap_map(e) READ_ONCE(swap_area_of(e)->map[swp_offset(e)])
/* How many hold the entry now, the swap cache not counted. */
#define swap_count(e) (swap_map(e) & SWAP_COUNT)

/* The slot of a page: val 0: none.  => page locked, or under writeback */
static inline swp_entry_t
page_swap_entry(const struct page *page)
{
    return (swp_entry_t){page_test(page, PG_swapcache) ? page->private : 0};
}

/* The cache that a page is in, and its place there. */
static inline struct address_space *
page_cache(const struct page *page)
{
    return page_test(page, PG_anon)
               ? &swap_area_of(page_swap_entry(page))->cache
               : page->mapping;
}

static inline uint64_t
page_cache_index(const struct page *page)
{
    return page_test(page, PG_anon) ? swp_offset(page_swap_entry(page))
                                    : page->index;
}

/* Take a free slot, with SWAP_HAS_CACHE.  => val 0: there is none */
swp_entry_t swap_alloc(void);
/*
 * Change the map entry of e, which somebody holds or a cache has: one more,
 * one fewer holds it; the cache leaves it; it gets or loses SWAP_ZERO.  It is
 * free when nobody holds it and no cache has it.
 * => any spinlock of lower rank may be held
 */
void swap_update(swp_entry_t e, int change);
enum { SWAP_RELEASE = -SWAP_HAS_CACHE }; /* the cache leaves the slot */

#define swap_dup(e) swap_update(e, 1)
#define swap_free(e) swap_update(e, -1)
/*
 * Does anybody hold e, which may be any number, while no cache has it?
 * take: now the caller's has.
 */
bool swap_take(swp_entry_t e, bool take);

/* Slots of the areas in use. */
extern _Atomic uint64_t nr_swap_total, nr_swap_free;
#define total_swap_pages() atomic_read(&nr_swap_total)
#define free_swap_pages() atomic_read(&nr_swap_free)

/*
 * swapon(2): use the device, as SWAP_FLAG_* of `flags` say.  -EINVAL: no swap
 * header, -EBUSY, -EIO, -ENOMEM, -EPERM: too many areas
 */
int swap_on(struct block_device *bdev, uint32_t flags);
/*
 * swapoff(2): bring every page back and stop using the device.  -EINVAL: it
 * is none of ours; -ENOMEM, -EINTR, -EIO: it stays in use
 */
int swap_off(struct block_device *bdev);

/* swapoff says that memory is short; it kills nobody for it. */
#define GFP_SWAPOFF (GFP_USER_MOVABLE | __GFP_NORETRY | __GFP_NOWARN)

/* --- swapoff.c: bring back what is in the area.  -ENOMEM, -EINTR, -EIO */
int swap_unuse(struct swap_area *a);

/* --- swap_cache.c */
/*
 * Give a locked page, anonymous or of shared memory, a slot, and make it
 * dirty.  => false: no slot, no memory
 */
bool add_to_swap(struct page *page);
/*
 * The page of m has slot e from now on, which its `private` names if
 * swap_alloc() gave it the slot.  => tree_lock held; -EEXIST: nobody
 * holds it any more
 */
int swap_claim(struct address_space *m, swp_entry_t e, struct page *page);
/* The cache leaves the slot.  => tree_lock held, page locked */
void swap_unclaim(struct address_space *m, struct page *page);
/*
 * Give a page's slot up, if it has one, unless a PTE holds the entry or it is
 * just written: the page has no copy any more.  => page locked
 */
void try_to_free_swap(struct page *page);
/* The page's last PTE went: free its slot now, if that needs no waiting. */
void free_orphaned_swap(struct page *page);
/* swap_free(), and the cached page with the last holder. */
void free_swap_and_cache(swp_entry_t e);
