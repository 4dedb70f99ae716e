/* SPDX-License-Identifier: MIT */
/*
 * swapoff.c - bringing back every page of a swap area.
 *
 * The area is off the list, so no slot is taken any more.  One walk over the
 * page tables of all processes faults in what has an entry of the area: the
 * cost is that of the page tables, whatever the number of slots.  A fork
 * meanwhile may copy entries into a table that was passed already, and a page
 * under write-out keeps its slot for a moment; so walks are repeated until the
 * area is empty.  Shared memory, and what only the swap cache holds, is seen to
 * between.
 *
 * Locks: swap_mutex, from swapoff; the mmap_lock of one mm at a time, for
 * reading.
 */
#include "vm/shmem.h"

#include "sched/sched.h"
#include "vm/fault.h"

/* The first address in [addr, end) with an entry of the area, or end. */
static vaddr_t
next_entry(struct mm *mm, const struct swap_area *a, vaddr_t addr, vaddr_t end)
{
    vaddr_t stop;
    pte_t *p;

    for (; (p = pgtable_next(mm, &addr, end, &stop)); addr = stop)
        for (; addr < stop; addr += PAGE_SIZE, p++)
            if (pte_swapped(pte_read(p)) &&
                swap_area_of(pte_to_swp_entry(pte_read(p))) == a)
                return addr;
    return end;
}

static int
unuse_mm(struct mm *mm, const struct swap_area *a)
{
    enum vm_fault r = VM_FAULT_DONE;
    struct vm_area *vma;
    int err;

    if (down_read_killable(&mm->mmap_lock))
        return -EINTR;
    for (vma = vma_first(mm); vma && r == VM_FAULT_DONE; vma = vma_next(vma)) {
        vaddr_t addr = vma->vm_start;

        while (r == VM_FAULT_DONE &&
               (addr = next_entry(mm, a, addr, vma->vm_end)) < vma->vm_end)
            r = handle_mm_fault(vma, addr, FAULT_UNSWAP);
    }
    up_read(&mm->mmap_lock);
    err = fault_error(r);
    return err == -EFAULT ? -EIO : err;
}

/* All processes once. */
static int
unuse_tasks(const struct swap_area *a)
{
    struct task *t;
    int err = 0;

    for (pid_t pid = 0; !err && (t = next_task_after(pid)); put_task(t)) {
        struct mm *mm;

        pid = t->pid;
        spin_lock(&t->lock);
        mm = t->mm && mm_get_not_zero(t->mm) ? t->mm : NULL;
        spin_unlock(&t->lock);
        if (mm && atomic_read(&mm->rss[MM_SWAPENTS]) > 0)
            err = unuse_mm(mm, a);
        if (mm)
            mm_put(mm);
    }
    return err;
}

int
swap_unuse(struct swap_area *a)
{
    struct page *page;
    int err = 0;

    while (!err && READ_ONCE(a->in_use) > 0) {
        err = unuse_tasks(a);
        if (!err)
            err = shmem_unuse(a);
        /* The copies that the cache keeps of pages that came back. */
        for (uint64_t slot = 0;
             (page = find_get_next(&a->cache, &slot, RADIX_PRESENT));) {
            lock_page(page);
            wait_on_page_writeback(page);
            try_to_free_swap(page);
            unlock_page(page);
            put_page(page);
        }
        if (!err && fatal_signal_pending(current))
            err = -EINTR;
    }
    return err;
}
