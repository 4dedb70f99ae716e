/* SPDX-License-Identifier: MIT */
/*
 * mremap.c - mremap: a mapping shrinks, grows where it is, or moves.
 *
 * Shrinking is munmap of the end.  Growing in place lengthens the VMA.  Moving
 * makes a second VMA of the same backing at the new place, takes the page
 * table entries there, and unmaps the old one, in which nothing is left:
 *
 *     |... old VMA ...|                   split off, so that all of it moves
 *          | | |
 *          v v v      entries, one table at a time; no page is touched
 *     |... new VMA ...|+++++|             the rest is new
 *
 * The new VMA keeps vm_pgoff, also that of anonymous memory: by it, and by
 * the index of the page, rmap finds the entry.  It is listed for rmap behind
 * the old one, and an entry moves from the one to the other under
 * page_table_lock, so a walk finds it in the first or, later, in the second.
 * The old translation is flushed under that lock too: who finds the entry at
 * its new place need not know the old one.
 *
 * All tables are made before the first entry moves; so nothing fails midway.
 * With MREMAP_FIXED, what lies at the new place goes before the move, and has
 * gone if the move then fails for lack of memory, as in Linux.
 *
 * Locks: mmap_lock for writing; page_table_lock for one table at a time.
 *
 * Not done: MREMAP_DONTUNMAP, and an old_len of 0, are -EINVAL.
 */
#include "vm/vma.h"

#include "vm/pgtable.h"

/* Move what is mapped in [from, from + len).  -ENOMEM: nothing has moved */
static int
move_page_tables(struct mm *mm, vaddr_t from, uint64_t len, vaddr_t to)
{
    vaddr_t addr, stop, end = from + len;
    pte_t *p;

    /* A table's part lies in at most two tables of the new place. */
    for (addr = from; (p = pgtable_next(mm, &addr, end, &stop)); addr = stop)
        if (!pgtable_alloc(mm, to + (addr - from)) ||
            !pgtable_alloc(mm, to + (stop - from) - PAGE_SIZE))
            return -ENOMEM;
    for (addr = from; (p = pgtable_next(mm, &addr, end, &stop)); addr = stop) {
        spin_lock(&mm->page_table_lock);
        for (vaddr_t a = addr; a < stop; a += PAGE_SIZE, p++)
            if (!pte_none(pte_read(p))) /* with the last A and D: */
                pte_set(pgtable_find(mm, to + (a - from)),
                        pte_xchg(p, PTE_NONE));
        mmu_flush_range(&mm->mmu, addr, stop);
        spin_unlock(&mm->page_table_lock);
    }
    return 0;
}

/* => `to`, or -ENOMEM; what is new has been charged */
static int64_t
move_vma(struct vm_area *vma, const struct mremap_args *a, vaddr_t to)
{
    struct mm *mm = vma->vm_mm;
    uint64_t hiwater = mm->hiwater_vm;
    struct vm_area *new, *gone;
    int err;

    if (mm->map_count + 3 > max_map_count) /* two splits, the new one */
        return -ENOMEM;
    vma = vma_isolate(vma, a->addr, a->addr + a->old_len);
    new = vma ? vma_dup(mm, vma) : NULL;
    if (!new) {
        if (vma)
            vma_merge(vma);
        return -ENOMEM;
    }
    new->vm_start = to;
    new->vm_end = to + a->new_len;
    vma_link(new, vma);
    err = move_page_tables(mm, a->addr, a->old_len, to);
    gone = err ? new : vma;
    unmap_locked(mm, gone->vm_start, gone->vm_end);
    mm->hiwater_vm = hiwater; /* for a moment both were counted */
    vma_merge(err ? vma : new);
    return err ? err : (int64_t)to;
}

/* => mmap_lock held for writing; the address or -errno */
static int64_t
mremap_locked(struct mm *mm, struct mremap_args *a)
{
    struct vm_area *vma = vma_at(mm, a->addr);
    bool fixed = a->flags & MREMAP_FIXED;
    vaddr_t end, to = a->new_addr;
    uint64_t more;
    int err = 0;

    if (!vma)
        return -EFAULT;
    if (fixed)
        err = unmap_locked(mm, to, to + a->new_len);
    if (!err && a->old_len > a->new_len) {
        err = unmap_locked(mm, a->addr + a->new_len, a->addr + a->old_len);
        a->old_len = a->new_len;
    }
    if (err || (!fixed && a->old_len == a->new_len))
        return err ? err : (int64_t)a->addr;

    vma = vma_at(mm, a->addr); /* it may have been cut */
    end = a->addr + a->old_len;
    more = a->new_len - a->old_len;
    if (!vma || end > vma->vm_end || (more && (vma->vm_flags & VM_PFNMAP)))
        return -EFAULT;
    err = more ? mm_charge(mm, vma->vm_flags, more >> PAGE_SHIFT, 0) : 0;
    if (err)
        return err;
    if (!fixed && vma->vm_end == end && vma_range_free(mm, end, more)) {
        /* It grows where it is. */
        vma_resize(vma, vma->vm_start, end + more);
        vma_merge(vma);
        return (int64_t)a->addr;
    }
    if (!fixed)
        to = a->flags & MREMAP_MAYMOVE ? vma_find_room(mm, a->new_len) : 0;
    return to ? move_vma(vma, a, to) : -ENOMEM;
}

/* The errors that need no VMA; rounds the lengths up to pages. */
static int
check_args(struct mremap_args *a)
{
    bool fixed = a->flags & MREMAP_FIXED;
    uint64_t to = a->new_addr;

    a->old_len = ALIGN_UP(a->old_len, PAGE_SIZE);
    a->new_len = ALIGN_UP(a->new_len, PAGE_SIZE);
    if ((a->flags & ~(uint32_t)(MREMAP_MAYMOVE | MREMAP_FIXED)) ||
        (fixed && !(a->flags & MREMAP_MAYMOVE)) || (a->addr & ~PAGE_MASK) ||
        a->old_len == 0 || a->new_len == 0)
        return -EINVAL;
    if (a->addr >= USER_END)
        return -EFAULT;
    if (a->old_len > USER_END - a->addr)
        return a->old_len > a->new_len ? -EINVAL : -EFAULT;
    if (a->new_len > USER_END)
        return fixed ? -EINVAL : -ENOMEM;
    if (!fixed)
        return 0;
    if ((to & ~PAGE_MASK) || to > USER_END - a->new_len ||
        (a->addr < to + a->new_len && to < a->addr + a->old_len))
        return -EINVAL;
    return to < USER_MIN ? -EPERM : 0;
}

int64_t
do_mremap(struct mm *mm, struct mremap_args *args)
{
    int64_t ret = check_args(args);
    bool locked;

    if (ret)
        return ret;
    if (down_write_killable(&mm->mmap_lock))
        return -EINTR;
    ret = mremap_locked(mm, args);
    locked = ret >= 0 && (vma_at(mm, (vaddr_t)ret)->vm_flags & VM_LOCKED);
    mmap_write_unlock(mm);
    if (locked && args->new_len > args->old_len)
        mm_populate(mm, (uint64_t)ret + args->old_len,
                    args->new_len - args->old_len, POPULATE_TRY);
    return ret;
}
