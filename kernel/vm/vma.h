/* SPDX-License-Identifier: MIT */
/*
 * vma.h - changing the set of VMAs of an address space: for the files that
 * implement mmap, munmap, mprotect, brk, fork and exit.  See vma.c.
 *
 * All need mmap_lock held for writing.
 */
#pragma once

#include "vm/mm.h"

/* Below a stack so much stays unmapped, so that an overflow is noticed. */
#define STACK_GUARD_GAP (256 * PAGE_SIZE)
extern uint32_t max_map_count; /* vm.max_map_count */

static inline uint64_t
vma_pages(const struct vm_area *vma)
{
    return (vma->vm_end - vma->vm_start) >> PAGE_SHIFT;
}

/* The page of the file, or of the anonymous lineage, at addr. */
static inline uint64_t
vma_index(const struct vm_area *vma, vaddr_t addr)
{
    return vma->vm_pgoff + ((addr - vma->vm_start) >> PAGE_SHIFT);
}

/* What lies below this may be mapped. */
static inline vaddr_t
vma_floor(const struct vm_area *vma)
{
    uint64_t guard = vma->vm_flags & VM_GROWSDOWN ? STACK_GUARD_GAP : 0;

    return vma->vm_start > guard ? vma->vm_start - guard : 0;
}

void vma_cache_init(void);

/* An anonymous VMA in no set.  => NULL: no memory */
struct vm_area *vma_alloc(struct mm *mm, vaddr_t start, vaddr_t end,
                          uint32_t vm_flags);
/*
 * A copy of vma for mm, in no set; it counts the file, and shares the node of
 * its anonymous pages if it is for the same mm.  => NULL: no memory
 */
struct vm_area *vma_dup(struct mm *mm, const struct vm_area *vma);
/* => refs: drops nothing; the file is the caller's matter */
void vma_free(struct vm_area *vma);

/* Count the file for a VMA that is filled in. */
static inline void
vma_open(struct vm_area *vma)
{
    if (vma->vm_ops && vma->vm_ops->open)
        vma->vm_ops->open(vma->vm_file);
}

/*
 * Put a VMA into its mm's set and on its mapping's list, there behind `after`
 * (may be NULL).
 * => the range is free; nothing fails
 */
void vma_link(struct vm_area *vma, struct vm_area *after);
/* Take it out of both. */
void vma_unlink(struct vm_area *vma);
/* Only off its mapping's list: when all of a dying mm's VMAs go. */
void vma_detach(struct vm_area *vma);
/* Move one end, or both: into free space, or inward. */
void vma_resize(struct vm_area *vma, vaddr_t start, vaddr_t end);

/* vma keeps [vm_start, addr), a new VMA gets the rest.  -ENOMEM */
int vma_split(struct vm_area *vma, vaddr_t addr);
/*
 * Join vma with its neighbours where they continue it.  What becomes
 * superfluous goes on `removed`.  => the VMA that contains vma's range
 */
struct vm_area *vma_merge(struct vm_area *vma, struct list_head *removed);
/* Split *vma so that it has [start, end), a part of it, alone.  -ENOMEM */
int vma_isolate(struct vm_area **vma, vaddr_t start, vaddr_t end);
/*
 * Give [start, end), a part of vma, other flags: splits and merges.  -ENOMEM
 * => vma may have gone
 */
int vma_change_flags(struct vm_area *vma, vaddr_t start, vaddr_t end,
                     uint32_t vm_flags, struct list_head *removed);

/*
 * Close and free VMAs that were unlinked and put on `removed` by their link.
 * => mmap_lock NOT held: the last reference of a file may go
 */
void vma_close_list(struct list_head *removed);

/*
 * The highest place for len bytes below `high`, or 0 if there is none; keeps
 * clear of the guard gaps.
 */
vaddr_t vma_find_gap(struct mm *mm, uint64_t len, vaddr_t high);
/* Is [addr, addr + len) free, and no guard gap either? */
bool vma_range_free(struct mm *mm, vaddr_t addr, uint64_t len);
