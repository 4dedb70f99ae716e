/* SPDX-License-Identifier: MIT */
/*
 * mprotect.c - changing a range: what mprotect, madvise and mlock share, and
 * mprotect itself.
 *
 * range_apply() walks the VMAs of a range.  What changes flags splits a VMA
 * at the ends of the range, gives the part its new flags, and joins it with
 * neighbours that have become equal (vma_change_flags).
 *
 * mprotect then gives the PTEs the new bits, with one flush for each VMA.  W
 * is never given here, only taken: whether a frame may be written is for
 * do_wp_page to find out at the first write.
 *
 * Locks: mmap_lock for writing; page_table_lock for one table at a time.
 */

#include "riscv/tlb.h"
#include "vm/limits.h"
#include "vm/pgtable.h"
#include "vm/vma.h"

/* --- A range */

/*
 * Call op->fn for the parts, in order, up to the first error.
 * => -ENOMEM: a part is not mapped
 */
static int
range_apply(struct mm *mm, vaddr_t start, vaddr_t end, struct range_op *op)
{
    int hole = 0, err = 0;

    while (start < end && !err) {
        struct vm_area *vma = find_vma(mm, start);

        if (!vma || vma->vm_start > start)
            hole = op->on_hole == HOLE_IGNORE ? 0 : -ENOMEM;
        if (!vma || vma->vm_start >= end || (hole && op->on_hole == HOLE_STOP))
            break;
        op->start = MAX(start, vma->vm_start);
        op->end = start = MIN(end, vma->vm_end);
        err = op->fn(vma, op); /* vma may have been split or merged */
    }
    return err ? err : hole;
}

int
range_set_flags(struct vm_area *vma, struct range_op *op)
{
    return vma_change_flags(vma, op->start, op->end,
                            (vma->vm_flags & ~op->clear) | op->set,
                            &op->removed);
}

int
range_call(struct mm *mm, uint64_t addr, uint64_t len, int wrapped,
           struct range_op *op)
{
    vaddr_t end = ALIGN_UP(addr + len, PAGE_SIZE);
    int err = 0;

    if (addr & ~PAGE_MASK)
        return -EINVAL;
    if (len > PAGE_MASK - addr)
        return wrapped;
    if (end > USER_END)
        return -ENOMEM;
    if (op->shared ? down_read_killable(&mm->mmap_lock)
                   : down_write_killable(&mm->mmap_lock))
        return -EINTR;
    list_init(&op->removed);
    if (op->set & VM_LOCKED) /* as a whole, or not at all */
        err = may_mlock(mm, mm_pages_with(mm, addr, end, 0) -
                                mm_pages_with(mm, addr, end, VM_LOCKED));
    if (!err)
        err = range_apply(mm, addr, end, op);
    if (op->shared)
        up_read(&mm->mmap_lock);
    else
        up_write(&mm->mmap_lock);
    vma_close_list(&op->removed);
    return err;
}

void
range_change_ptes(struct mm *mm, vaddr_t start, vaddr_t end,
                  bool (*fn)(pte_t *p, uint64_t arg), uint64_t arg)
{
    vaddr_t addr = start, stop;
    bool changed = false;
    pte_t *p;

    for (; (p = pgtable_next(mm, &addr, end, &stop)); addr = stop) {
        spin_lock(&mm->page_table_lock);
        for (uint64_t n = (stop - addr) >> PAGE_SHIFT; n > 0; n--)
            changed |= fn(p++, arg);
        spin_unlock(&mm->page_table_lock);
    }
    if (changed)
        mmu_flush_range(&mm->mmu, start, end);
}

/* --- mprotect */

/* Give a mapped page the access bits of prot, without W. */
static bool
protect_pte(pte_t *p, uint64_t prot)
{
    pte_t old, new;

    do { /* the hardware may set A or D meanwhile */
        old = pte_read(p);
        new.val =
            (old.val & ~PTE_ACCESS) | (prot & (old.val | ~(uint64_t)PTE_W));
        if (!pte_mapped(old) || new.val == old.val)
            return false;
    } while (!pte_cmpxchg(p, old, new));
    return true;
}

static int
protect(struct vm_area *vma, struct range_op *op)
{
    struct mm *mm = vma->vm_mm;
    uint32_t old = vma->vm_flags, new = (old & ~op->clear) | op->set;
    uint64_t pages = (op->end - op->start) >> PAGE_SHIFT;
    uint32_t account = 0;
    int err;

    if (op->set & ~(new >> MAY_SHIFT))
        return -EACCES;
    if (new == old)
        return 0;
    /* Is it that it becomes data? */
    if (!may_expand(mm, new, pages) && may_expand(mm, old, pages))
        return -ENOMEM;
    if ((new &VM_WRITE) &&
        !(old & (VM_ACCOUNT | VM_WRITE | VM_SHARED | VM_NORESERVE)))
        account = VM_ACCOUNT;
    err = commit_charge(account, pages);
    if (err)
        return err;
    err =
        vma_change_flags(vma, op->start, op->end, new | account, &op->removed);
    if (err) {
        commit_uncharge(account, pages);
        return err;
    }
    if (new &VM_EXEC)
        fence_i_all(); /* code may have been written here */
    range_change_ptes(mm, op->start, op->end, protect_pte, vm_prot(new));
    return 0;
}

int
do_mprotect(struct mm *mm, uint64_t addr, uint64_t len, uint32_t prot)
{
    struct range_op op = {.fn = protect, .clear = VM_ACCESS, .set = prot};

    if (prot & ~(uint32_t)VM_ACCESS)
        return -EINVAL;
    return range_call(mm, addr, len, -ENOMEM, &op);
}
