/* SPDX-License-Identifier: MIT */
/*
 * mprotect.c - changing what a range allows.
 *
 * The VMAs are split at the ends of the range, get their new flags, and join
 * with neighbours that have become equal.  Their PTEs get the new bits with
 * one flush for each VMA.  W is never given here, only taken: whether a frame
 * may be written is for do_wp_page to find out at the first write.
 *
 * Locks: mmap_lock for writing; page_table_lock for one table at a time.
 */
#include "vm/mm.h"

#include "core/spinlock.h"
#include "include/errno.h"
#include "lib/macros.h"
#include "riscv/tlb.h"
#include "vm/limits.h"
#include "vm/pgtable.h"
#include "vm/vma.h"

enum { MAY_SHIFT = 4 };

/*
 * Give n entries the access bits of prot.  => page_table_lock held; true if
 * one changed
 */
static bool
protect_ptes(pte_t *p, unsigned n, uint64_t prot)
{
    bool changed = false;

    for (unsigned i = 0; i < n; i++) {
        pte_t old, new;

        do { /* the hardware may set A or D meanwhile */
            old = pte_read(&p[i]);
            if (!pte_mapped(old))
                break;
            new.val = (old.val & ~PTE_ACCESS) | (prot & ~(uint64_t)PTE_W) |
                      (prot & old.val & PTE_W);
            if (new.val == old.val)
                break;
            changed = true;
        } while (!pte_cmpxchg(&p[i], old, new));
    }
    return changed;
}

/* Make the page table agree with the VMA's new flags. */
static void
change_protection(struct vm_area *vma)
{
    struct mm *mm = vma->vm_mm;
    uint64_t prot = vm_prot(vma->vm_flags);
    vaddr_t addr = vma->vm_start, stop;
    bool changed = false;
    pte_t *p;

    if (prot & PTE_X)
        fence_i_all(); /* code may have been written here */
    for (; (p = pgtable_next(mm, &addr, vma->vm_end, &stop)); addr = stop) {
        spin_lock(&mm->page_table_lock);
        changed |=
            protect_ptes(p, (unsigned)((stop - addr) >> PAGE_SHIFT), prot);
        spin_unlock(&mm->page_table_lock);
    }
    if (changed)
        mmu_flush_range(&mm->mmu, vma->vm_start, vma->vm_end);
}

/*
 * Protect the part of vma from addr to end or its own end.
 * => 0 and *addr moved behind it; -EACCES, -ENOMEM
 */
static int
protect_vma(struct vm_area *vma, vaddr_t *addr, vaddr_t end, uint32_t prot,
            struct list_head *removed)
{
    uint32_t flags = (vma->vm_flags & ~(uint32_t)VM_ACCESS) | prot;
    vaddr_t start = *addr, stop = MIN(end, vma->vm_end);
    int err = 0;

    if (prot & ~(flags >> MAY_SHIFT))
        return -EACCES;
    *addr = stop;
    if (flags == vma->vm_flags)
        return 0;
    if ((prot & VM_WRITE) && !(vma->vm_flags & VM_WRITE) &&
        !may_expand(vma->vm_mm, flags, 0))
        return -ENOMEM;
    if (stop < vma->vm_end)
        err = vma_split(vma, stop);
    if (!err && vma->vm_start < start) {
        err = vma_split(vma, start);
        if (!err)
            vma = vma_next(vma);
    }
    if (err)
        return err;
    vma_set_flags(vma, flags);
    change_protection(vma);
    vma_merge(vma, removed);
    return 0;
}

static int
protect_locked(struct mm *mm, vaddr_t addr, vaddr_t end, uint32_t prot,
               struct list_head *removed)
{
    while (addr < end) {
        struct vm_area *vma = vma_at(mm, addr);
        int err = vma ? protect_vma(vma, &addr, end, prot, removed) : -ENOMEM;

        if (err)
            return err;
    }
    return 0;
}

int
do_mprotect(struct mm *mm, uint64_t addr, uint64_t len, uint32_t prot)
{
    LIST_HEAD(removed);
    int err;

    if ((addr & ~PAGE_MASK) || (prot & ~(uint32_t)VM_ACCESS))
        return -EINVAL;
    if (len > USER_END || addr > USER_END - len)
        return -ENOMEM;
    if (down_write_killable(&mm->mmap_lock))
        return -EINTR;
    err = protect_locked(mm, addr, ALIGN_UP(addr + len, PAGE_SIZE), prot,
                         &removed);
    up_write(&mm->mmap_lock);
    vma_close_list(&removed);
    return err;
}
