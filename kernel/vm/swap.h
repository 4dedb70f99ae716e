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
 * 0.  Its count in the swap map is the number of PTEs (and shared-memory
 * slots) that hold it.  See swap.c, swap_cache.c, fault_swap.c, swapoff.c.
 */
#pragma once

#include "vm/pagecache.h"
#include "vm/pgtable.h"

struct bio_run;

typedef struct {
    uint64_t val;
} swp_entry_t;

enum { SWP_TYPE_BITS = 5, SWP_PTE_SHIFT = 10, MAX_SWAP_AREAS = 8 };

static inline swp_entry_t
swp_entry(unsigned type, uint64_t offset)
{
    return (swp_entry_t){offset << SWP_TYPE_BITS | type};
}

static inline unsigned
swp_type(swp_entry_t e)
{
    return e.val & ((1u << SWP_TYPE_BITS) - 1);
}

static inline uint64_t
swp_offset(swp_entry_t e)
{
    return e.val >> SWP_TYPE_BITS;
}

static inline pte_t
swp_entry_to_pte(swp_entry_t e)
{
    return (pte_t){e.val << SWP_PTE_SHIFT};
}

static inline swp_entry_t
pte_to_swp_entry(pte_t pte)
{
    return (swp_entry_t){pte.val >> SWP_PTE_SHIFT};
}

static inline bool
pte_swapped(pte_t pte)
{
    return !pte_none(pte) && !pte_mapped(pte);
}

/* --- swap.c: areas and slots */
extern uint32_t vm_swappiness;   /* 0..200, as Linux's sys/vm/swappiness */
extern uint32_t vm_page_cluster; /* read 2^this slots at a time */

/* An entry of the swap map: a count and these. */
enum {
    SWAP_COUNT = 0xffffff,    /* who holds the entry */
    SWAP_HAS_CACHE = 1 << 24, /* a page in the swap cache stands for the slot */
    SWAP_ZERO = 1 << 25,      /* its page is all zeroes, and was not written */
    SWAP_BROKEN = 1 << 26,    /* header, bad block, I/O error: not to be used */
};

struct swap_cluster {
    struct list_head link; /* (s) swap_area.clusters_free, if any is free */
    uint16_t usable, free; /* (s) slots */
};

/* Keys: (m) swap_mutex; (s) swap_lock; (e) entries held. */
struct swap_area {
    struct address_space cache;     /* by slot; its bdev (m)(e) is NULL if the
                                      area is not in use */
    int priority;                   /* (m) */
    uint64_t max;                   /* (s)(e) slots, the header included */
    uint64_t pages;                 /* (s) usable slots */
    uint64_t in_use;                /* (s) */
    uint64_t next;                  /* (s) where to look for a free slot */
    uint32_t *map;                  /* (s) */
    struct swap_cluster *clusters;  /* (s) */
    struct list_head clusters_free; /* (s) wholly free ones first */
    bool on; /* (m)(s) slots may be taken: it is on the list of areas */
    struct list_head link; /* (m)(s) */
};
extern struct swap_area swap_areas[MAX_SWAP_AREAS];

static inline struct swap_area *
swap_area_of(swp_entry_t e)
{
    return &swap_areas[swp_type(e)];
}

/* What the map says of an entry that somebody holds. */
static inline uint32_t
swap_map(swp_entry_t e)
{
    return READ_ONCE(swap_area_of(e)->map[swp_offset(e)]);
}

/* How many hold the entry now, the swap cache not counted. */
static inline unsigned
swap_count(swp_entry_t e)
{
    return swap_map(e) & SWAP_COUNT;
}

/* The cache that a page is in, and its place there. */
static inline struct address_space *
page_cache(const struct page *page)
{
    swp_entry_t e = {page->private};

    return page_test(page, PG_swapcache) ? &swap_area_of(e)->cache
                                         : page->mapping;
}

static inline uint64_t
page_cache_index(const struct page *page)
{
    swp_entry_t e = {page->private};

    return page_test(page, PG_swapcache) ? swp_offset(e) : page->index;
}

/* Take a free slot, for the swap cache: count 0.  => val 0: all are full */
swp_entry_t swap_alloc(void);
/*
 * One more, one fewer, holds the entry; the slot is free again when the swap
 * cache has left it too.
 * => any spinlock of lower rank may be held
 */
void swap_dup(swp_entry_t e);
void swap_free(swp_entry_t e);
/* Does anybody hold e?  It may be any number. */
bool swap_in_use(swp_entry_t e);
/* The swap cache takes a slot.  => false: nobody holds it, or it has one */
bool swap_cache_take(swp_entry_t e);
/* Clear and set bits of the map: the swap cache leaves, ... */
void swap_mark(swp_entry_t e, uint32_t clear, uint32_t set);

uint64_t total_swap_pages(void);
uint64_t free_swap_pages(void);

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

struct swap_info {
    const char *name; /* of the device */
    int priority;
    uint64_t pages, used;
};
/* The i-th area, by priority.  => false: there are fewer */
bool swap_get_info(unsigned i, struct swap_info *out);

/* swapoff says that memory is short; it kills nobody for it. */
#define GFP_SWAPOFF (GFP_USER_MOVABLE | __GFP_NORETRY | __GFP_NOWARN)

/* --- swapoff.c: bring back what is in the area.  -ENOMEM, -EINTR, -EIO */
int swap_unuse(unsigned type);

/* --- swap_cache.c */
void swap_cache_init(void);
/*
 * Give a locked page, which is in no cache, a slot.  => refs: the cache takes
 * its own; false: no slot, no memory
 */
bool add_to_swap(struct page *page);
/*
 * Take a page out if it has at most so many references; its slot stays as
 * long as somebody holds the entry.
 * => page locked, not under writeback; refs: the cache's is dropped
 */
bool swap_cache_drop(struct page *page, int32_t refs);
static inline void
delete_from_swap_cache(struct page *page)
{
    swap_cache_drop(page, INT32_MAX);
}
/* If only the cache has the page and nobody its entry.  => page locked */
bool try_to_free_swap(struct page *page);
/* The page's last PTE went: free its slot now, if that needs no waiting. */
void free_orphaned_swap(struct page *page);
/* swap_free(), and the cached page with the last holder. */
void free_swap_and_cache(swp_entry_t e);
/*
 * The page of an entry, locked and up to date, read with its neighbours if
 * need be.  *major: it was.
 * => refs: the caller's; ERR_PTR: -EINTR, -EIO, -ENOMEM; -EAGAIN: the entry
 *    is stale by now.  So it may be with any other.
 */
struct page *swap_lock_page(swp_entry_t e, gfp_t gfp, bool *major);
/* Write a locked, unmapped, dirty page of the swap cache; unlocks it. */
void swap_write_page(struct bio_run *run, struct page *page);
