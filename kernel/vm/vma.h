/* SPDX-License-Identifier: MIT */
/*
 * vma.h - changing an address space: for the files that implement mmap,
 * munmap, mprotect, brk, fork and exit.
 *
 * What changes it holds mmap_lock for writing, and ends with
 * mmap_write_unlock(), which settles what the call has left over: the VMAs
 * that it removed, and pages that it charged and did not use, or gave up.
 */
#pragma once

#include "vm/mm.h"

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

/*
 * Let rmap find vma by the pages that it may map.
 * => the lock of the tree held for writing
 */
static inline void
insert_by_index(struct rb_root *root, struct interval *i,
                const struct vm_area *vma)
{
    i->first = vma->vm_pgoff;
    i->last = vma->vm_pgoff + vma_pages(vma) - 1;
    interval_insert(root, i);
}

/* Below a stack so much stays unmapped, so that an overflow is noticed. */
#define STACK_GUARD_GAP (256 * PAGE_SIZE)

/* What lies below this may be mapped. */
static inline vaddr_t
vma_floor(const struct vm_area *vma)
{
    uint64_t guard = vma->vm_flags & VM_GROWSDOWN ? STACK_GUARD_GAP : 0;

    return vma->vm_start > guard ? vma->vm_start - guard : 0;
}

/* --- vma.c.  All of it under mmap_lock for writing. */
extern uint32_t max_map_count; /* vm.max_map_count */

void vma_cache_init(void);
/*
 * A copy of vma for mm, in no set and without an anon_vma; it counts the file.
 * => NULL: no memory
 */
struct vm_area *vma_dup(struct mm *mm, const struct vm_area *vma);
/*
 * Put a VMA into its mm's set and its mapping's tree.  One that is a copy of
 * another of this mm (or NULL) shares the node of its anonymous pages.
 * => the range is free, or is just being cut off another VMA; nothing fails
 */
void vma_link(struct vm_area *vma, const struct vm_area *copied);
/* Take it out of both; mmap_write_unlock() closes and frees it. */
void vma_unlink(struct vm_area *vma);
/* Move one end, or both: into free space, or inward. */
void vma_resize(struct vm_area *vma, vaddr_t start, vaddr_t end);
/* vma keeps [vm_start, addr).  => the new VMA that has the rest; NULL */
struct vm_area *vma_split(struct vm_area *vma, vaddr_t addr);
/* Join vma with its neighbours where they continue it.  => vma may go */
void vma_merge(struct vm_area *vma);
/*
 * Let a neighbour have the free range of kind, a VMA to be, if that continues
 * it, or it continues that.  => true: done
 */
bool vma_extend(struct mm *mm, const struct vm_area *kind);
/* The VMA that has [start, end), a part of vma, alone.  NULL: as it was */
struct vm_area *vma_isolate(struct vm_area *vma, vaddr_t start, vaddr_t end);
/*
 * Give [start, end), a part of vma, other flags: splits and merges.  -ENOMEM
 * => vma may have gone
 */
int vma_change_flags(struct vm_area *vma, vaddr_t start, vaddr_t end,
                     uint32_t vm_flags);
/* => may sleep: the last reference of a file may go */
void mmap_write_unlock(struct mm *mm);
/*
 * The highest free place for len bytes below mmap_base, or 0; it keeps clear of
 * guard gaps.
 */
vaddr_t vma_find_room(struct mm *mm, uint64_t len);
/* Is [addr, addr + len) the user's and free, and no guard gap either? */
bool vma_range_free(struct mm *mm, vaddr_t addr, uint64_t len);

/* --- limits.c */

/* vm.overcommit_memory: guess, always, never.  See limits.c. */
enum { OVERCOMMIT_GUESS, OVERCOMMIT_ALWAYS, OVERCOMMIT_NEVER };
extern struct overcommit {
    uint32_t mode, ratio, kbytes;
} overcommit;
extern atomic64_t vm_committed; /* pages: Committed_AS */
extern atomic64_t vm_locked;    /* pages: of all mms; what two lock is twice */
uint64_t commit_limit(void);    /* pages: CommitLimit */

/*
 * Promise so many pages more, or take the promise back; given_up are counted
 * still, and will go.
 * => false: overcommitted, and charged all the same
 */
bool vm_commit(int64_t pages, int64_t given_up);
/*
 * Promise so many pages to a VMA of mm with VM_ACCOUNT (to others, nothing).
 * What no such VMA has got by then, mmap_write_unlock() takes back.
 * => -ENOMEM: overcommitted
 */
int commit_charge(struct mm *mm, uint32_t vm_flags, uint64_t pages);
/* Do RLIMIT_AS and RLIMIT_DATA allow so much more? */
bool may_expand(struct mm *mm, uint32_t vm_flags, uint64_t pages);
/* May the current task lock so many more?  => 0; -EPERM: none; -ENOMEM */
int may_mlock(struct mm *mm, uint64_t pages);
/*
 * All limits for `pages` more, of which `replaced` are there already.
 * => 0: and the commit is charged; -ENOMEM; -EAGAIN, -EPERM: may_mlock()
 */
int mm_charge(struct mm *mm, uint32_t vm_flags, uint64_t pages,
              uint64_t replaced);
/* Pages of [start, end) in VMAs with all these flags. */
uint64_t mm_pages_with(struct mm *mm, vaddr_t start, vaddr_t end,
                       uint32_t vm_flags);

/* --- mmap.c */

/*
 * munmap: unmap [start, end), page aligned.
 * => -ENOMEM (a split), then nothing has changed
 */
int unmap_locked(struct mm *mm, vaddr_t start, vaddr_t end);
/*
 * The VMA of addr; a stack that lies above it grows.
 * => mmap_lock held for reading, and dropped meanwhile; NULL: none has it
 */
struct vm_area *grow_stack_to(struct mm *mm, uint64_t addr);

/* --- range.c */

/* Something to do with every VMA of a range. */
struct range_op {
    int (*fn)(struct vm_area *vma, struct range_op *op); /* => 0 or -errno */
    uint32_t refuse;     /* -EINVAL for a VMA with one of these flags */
    uint32_t skip;       /* pass over those with one of these */
    uint32_t set, clear; /* fn's own: flags */
    int no_memory;       /* fn's own: what to call -ENOMEM */
    int how;             /* fn's own */
    bool shared;         /* mmap_lock for reading will do */
    /* At what is not mapped: fail at once, go on and fail, or just go on. */
    enum { HOLE_STOP, HOLE_REPORT, HOLE_IGNORE } on_hole;
    vaddr_t start, end; /* for fn: its part, inside vma */
};

/*
 * A system call on [addr, addr + len): check it, lock, call op->fn for the
 * parts in order, up to the first error, unlock.
 * => -EINVAL: not aligned; `wrapped`: it wraps around; -EINTR; -ENOMEM: a
 *    part is not mapped; if op->set has VM_LOCKED, also what may_mlock says
 */
int range_call(struct mm *mm, uint64_t addr, uint64_t len, int wrapped,
               struct range_op *op);

/* --- remote.c */

/*
 * What populate() is for.  mmap, mlockall: as far as it goes; mlock: or an
 * error; madvise: for this access, or an error.  All but madvise give frames
 * to private memory that may be written.
 */
enum { POPULATE_TRY, POPULATE_LOCK, POPULATE_READ, POPULATE_WRITE };
/*
 * An fn, op->how is one of these: fault the part in.
 * => -EFAULT: no access; -EINVAL: and the VMA forbids it; -ENOMEM; -EINTR
 */
int populate(struct vm_area *vma, struct range_op *op);
/* The same for what is mapped in a range, any.  => mmap_lock not held */
int mm_populate(struct mm *mm, uint64_t addr, uint64_t len, int how);
