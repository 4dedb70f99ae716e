/* SPDX-License-Identifier: MIT */
/*
 * swap_cache.c - pages that have a slot of a swap area.
 *
 * An anonymous page on its way out, or in, or shared by processes of which
 * only some have it mapped, is in memory and has a slot at once.  The swap
 * cache, an address_space of each area, finds it by the slot, so that all of
 * them get one page:
 *
 *      mapped ----add_to_swap----> in the cache, dirty, still mapped
 *         ^                             | try_to_unmap: PTE := entry
 *         | try_to_free_swap            v
 *      mapped, in the cache <------ in the cache, not mapped
 *              do_swap_page             | write_page, then clean:
 *                    ^                  v reclaim frees it
 *                    '---- read ---- slot only
 *
 * It is read and written by the page cache's own functions (readpage.c,
 * writeback.c), to which the slot is a block.  A page of zeroes is not written:
 * SWAP_ZERO says so.
 *
 * A page of shared memory has a slot in the same way, but is found through its
 * own mapping, where it leaves the entry when reclaim frees it (shmem.c).
 *
 * When a write fails the page stays, dirty and with PG_error, until somebody
 * takes it back; its slot is then retired.  When a read fails those who need
 * the page get SIGBUS, and the slot is retired when the last of them is gone.
 *
 * Invariants
 *   I1  A page with PG_swapcache has the slot that its `private` names, and
 *       is in the area's cache (anonymous) or its mapping; the swap map has
 *       SWAP_HAS_CACHE.  All change together under that cache's tree_lock.
 *   I2  PG_swapcache and private change only with the page locked, and not
 *       while it is under writeback.
 *   I3  An anonymous page outside the swap cache has no copy anywhere, so it
 *       is marked dirty when it enters (add_to_swap).  Inside, one that only
 *       one process has may be written while it keeps its slot: PTE_D tells
 *       try_to_unmap() that the copy is old.
 *
 * Locks: page lock (tried only, below a spinlock) > page_table_lock >
 * tree_lock > swap_lock.
 *
 * See: swap.c, fault_swap.c, reclaim_page.c; Gorman, chapter 11.
 */
#include "vm/swap.h"

/* --- Out */

int
swap_claim(struct address_space *m, swp_entry_t e, struct page *page)
{
    if (page->private != e.val && !swap_take(e, true))
        return -EEXIST;
    page->private = e.val;
    page_set(page, PG_swapcache);
    m->nr_swapped++;
    return 0;
}

void
swap_unclaim(struct address_space *m, struct page *page)
{
    swp_entry_t e = page_swap_entry(page);
    bool broken = page_test_and_clear(page, PG_error) &&
                  !(swap_map(e) & SWAP_BROKEN); /* once, for it is added */

    page_clear(page, PG_swapcache);
    page->private = 0;
    m->nr_swapped--;
    swap_update(e, SWAP_RELEASE + (broken ? SWAP_BROKEN : 0)); /* retired */
}

bool
add_to_swap(struct page *page)
{
    struct address_space *m = page->mapping;
    swp_entry_t e = swap_alloc();
    int err;

    if (!e.val)
        return false;
    page->private = e.val; /* swap_claim() sees that it is ours */
    if (page_test(page, PG_anon)) {
        err = add_to_page_cache(&swap_area_of(e)->cache, swp_offset(e), page,
                                GFP_KERNEL);
    } else {
        spin_lock(&m->tree_lock);
        err = swap_claim(m, e, page);
        spin_unlock(&m->tree_lock);
        queue_mapping(m); /* the page keeps it */
    }
    if (err) {
        page->private = 0;
        swap_update(e, SWAP_RELEASE);
        return false;
    }
    page_clear(page, PG_error);
    page_set(page, PG_dirty);
    return true;
}

/* --- Giving slots up */

void
try_to_free_swap(struct page *page)
{
    struct address_space *m = page->mapping;

    if (!page_test(page, PG_swapcache) || page_test(page, PG_writeback) ||
        swap_count(page_swap_entry(page)) > 0)
        return;
    if (page_test(page, PG_anon)) {
        remove_from_page_cache(page, 0);
    } else {
        spin_lock(&m->tree_lock);
        swap_unclaim(m, page);
        spin_unlock(&m->tree_lock);
        page_set(page, PG_dirty);
    }
}

void
free_orphaned_swap(struct page *page)
{
    /* Not to be had now: whoever has it locked, or reclaim, will do it. */
    if (page_test(page, PG_swapcache) && page_test(page, PG_anon) &&
        atomic_read(&page->mapcount) == 0 && trylock_page(page)) {
        if (atomic_read(&page->mapcount) == 0)
            try_to_free_swap(page);
        unlock_page(page);
    }
}

void
free_swap_and_cache(swp_entry_t e)
{
    struct page *page = NULL;

    /* Look first: after the last swap_free() the area may go. */
    if (swap_count(e) == 1)
        page = find_get_page(&swap_area_of(e)->cache, swp_offset(e));
    swap_free(e);
    if (page) {
        free_orphaned_swap(page);
        put_page(page);
    }
}
