/* SPDX-License-Identifier: MIT */
/*
 * mlock.c - memory that must not wait for a disk: mlock, munlock, mlockall.
 *
 * A lock is a flag of the VMA, VM_LOCKED; its pages are then faulted in, but
 * with VM_LOCKONFAULT.  The pages themselves are not marked: reclaim asks the
 * VMAs that map a page, and leaves it alone when one of them is locked.  What
 * mlockall(MCL_FUTURE) wants of new VMAs is kept in mm->def_flags.
 *
 * A page that reclaim is just taking away while we lock is brought back by
 * the populating that follows: reclaim looks at vm_flags under the lock of
 * the page table.
 *
 * A device's memory needs no lock and gets none.  Locks are not inherited by
 * fork, and end with exec.
 *
 * Locks: mmap_lock for writing; none while faulting in.
 */

#include "vm/limits.h"
#include "vm/vma.h"

static int
set_lock(struct vm_area *vma, struct range_op *op)
{
    return vma->vm_flags & VM_PFNMAP ? 0 : range_set_flags(vma, op);
}

/* Give the VMAs of a range these of VM_LOCKS. */
static int
set_locks(struct mm *mm, uint64_t addr, uint64_t len, uint32_t locks,
          int on_hole)
{
    struct range_op op = {set_lock, .set = locks, .clear = VM_LOCKS,
                          .on_hole = on_hole};

    return range_call(mm, addr, len, -EINVAL, &op);
}

int
do_mlock(struct mm *mm, uint64_t addr, uint64_t len, uint32_t flags)
{
    int err;

    if (flags & ~(uint32_t)MLOCK_ONFAULT)
        return -EINVAL;
    len += addr & ~PAGE_MASK;
    addr &= PAGE_MASK;
    err = set_locks(mm, addr, len, flags ? VM_LOCKS : VM_LOCKED, HOLE_STOP);
    if (err)
        return err;
    err = mm_populate(mm, addr, len, POPULATE_LOCK);
    /* The names that POSIX has for these. */
    return err == -EFAULT ? -ENOMEM : err == -ENOMEM ? -EAGAIN : err;
}

int
do_munlock(struct mm *mm, uint64_t addr, uint64_t len)
{
    return set_locks(mm, addr & PAGE_MASK, len + (addr & ~PAGE_MASK), 0,
                     HOLE_STOP);
}

int
do_mlockall(struct mm *mm, uint32_t flags)
{
    uint32_t locks = flags & MCL_ONFAULT ? VM_LOCKS : VM_LOCKED;
    uint32_t old = mm->def_flags;
    int err = flags ? may_mlock(mm, 0) : 0;

    if (flags == MCL_ONFAULT ||
        flags & ~(uint32_t)(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT))
        return -EINVAL;
    if (err == -EPERM)
        return err;
    /* New VMAs come under it before the walk, so that none is missed. */
    WRITE_ONCE(mm->def_flags, flags & MCL_FUTURE ? locks : 0);
    err = 0;
    if (!flags || (flags & MCL_CURRENT))
        err = set_locks(mm, 0, USER_END, flags ? locks : 0, HOLE_IGNORE);
    if (err)
        WRITE_ONCE(mm->def_flags, old);
    else if (flags & MCL_CURRENT)
        mm_populate(mm, 0, USER_END, POPULATE_TRY); /* as far as it goes */
    return err;
}
