/* SPDX-License-Identifier: MIT */
/*
 * remote.c - faulting memory in from the kernel's side: for mmap, mlock and
 * madvise, and to read or write another address space.
 *
 * Interface: populate, mm_populate, access_remote_vm.
 *
 * A device's memory is never touched from here: it has no struct page.
 *
 * Locks: mmap_lock for reading > page lock.
 */
#include "vm/fault.h"
#include "vm/pagecache.h"

int
fault_error(enum vm_fault r)
{
    if (r <= VM_FAULT_DIRTIED)
        return 0;
    if (r == VM_FAULT_OOM)
        return -ENOMEM;
    return r == VM_FAULT_KILLED ? -EINTR : -EFAULT;
}

/*
 * The page of vma at addr, faulted in if need be.
 * => mmap_lock held for reading; refs: the caller's; ERR_PTR: no access
 */
static struct page *
get_user_page(struct vm_area *vma, vaddr_t addr, bool write)
{
    uint64_t needs = write ? PTE_V | PTE_W : PTE_V | PTE_R;
    struct mm *mm = vma->vm_mm;
    int err = vma->vm_flags & VM_PFNMAP ? -EFAULT : 0;

    while (!err) {
        struct page *page = NULL;
        pte_t *p;

        spin_lock(&mm->page_table_lock);
        p = pgtable_find(mm, addr);
        if (p && (pte_read(p).val & needs) == needs) {
            page = get_page(pfn_to_page(pte_pfn(pte_read(p))));
            if (write)
                pte_or(p, PTE_A | PTE_D);
        }
        spin_unlock(&mm->page_table_lock);
        if (page)
            return page;
        /* Ends: each fault resolved brings the entry nearer to it. */
        err = fault_error(
            handle_mm_fault(vma, addr, write ? FAULT_WRITE : FAULT_READ));
    }
    return ERR_PTR(err);
}

int
populate(struct vm_area *vma, struct range_op *op)
{
    uint32_t flags = vma->vm_flags;
    bool asked = op->how >= POPULATE_READ;
    bool write = asked ? op->how == POPULATE_WRITE
                       : (flags & (VM_WRITE | VM_SHARED)) == VM_WRITE;
    int err = 0;

    if (asked && !(flags & (write ? VM_WRITE : VM_READ | VM_WRITE)))
        return -EINVAL;
    for (vaddr_t a = op->start; a < op->end && !err; a += PAGE_SIZE) {
        struct page *page = get_user_page(vma, a, write);

        if (IS_ERR(page))
            err = (int)PTR_ERR(page);
        else
            put_page(page);
        if (fatal_signal_pending(current))
            err = -EINTR;
    }
    return err == -EFAULT && op->how == POPULATE_TRY ? 0 : err;
}

int
mm_populate(struct mm *mm, uint64_t addr, uint64_t len, int how)
{
    struct range_op op = {populate, .skip = VM_PFNMAP, .how = how,
                          .shared = true, .on_hole = HOLE_IGNORE};

    return range_call(mm, addr & PAGE_MASK, len + (addr & ~PAGE_MASK), -EINVAL,
                      &op);
}

size_t
access_remote_vm(struct mm *mm, uint64_t addr, void *buf, size_t len,
                 bool write)
{
    size_t done = 0;

    if (down_read_killable(&mm->mmap_lock))
        return 0;
    while (done < len) {
        vaddr_t at = addr + done;
        size_t off = at & ~PAGE_MASK, n = MIN(PAGE_SIZE - off, len - done);
        /* A stack grows to be written to. */
        struct vm_area *vma = write ? vma_for_fault(mm, at) : vma_at(mm, at);
        struct page *page =
            vma ? get_user_page(vma, at & PAGE_MASK, write) : NULL;
        char *theirs, *ours = (char *)buf + done;

        if (!page || IS_ERR(page))
            break;
        theirs = (char *)page_address(page) + off;
        memcpy(write ? theirs : ours, write ? ours : theirs, n);
        if (write) { /* reclaim may have unmapped and written it meanwhile */
            lock_page(page);
            set_page_dirty(page);
            unlock_page(page);
        }
        put_page(page);
        done += n;
    }
    up_read(&mm->mmap_lock);
    return done;
}
