/* SPDX-License-Identifier: MIT */
/*
 * struct page: one for every frame of RAM, in mem_map[].
 *
 * What a frame is used for decides which members mean what:
 *
 *   state        flags             lru            mapping/index/private
 *   ------------ ----------------- -------------- ---------------------------
 *   reserved     PG_reserved       -              -
 *   free (buddy) PG_buddy          free_area list private = order
 *   free (pcp)   -                 pcp list       -
 *   slab         PG_slab           -              slab_cache, slab
 *   page table   PG_table          -              -
 *   anonymous    PG_anon PG_lru    LRU            anon_vma, index; private =
 *                                                 swap entry (PG_swapcache)
 *   page cache   PG_lru            LRU            address_space, index;
 *                                                 private = block + 1, 0: none
 *   shared mem.  PG_swapbacked     LRU (anon)     address_space, index;
 *                PG_lru                           private = swap entry
 *                                                 (PG_swapcache)
 *   other kernel -                 owner's        owner's
 *
 * Transitions go through "allocated, refcount 1" only: free -> allocated ->
 * one of the uses -> allocated -> free.
 *
 * Invariants
 *   I1  refcount == 0 exactly while the frame is free (buddy, pcp, or being
 *       freed); it never goes 0 -> 1 except in the allocator.
 *   I2  mapcount counts the PTEs that map the frame; each holds a reference.
 *   I3  A page cache page, shared memory too: refcount == 1 (the cache's own)
 *       + mapcount + transient references (LRU isolation, readers, I/O in
 *       flight).
 *   I4  An anonymous page: refcount == mapcount + the swap cache's (1, with
 *       PG_swapcache) + transient references.
 *   I5  PG_locked is a sleeping lock (vm/pagecache.h); PG_dirty,
 *       PG_writeback and the radix tree's tags change together under
 *       tree_lock, PG_lru under lru_lock.
 *
 * Keys: (a) atomic; (z) zone->lock or pcp owner; (l) zone->lru_lock;
 * (p) page lock; (t) tree_lock; (c) constant while the use lasts.
 */
#pragma once

#include <stdbool.h>

#include "lib/list.h"
#include "lib/string.h"
#include "riscv/atomic.h"
#include "riscv/memlayout.h"

struct address_space;
struct anon_vma;
struct kmem_cache;
struct slab;

enum page_flag {
    PG_locked,     /* page lock held */
    PG_waiters,    /* somebody waits for PG_locked or PG_writeback */
    PG_uptodate,   /* contents valid */
    PG_error,      /* the last read failed; or write, to a swap area */
    PG_dirty,      /* to be written */
    PG_writeback,  /* being written */
    PG_lru,        /* on an LRU list */
    PG_active,     /* on (or bound for) an active list */
    PG_referenced, /* second chance */
    PG_anon,       /* mapping is an anon_vma */
    PG_swapcache,  /* private is a swap entry */
    PG_reclaim,    /* written out in order to be reclaimed */
    PG_readahead,  /* reaching this page starts the next readahead window */
    PG_icache,     /* fence.i was done since it was filled */
    PG_slab,
    PG_buddy, /* head of a free block */
    PG_table, /* page table */
    PG_reserved,
    PG_swapbacked,     /* anonymous or shmem: belongs to the anon LRU lists */
    PG_ZONE_SHIFT = 62 /* top two bits: zone index */
};

struct page {
    _Atomic uint64_t flags;
    atomic32_t refcount;  /* (a) */
    atomic32_t mapcount;  /* (a) PTEs that map this frame */
    struct list_head lru; /* (z)(l) */
    union {
        struct address_space *mapping; /* (p)(t) NULL once truncated */
        struct anon_vma *anon_vma;     /* (p) */
        struct kmem_cache *slab_cache; /* (c) */
    };
    union {
        uint64_t index;    /* (c) in pages: in the file or the VMA lineage */
        struct slab *slab; /* (c) */
    };
    uint64_t private; /* see the table above */
    uint32_t policy;  /* (l) reclaim policy's own: age, counter */
    uint32_t order;   /* (c) of an allocated block */
};
_Static_assert(sizeof(struct page) == 64, "a cache line; page_to_pfn: a shift");

extern struct page *mem_map; /* (c) indexed by pfn - first_pfn */
extern pfn_t first_pfn;      /* (c) */
extern pfn_t nr_pfns;        /* (c) frames in mem_map, holes included */

#define pfn_to_page(pfn) (mem_map + ((pfn)-first_pfn))
#define page_to_pfn(page) ((pfn_t)((page)-mem_map) + first_pfn)
#define pfn_valid(pfn) ((pfn)-first_pfn < nr_pfns)
#define page_to_phys(page) (page_to_pfn(page) << PAGE_SHIFT)

/* The frame's address in the direct map, and the way back. */
#define page_address(page) __va(page_to_phys(page))
#define virt_to_page(va) pfn_to_page(__pa((uint64_t)(va)) >> PAGE_SHIFT)

static inline bool
page_test(const struct page *page, enum page_flag f)
{
    return (atomic_read(&((struct page *)page)->flags) >> f) & 1;
}

/* => was it set before? */
static inline bool
page_test_and_set(struct page *page, enum page_flag f)
{
    return (atomic_fetch_or(&page->flags, 1UL << f) >> f) & 1;
}

static inline bool
page_test_and_clear(struct page *page, enum page_flag f)
{
    return (atomic_fetch_and(&page->flags, ~(1UL << f)) >> f) & 1;
}

#define page_set(page, f) ((void)page_test_and_set(page, f))
#define page_clear(page, f) ((void)page_test_and_clear(page, f))
#define PAGE_ZONE_MASK (3UL << PG_ZONE_SHIFT)

/* Touch a frame's contents only through these, so that HIGHMEM can come. */
#define clear_frame(page) clear_page(page_address(page))
#define copy_frame(to, from) copy_page(page_address(to), page_address(from))
