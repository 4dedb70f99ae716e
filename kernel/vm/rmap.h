/* SPDX-License-Identifier: MIT */
/*
 * rmap.h - from a frame to the PTEs that map it.  See rmap.c, anon_vma.c.
 */
#pragma once

#include "mm/zone.h"
#include "vm/mm.h"

/* A node of a tree of forks.  Keys: (c); (r) root->lock. */
struct anon_vma {
    struct anon_vma *root, *parent;     /* (c) parent is NULL in the root */
    struct rwsem lock;                  /* the root's guards the tree */
    uint32_t shared;                    /* (r) by so many children, about */
    struct rb_root vmas;                /* (r) vm_area.in_anon */
    struct list_head children, sibling; /* (r) */
};

void anon_vma_init(void);
/*
 * Give vma, which has none, a node: before its first anonymous page.
 * => mmap_lock held (reading will do); may sleep; 0 or -ENOMEM
 */
int anon_vma_prepare(struct vm_area *vma);
/* Put vma on a node (NULL: nothing to do).  => mmap_lock held for writing */
void anon_vma_link(struct vm_area *vma, struct anon_vma *av);
/*
 * The same for fork: a node below the parent VMA's.  memo, zero at first,
 * lets what was split in the parent share a node in the child.  -ENOMEM
 */
struct anon_fork {
    struct anon_vma *parent, *child;
};
int anon_vma_fork(struct vm_area *child, struct anon_vma *parent,
                  struct anon_fork *memo);
/* vma, which has no anonymous page mapped any more, leaves its node. */
void anon_vma_unlink(struct vm_area *vma);
/*
 * The node of a page, with its tree locked for reading.
 * => NULL: the page is not mapped, or the lock was not to be had at once
 */
struct anon_vma *page_lock_anon_vma(struct page *page);
void unlock_anon_vma(struct anon_vma *av);
/* The node after av in the subtree of top, or NULL.  => root->lock held */
struct anon_vma *anon_vma_next(struct anon_vma *av, const struct anon_vma *top);

/* A page of the cache has got a PTE. */
static inline void
page_add_file_rmap(struct page *page)
{
    if (atomic_inc_return(&page->mapcount) == 1)
        zone_stat_add(page, NR_FILE_MAPPED, 1);
}

/* A new anonymous page, known to nobody else, has got its first PTE. */
void page_add_new_anon_rmap(struct page *page, struct vm_area *vma,
                            uint64_t addr);
/*
 * A page of the swap cache has got a PTE; exclusive: no other process can
 * ever have it.
 * => page lock and page_table_lock held
 */
void page_add_anon_rmap(struct page *page, struct vm_area *vma, uint64_t addr,
                        bool exclusive);
/* A PTE of the page has gone.  => refs: the PTE's is the caller's to drop */
static inline void
page_remove_rmap(struct page *page)
{
    if (atomic_dec_and_test(&page->mapcount))
        zone_stat_add(page,
                      page_test(page, PG_anon) ? NR_ANON_PAGES : NR_FILE_MAPPED,
                      -1);
}

/* Which counter of its mm's RSS a mapped page belongs to. */
static inline enum mm_counter
page_counter(const struct page *page)
{
    if (page_test(page, PG_anon))
        return MM_ANONPAGES;
    return page_test(page, PG_swapbacked) ? MM_SHMEMPAGES : MM_FILEPAGES;
}

/*
 * Address spaces whose harts may remember entries that rmap has changed.  One
 * flush of each at the end of a batch of pages is cheaper than one a page.
 */
enum { TLB_BATCH_MMS = 8 };
struct tlb_batch {
    bool young; /* accessed bits were cleared */
    unsigned nr;
    struct mm *mms[TLB_BATCH_MMS]; /* held */
};
/*
 * Do it, and empty the batch.  For accessed bits that were cleared only this
 * hart is flushed: the others forget them when they next switch, and a bit that
 * is missed makes a page look older and nothing worse.
 */
void tlb_batch_flush(struct tlb_batch *batch);

/*
 * Remove every PTE of a page; those of an anonymous page become its swap
 * entry if it is in the swap cache.  Dirty PTEs make the page dirty; they keep
 * a page that MADV_FREE let go of, which gets PG_swapbacked back.
 * => PG_lru clear: the page is isolated
 * => page lock held; the lock of its VMAs is tried only; true: mapcount is 0,
 *    and the page is nobody else's after tlb_batch_flush(); false: some map it
 *    still, what was removed has been flushed
 */
bool try_to_unmap(struct page *page, struct tlb_batch *batch);
/*
 * How many PTEs have their accessed bit set?  Clears the bits, and sets
 * *vm_flags to the union of the mapping VMAs' flags.  A hart that has the set
 * bit in its TLB does not set it again: see tlb_batch_flush().
 * => page lock held; the lock of its VMAs is tried only: 1 if that fails
 */
int page_referenced(struct page *page, uint64_t *vm_flags,
                    struct tlb_batch *batch);
/*
 * Take W and D from every PTE of a page.  After tlb_batch_flush() a write
 * faults, and waits for the page lock.
 * => page lock held; takes i_mmap_lock
 */
void page_mkclean(struct page *page, struct tlb_batch *batch);
/* Unmap [first, last] of a mapping from every mm (truncate). */
void unmap_mapping_range(struct address_space *m, uint64_t first,
                         uint64_t last);
