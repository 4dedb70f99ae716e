/* SPDX-License-Identifier: MIT */
/*
 * limits.h - for the files that change an address space: what it may still
 * have (limits.c), and changes of a range of it (mmap.c, mprotect.c).
 *
 * mmap_lock must be held for writing, but for the commit_ functions.
 */
#pragma once

#include "vm/mm.h"

/* --- limits.c */

/* vm.overcommit_memory: guess, always, never.  See limits.c. */
enum { OVERCOMMIT_GUESS, OVERCOMMIT_ALWAYS, OVERCOMMIT_NEVER };
extern struct overcommit {
    uint32_t mode, ratio, kbytes;
} overcommit;
extern atomic64_t vm_committed; /* pages: Committed_AS */
uint64_t commit_limit(void);    /* pages: CommitLimit */

/*
 * Promise so many pages to a VMA with VM_ACCOUNT (to others, nothing), or
 * take the promise back.
 * => -ENOMEM: overcommitted
 */
int commit_charge(uint32_t vm_flags, uint64_t pages);
void commit_uncharge(uint32_t vm_flags, uint64_t pages);

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
 * munmap: unmap [start, end), page aligned; VMAs that went are on `removed`,
 * for vma_close_list() after mmap_lock.
 * => -ENOMEM (a split), then nothing has changed
 */
int unmap_locked(struct mm *mm, vaddr_t start, vaddr_t end,
                 struct list_head *removed);
/* The highest free place for len bytes, preferably below mmap_base, or 0. */
vaddr_t mm_find_room(struct mm *mm, uint64_t len);

/* --- mprotect.c */

/* Something to do with every VMA of a range. */
struct range_op {
    int (*fn)(struct vm_area *vma, struct range_op *op); /* => 0 or -errno */
    uint32_t set, clear;                                 /* fn's own: flags */
    int how;                                             /* fn's own */
    bool shared; /* mmap_lock for reading will do */
    /* At what is not mapped: fail at once, go on and fail, or just go on. */
    enum { HOLE_STOP, HOLE_REPORT, HOLE_IGNORE } on_hole;
    /* For fn: its part, inside vma; VMAs that went. */
    vaddr_t start, end;
    struct list_head removed;
};

/* An fn: take the flags op->clear, give op->set.  -ENOMEM */
int range_set_flags(struct vm_area *vma, struct range_op *op);
/*
 * Call fn for every entry of the tables of a range; if one returned true,
 * which means that it took something away, flush the range.
 * => fn is called with page_table_lock held
 */
void range_change_ptes(struct mm *mm, vaddr_t start, vaddr_t end,
                       bool (*fn)(pte_t *p, uint64_t arg), uint64_t arg);
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
 * to private memory that may be written, and spare VM_LOCKONFAULT.
 */
enum { POPULATE_TRY, POPULATE_LOCK, POPULATE_READ, POPULATE_WRITE };
/*
 * An fn, op->how is one of these: fault the part in.
 * => -EFAULT: no access; -EINVAL: and the VMA forbids it; -ENOMEM; -EINTR
 */
int populate(struct vm_area *vma, struct range_op *op);
/* The same for what is mapped in a range.  => mmap_lock not held */
int mm_populate(struct mm *mm, uint64_t addr, uint64_t len, int how);
