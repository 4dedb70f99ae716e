/* SPDX-License-Identifier: MIT */
/*
 * rmap.h - from a frame to the PTEs that map it.  See rmap.c.
 */
#ifndef VM_RMAP_H
#define VM_RMAP_H

#include "mm/page.h"
#include "vm/mm.h"

struct address_space;

/* A page of the cache has got a PTE. */
void page_add_file_rmap(struct page *page);
/* A new anonymous page, known to nobody else, has got its first PTE. */
void page_add_anon_rmap(struct page *page, struct vm_area *vma, uint64_t addr);
/* mapcount has become 0. */
void page_unmapped(struct page *page);

/* A PTE of the page has gone.  => refs: the PTE's is the caller's to drop */
static inline void
page_remove_rmap(struct page *page)
{
    if (atomic_dec_and_test(&page->mapcount))
        page_unmapped(page);
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
 * Remove every PTE of a locked page cache page.
 * => page lock held; takes i_mmap_lock (by trylock if `try`)
 * => true: mapcount is 0; dirty PTEs were moved to PG_dirty
 */
bool try_to_unmap(struct page *page, bool try);
/*
 * How many PTEs have their accessed bit set?  Clears the bits, and sets
 * *vm_flags to the union of the mapping VMAs' flags.  The TLBs still hold the
 * set bits: call page_referenced_flush() once a batch.
 * => page lock held; i_mmap_lock by trylock: 1 if that fails
 */
int page_referenced(struct page *page, uint64_t *vm_flags);
void page_referenced_flush(void);
/*
 * Take W and D from every PTE of a page.  When the harts that are returned
 * have been flushed, a write faults, and waits for the page lock.
 * => page lock held; takes i_mmap_lock
 */
uint64_t page_mkclean(struct page *page);
/* Unmap [first, last] of a mapping from every mm (truncate). */
void unmap_mapping_range(struct address_space *m, uint64_t first,
                         uint64_t last);

#endif
