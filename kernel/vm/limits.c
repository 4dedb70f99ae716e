/* SPDX-License-Identifier: MIT */
/*
 * limits.c - how much an address space may have, and all of them together.
 *
 * One address space is bounded by resource limits of the task that asks:
 * RLIMIT_AS all of it, RLIMIT_DATA what is private and writable and no stack,
 * RLIMIT_MEMLOCK what is locked (root is exempt).
 *
 * All together are bounded by the commit.  Private writable memory costs no
 * frame until it is written, but then each page of it may; so each such VMA
 * (VM_ACCOUNT) is a promise, and vm_committed is their sum.  How much may be
 * promised says vm.overcommit_memory:
 *
 *   0 guess    any amount, but not more at once than RAM and swap
 *   1 always   any amount
 *   2 never    up to overcommit_ratio percent of RAM, or overcommit_kbytes,
 *              plus all of swap; a little of it is left for root
 *
 * Shared memory that no disk has is promised once, whoever maps it: anonymous
 * objects as they are made, tmpfs page by page.
 *
 * MAP_NORESERVE promises nothing, but in mode 2.  A private VMA that is made
 * writable later is charged then, and stays charged when it is read-only
 * again, as in Linux.
 *
 * Invariants
 *   I1  vm_committed is the sum, over all mms, of the lengths of the VMAs with
 *       VM_ACCOUNT and of commit_left, and of what shared memory has promised
 *       (shmem_object.committed, the pages of tmpfs).  What makes such a VMA
 *       longer charges first: mmap, brk, mprotect, mremap, stack, fork; that
 *       goes to commit_left, from which the VMA takes it (vma.c).  One that
 *       gets shorter gives it back there.  So a call that fails midway has
 *       nothing to undo: mmap_write_unlock() takes what is left, if only
 *       because other VMAs went, off vm_committed.
 *
 * Locks: mmap_lock for what is one mm's; vm_committed is atomic.
 *
 * Not done: Linux's user_reserve_kbytes; admin_reserve_kbytes is no file.
 *
 * See: Linux's Documentation/mm/overcommit-accounting.
 */
#include "vm/vma.h"

#include "sched/task.h"
#include "vm/swap.h"

enum { RESERVE_SHARE = 32 }; /* of RAM for root in mode 2, at most: */
#define RESERVE_MAX_PAGES ((8UL << 20) / PAGE_SIZE)

struct overcommit overcommit = {.ratio = 50};
atomic64_t vm_committed, vm_locked;

uint64_t
commit_limit(void)
{
    uint64_t pages = overcommit.kbytes
                         ? overcommit.kbytes / KB_PER_PAGE
                         : total_ram_pages() * overcommit.ratio / 100;

    return pages + total_swap_pages();
}

bool
vm_commit(int64_t pages, int64_t given_up)
{
    /* Charge first, then look: of two who race, neither misses the other. */
    int64_t sum = atomic_fetch_add(&vm_committed, pages) + pages - given_up;

    if (pages <= 0 || overcommit.mode == OVERCOMMIT_ALWAYS)
        return true;
    if (overcommit.mode == OVERCOMMIT_GUESS) /* all there is, at once */
        return (uint64_t)pages <= total_ram_pages() + total_swap_pages();
    if (!is_root(&current->cred))
        sum += MIN(total_ram_pages() / RESERVE_SHARE, RESERVE_MAX_PAGES);
    return sum <= (int64_t)commit_limit();
}

int
commit_charge(struct mm *mm, uint32_t vm_flags, uint64_t pages)
{
    int64_t given_up = mm->commit_left; /* by this call already */

    if (!(vm_flags & VM_ACCOUNT))
        return 0;
    mm->commit_left += pages;
    return vm_commit((int64_t)pages, given_up) ? 0 : -ENOMEM;
}

bool
may_expand(struct mm *mm, uint32_t vm_flags, uint64_t pages)
{
    const struct rlimit *rlim = current->rlim;
    bool data = (vm_flags & (VM_WRITE | VM_SHARED | VM_GROWSDOWN)) == VM_WRITE;

    if (mm->total_vm + pages > rlim[RLIMIT_AS].rlim_cur >> PAGE_SHIFT)
        return false;
    return !data ||
           mm->data_vm + pages <= rlim[RLIMIT_DATA].rlim_cur >> PAGE_SHIFT;
}

int
may_mlock(struct mm *mm, uint64_t pages)
{
    uint64_t limit = current->rlim[RLIMIT_MEMLOCK].rlim_cur;

    if (is_root(&current->cred))
        return 0;
    if (limit == 0)
        return -EPERM;
    return mm->locked_vm + pages <= limit >> PAGE_SHIFT ? 0 : -ENOMEM;
}

int
mm_charge(struct mm *mm, uint32_t vm_flags, uint64_t pages, uint64_t replaced)
{
    int err = vm_flags & VM_LOCKED ? may_mlock(mm, pages) : 0;

    if (err)
        return err == -ENOMEM ? -EAGAIN : err;
    if (!may_expand(mm, vm_flags, pages - replaced))
        return -ENOMEM;
    return commit_charge(mm, vm_flags, pages);
}

uint64_t
mm_pages_with(struct mm *mm, vaddr_t start, vaddr_t end, uint32_t vm_flags)
{
    struct vm_area *vma = find_vma(mm, start);
    uint64_t bytes = 0;

    for (; vma && vma->vm_start < end; vma = vma_next(vma))
        if ((vma->vm_flags & vm_flags) == vm_flags)
            bytes += MIN(end, vma->vm_end) - MAX(start, vma->vm_start);
    return bytes >> PAGE_SHIFT;
}
