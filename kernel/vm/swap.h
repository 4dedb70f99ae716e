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
#ifndef VM_SWAP_H
#define VM_SWAP_H

#include "mm/gfp.h"
#include "mm/page.h"
#include "vm/pgtable.h"

struct block_device;
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

/* Take a free slot, for the swap cache: count 0.  => val 0: all are full */
swp_entry_t swap_alloc(void);
/*
 * One more, one fewer, PTE with the entry.  dup: false at the limit of 2^15-2;
 * free: the slot is free again when the swap cache has left it too.
 * => any spinlock of lower rank may be held
 */
bool swap_dup(swp_entry_t e);
void swap_free(swp_entry_t e);
/* How many hold the entry now, the swap cache not counted. */
unsigned swap_count(swp_entry_t e);
/* Does anybody?  e may be any number. */
bool swap_in_use(swp_entry_t e);
/* The swap cache takes, leaves, a slot.  take: false if nobody holds it */
bool swap_cache_take(swp_entry_t e);
void swap_cache_leave(swp_entry_t e);
/* A write or read of the slot failed: it will not be used again. */
void swap_retire(swp_entry_t e);
/* The slot stands for a page of zeroes and was not written. */
void swap_set_zero(swp_entry_t e, bool zero);
bool swap_is_zero(swp_entry_t e);

uint64_t total_swap_pages(void);
uint64_t free_swap_pages(void);
/* More than half of all slots are in use: keep no copy there needlessly. */
static inline bool
swap_is_tight(void)
{
    return free_swap_pages() * 2 < total_swap_pages();
}

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
/* => page locked, not under writeback; refs: the cache's is dropped */
void delete_from_swap_cache(struct page *page);
/* If only the cache has the page and nobody its entry.  => page locked */
bool try_to_free_swap(struct page *page);
/*
 * Take a clean page out of the cache though entries name its slot, if nobody
 * has it but `refs` known references.  => page locked
 */
bool swap_drop_clean_page(struct page *page, int32_t refs);
/* The page's last PTE went: free its slot now, if that needs no waiting. */
void free_orphaned_swap(struct page *page);
/* swap_free(), and the cached page with the last holder. */
void free_swap_and_cache(swp_entry_t e);
/*
 * The page of a slot, read with its neighbours if need be: locked until it
 * is read.  *major: it was.  => refs: the caller's; NULL: no memory, or
 * nobody holds the entry any more
 */
struct page *swap_get_page(swp_entry_t e, gfp_t gfp, bool *major);
/* Write a locked, unmapped, dirty page of the swap cache; unlocks it. */
void swap_write_page(struct bio_run *run, struct page *page);

#endif
