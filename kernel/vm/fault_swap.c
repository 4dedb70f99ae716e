/* SPDX-License-Identifier: MIT */
/*
 * fault_swap.c - a fault on a page that was swapped out.
 *
 * The PTE holds the swap entry.  The page comes from the swap cache, where
 * another process may have brought it, or from the disk with its neighbours;
 * then, with the page locked, the PTE gets it back and the entry loses a
 * holder.
 *
 * If we were the last holder and nobody maps it, the page is ours alone: it is
 * mapped writable, and stays in the cache with its slot, which is still a good
 * copy if it is not written.  Otherwise it is mapped without W, and a write
 * goes on to do_wp_page, which copies.
 *
 * Locks: mmap_lock for reading > page lock > page_table_lock.  The entry was
 * read without a lock: it may be stale by the time the page is locked, and
 * then the PTE has changed.
 */
#include "vm/fault.h"

#include "lib/err.h"
#include "vm/rmap.h"
#include "vm/swap.h"

/* => page locked, of entry e; page_table_lock held; refs: the PTE takes ours */
static void
map_swap_page(struct fault_ctx *c, struct page *page, swp_entry_t e)
{
    bool exclusive = atomic_read(&page->mapcount) == 0 && swap_count(e) == 1;
    pte_t entry = fault_entry(c, page);

    if (!exclusive)
        entry.val &= ~(uint64_t)PTE_W;
    else if (c->access == FAULT_WRITE)
        entry.val |= PTE_D;
    page_add_anon_rmap(page, c->vma, c->addr, exclusive);
    swap_free(e);
    pte_set(c->pte, entry);
    atomic_dec(&c->mm->rss[MM_SWAPENTS]);
    atomic_inc(&c->mm->rss[MM_ANONPAGES]);
    /* Slots run short: keep no copy there needlessly. */
    if (exclusive && free_swap_pages() * 2 < total_swap_pages())
        try_to_free_swap(page);
}

enum vm_fault
do_swap_page(struct fault_ctx *c, gfp_t gfp)
{
    swp_entry_t e = pte_to_swp_entry(c->orig);
    struct page *page;
    bool major, same;

    if (!c->vma->anon_vma && anon_vma_prepare(c->vma))
        return VM_FAULT_OOM;
    page = swap_lock_page(e, gfp, &major);
    if (IS_ERR(page)) /* another thread may have brought it back meanwhile */
        return PTR_ERR(page) != -EAGAIN && fault_unchanged(c)
                   ? fault_of(PTR_ERR(page))
                   : VM_FAULT_DONE;
    spin_lock(&c->mm->page_table_lock);
    same = fault_unchanged(c);
    if (same)
        map_swap_page(c, page, e);
    spin_unlock(&c->mm->page_table_lock);
    unlock_page(page);
    if (!same)
        put_page(page);
    return same && major ? VM_FAULT_MAJOR : VM_FAULT_DONE;
}

enum vm_fault
unswap_page(struct vm_area *vma, vaddr_t addr)
{
    struct fault_ctx c = {
        .mm = vma->vm_mm, .vma = vma, .addr = addr, .access = FAULT_READ};

    c.pte = pgtable_find(c.mm, addr);
    if (!c.pte)
        return VM_FAULT_DONE;
    c.orig = pte_read(c.pte);
    return pte_swapped(c.orig) ? do_swap_page(&c, GFP_SWAPOFF) : VM_FAULT_DONE;
}
