/* SPDX-License-Identifier: MIT */
/*
 * brk.c - the two VMAs that change their size: the heap, at the command of
 * brk(2), and the stack, by itself.
 *
 *   start_brk        brk                             start_stack
 *      |==== heap ====|->        mmap area     <-|=== stack ===|
 *                                     guard gap ^
 *
 * Locks: mmap_lock for writing.
 */

#include "sched/task.h"
#include "vm/limits.h"
#include "vm/vma.h"

enum {
    HEAP_FLAGS = VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC |
                 VM_HEAP | VM_ACCOUNT
};

/* Make room in [start, end), by a longer heap VMA or a new one. */
static int
grow_heap(struct mm *mm, vaddr_t start, vaddr_t end)
{
    struct vm_area *vma = vma_at(mm, start - 1);
    struct vm_area *next = vma ? vma_next(vma) : find_vma(mm, start);
    uint32_t flags = HEAP_FLAGS | mm->def_flags;

    if ((vma && vma->vm_end > start) || (next && vma_floor(next) < end) ||
        mm->map_count >= max_map_count ||
        mm_charge(mm, flags, (end - start) >> PAGE_SHIFT, 0))
        return -ENOMEM;
    if (vma && vma->vm_flags == flags && !vma->vm_file) {
        vma_resize(vma, vma->vm_start, end);
        return 0;
    }
    vma = vma_alloc(mm, start, end, flags);
    if (vma)
        vma_link(vma, NULL);
    else
        commit_uncharge(flags, (end - start) >> PAGE_SHIFT);
    return vma ? 0 : -ENOMEM;
}

/* => 0: mm->brk may become brk */
static int
brk_locked(struct mm *mm, uint64_t brk, struct list_head *removed)
{
    vaddr_t old = ALIGN_UP(mm->brk, PAGE_SIZE);
    vaddr_t new = ALIGN_UP(brk, PAGE_SIZE);
    uint64_t data = brk - mm->start_brk + mm->end_data - mm->start_data;

    if (brk < mm->start_brk || brk >= USER_END)
        return -EINVAL;
    if (new < old)
        return unmap_locked(mm, new, old, removed);
    if (brk > mm->brk && data > current->rlim[RLIMIT_DATA].rlim_cur)
        return -ENOMEM;
    return new > old ? grow_heap(mm, old, new) : 0;
}

uint64_t
do_brk(struct mm *mm, uint64_t brk)
{
    LIST_HEAD(removed);
    uint64_t old = READ_ONCE(mm->brk), result;

    if (down_write_killable(&mm->mmap_lock))
        return old;
    if (brk_locked(mm, brk, &removed) == 0)
        mm->brk = brk;
    result = mm->brk;
    up_write(&mm->mmap_lock);
    vma_close_list(&removed);
    old &= PAGE_MASK;
    if ((mm->def_flags & VM_LOCKED) && result > old)
        mm_populate(mm, old, result - old, POPULATE_TRY);
    return result;
}

int
expand_stack(struct vm_area *vma, uint64_t addr)
{
    struct mm *mm = vma->vm_mm;
    struct vm_area *prev = vma_prev(vma);
    vaddr_t start = addr & PAGE_MASK;
    uint64_t pages = (vma->vm_start - start) >> PAGE_SHIFT, gap = 0;

    if (start < USER_MIN + STACK_GUARD_GAP ||
        vma->vm_end - start > current->rlim[RLIMIT_STACK].rlim_cur)
        return -ENOMEM;
    /* Two stacks, or a VMA that guards (PROT_NONE), may lie closer. */
    if (prev && (prev->vm_flags & VM_ACCESS) &&
        !(prev->vm_flags & VM_GROWSDOWN))
        gap = STACK_GUARD_GAP;
    if (prev && start - gap < prev->vm_end)
        return -ENOMEM;
    if (mm_charge(mm, vma->vm_flags, pages, 0))
        return -ENOMEM;
    vma_resize(vma, start, vma->vm_end);
    return 0;
}
