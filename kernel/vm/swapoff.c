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

#include "vm/fault.h"

/* Fault in what has an entry of the area.  The tables stay meanwhile. */
static int
unuse_vma(struct vm_area *vma, const struct swap_area *a)
{
    vaddr_t addr = vma->vm_start, stop;
    int err = 0;
    pte_t *p;

    while (!err && (p = pgtable_next(vma->vm_mm, &addr, vma->vm_end, &stop)))
        for (; addr < stop && !err; addr += PAGE_SIZE, p++) {
            pte_t pte = pte_read(p);

            if (pte_swapped(pte) && swap_area_of(pte_to_swp_entry(pte)) == a)
                err = fault_error(handle_mm_fault(vma, addr, FAULT_UNSWAP));
        }
    return err == -EFAULT ? -EIO : err;
}

static int
unuse_mm(struct mm *mm, const struct swap_area *a)
{
    int err = 0;

    if (atomic_read(&mm->rss[MM_SWAPENTS]) == 0)
        return 0;
    if (down_read_killable(&mm->mmap_lock))
        return -EINTR;
    for (struct vm_area *vma = vma_first(mm); vma && !err; vma = vma_next(vma))
        err = unuse_vma(vma, a);
    up_read(&mm->mmap_lock);
    return err;
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
        spin_lock(&t->lock); /* while it has an mm, that has a user */
        mm = t->mm ? mm_get(t->mm) : NULL;
        spin_unlock(&t->lock);
        err = mm ? unuse_mm(mm, a) : 0;
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
        err = unuse_tasks(a) ?: shmem_unuse(a);
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
