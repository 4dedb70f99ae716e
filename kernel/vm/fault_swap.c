/* SPDX-License-Identifier: MIT */
/*
 * fault_swap.c - a fault on a page that was swapped out.
 *
 * The PTE holds the swap entry.  The page comes from the swap cache, where
 * another process may have brought it, or from the disk with its neighbours of
 * the same cluster, since what left together is used together; then, with the
 * page locked, the PTE gets it back and the entry loses a holder.
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

#include "vm/rmap.h"
#include "vm/swap.h"

/* Pages that were read ahead and then wanted, since it was last looked at. */
static _Atomic uint64_t ahead_used;

/*
 * How many slots to read at once.  Pages that were read ahead and then used
 * make the window wider; when none was, and the fault is not beside the last
 * one, it is narrow at once: random access is not slowed down.
 */
static uint64_t
read_window(uint64_t slot)
{
    static uint64_t last_slot, last_window; /* racy: a guess for a guess */
    uint64_t used = atomic_exchange(&ahead_used, 0), window = 1;
    bool near = slot - last_slot + 1 <= 2; /* -1, 0, 1 */

    if (used || near)
        while (window < used + 2)
            window *= 2;
    window = MIN(MAX(window, last_window / 2), 1UL << vm_page_cluster);
    last_slot = slot;
    last_window = window;
    return window;
}

enum vm_fault
do_swap_page(struct fault_ctx *c)
{
    gfp_t gfp = c->access == FAULT_UNSWAP ? GFP_SWAPOFF : GFP_USER_MOVABLE;
    swp_entry_t e = pte_to_swp_entry(c->orig);
    struct address_space *cache = &swap_area_of(e)->cache;
    uint64_t slot = swp_offset(e), may = 0;
    struct page *page;
    bool exclusive;

    if (!c->vma->anon_vma && anon_vma_prepare(c->vma))
        return VM_FAULT_OOM;
    page = find_get_page(cache, slot);
    c->major = !page;
    if (page && page_test_and_clear(page, PG_readahead))
        atomic_add(&ahead_used, 1);
    page = lock_page_at(cache, slot, page, page ? 1 : read_window(slot), gfp);
    if (IS_ERR(page)) /* another thread may have brought it back meanwhile */
        return fault_unchanged(c) ? fault_of(PTR_ERR(page)) : VM_FAULT_DONE;
    spin_lock(&c->mm->page_table_lock);
    if (fault_unchanged(c)) {
        exclusive = atomic_read(&page->mapcount) == 0 && swap_count(e) == 1;
        if (exclusive)
            may = vm_prot(c->vma->vm_flags) & PTE_W;
        if (exclusive && c->access == FAULT_WRITE)
            may |= PTE_D;
        get_page(page); /* the PTE's */
        page_add_anon_rmap(page, c->vma, c->addr, exclusive);
        swap_free(e);
        pte_set(c->pte, fault_entry(c, page, may));
        atomic_dec(&c->mm->rss[MM_SWAPENTS]);
        atomic_inc(&c->mm->rss[MM_ANONPAGES]);
        /* Slots run short: keep no copy there needlessly. */
        if (exclusive && free_swap_pages() * 2 < total_swap_pages())
            try_to_free_swap(page);
    }
    spin_unlock(&c->mm->page_table_lock);
    unlock_page(page);
    put_page(page);
    return VM_FAULT_DONE;
}
