/* SPDX-License-Identifier: MIT */
/*
 * remote.c - faulting memory in from the kernel's side: before uaccess under
 * locks, for MAP_POPULATE, and to read or write another address space.
 *
 * Interface: fault_in_user, mm_populate, access_remote_vm.
 */
#include "vm/mm.h"

#include "core/spinlock.h"
#include "include/errno.h"
#include "lib/macros.h"
#include "lib/string.h"
#include "mm/page_alloc.h"
#include "sched/task.h"
#include "vm/fault.h"

/* Did the fault handler do its work? */
static bool
fault_resolved(enum vm_fault r)
{
    return r == VM_FAULT_DONE || r == VM_FAULT_MAJOR || r == VM_FAULT_RETRY ||
           r == VM_FAULT_DIRTIED;
}

int
fault_in_user(uint64_t addr, uint64_t len, enum fault_access access)
{
    vaddr_t end = addr + len;

    if (!current->mm || len > USER_END || addr > USER_END - len)
        return -EFAULT;
    for (addr &= PAGE_MASK; addr < end; addr += PAGE_SIZE)
        if (!fault_resolved(handle_user_fault(current->mm, addr, access)))
            return -EFAULT;
    return 0;
}

/* May `access` go through this entry as it is? */
static bool
pte_allows(pte_t pte, bool write)
{
    return pte_present(pte) && (write ? pte_write(pte) : pte.val & PTE_R);
}

/*
 * The page at addr, faulted in if need be; a stack grows to be written to.
 * => mmap_lock held for reading; refs: the caller's; NULL: no access
 */
static struct page *
get_user_page(struct mm *mm, vaddr_t addr, bool write)
{
    struct vm_area *vma = write ? vma_for_fault(mm, addr) : vma_at(mm, addr);

    while (vma) {
        struct page *page = NULL;
        enum vm_fault r;
        pte_t *p;

        spin_lock(&mm->page_table_lock);
        p = pgtable_find(mm, addr);
        if (p && pte_allows(pte_read(p), write)) {
            page = get_page(pfn_to_page(pte_pfn(pte_read(p))));
            if (write)
                pte_or(p, PTE_A | PTE_D);
        }
        spin_unlock(&mm->page_table_lock);
        if (page)
            return page;
        /* Ends: each fault resolved brings the entry nearer to it. */
        r = handle_mm_fault(vma, addr, write ? FAULT_WRITE : FAULT_READ);
        if (!fault_resolved(r))
            return NULL;
    }
    return NULL;
}

/* The lock is dropped for each page, so that others get on. */
void
mm_populate(struct mm *mm, uint64_t addr, uint64_t len)
{
    for (vaddr_t end = addr + len; addr < end; addr += PAGE_SIZE) {
        struct vm_area *vma;
        struct page *page = NULL;

        if (down_read_killable(&mm->mmap_lock))
            return;
        vma = vma_at(mm, addr);
        if (vma)
            page = get_user_page(
                mm, addr, (vma->vm_flags & (VM_WRITE | VM_SHARED)) == VM_WRITE);
        up_read(&mm->mmap_lock);
        if (!page)
            return;
        put_page(page);
    }
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
        struct page *page = get_user_page(mm, at & PAGE_MASK, write);
        uint8_t *data;

        if (!page)
            break;
        data = page_address(page);
        if (write)
            memcpy(data + off, (uint8_t *)buf + done, n);
        else
            memcpy((uint8_t *)buf + done, data + off, n);
        put_page(page);
        done += n;
    }
    up_read(&mm->mmap_lock);
    return done;
}
