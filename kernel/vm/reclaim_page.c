/* SPDX-License-Identifier: MIT */
/*
 * reclaim_page.c - what becomes of one page that reclaim looks at.
 *
 *            isolated, at the tail of an inactive list
 *                              |
 *      locked by others, or under write-out ---------> back to the head
 *                              |
 *      the policy: used lately ----------------------> back, or active
 *                              |
 *      anonymous: give it a slot of a swap area -----> none left: active
 *                              |
 *      mapped: take it from every process (rmap) ----> one is busy: back
 *                              |
 *      dirty: start writing it ----------------------> back; when the write
 *                              |                       has ended, to the tail
 *      clean, and nobody else has a reference -------> freed
 *
 * Reclaim never waits for a lock: page locks, i_mmap and anon_vma locks are
 * tried.  It never enters the file system, since write-out of a dirty page is
 * one bio (DESIGN.md section 8).
 *
 * Locks: none held; the page's reference is the isolation's.
 */
#include "vm/reclaim.h"

#include "lib/assert.h"
#include "vm/cache_internal.h"
#include "vm/mm.h"
#include "vm/scan.h"
#include "vm/swap.h"

/* What the policy says.  => page locked */
static enum page_fate
judge(struct page *page)
{
    uint64_t vm_flags = 0;
    unsigned use = 0;

    if (page_referenced(page, &vm_flags))
        use |= USED_MAPPED;
    if (page_test_and_clear(page, PG_referenced))
        use |= USED_CALL;
    if ((vm_flags & VM_EXEC) && !page_test(page, PG_anon))
        use |= USED_TEXT;
    if (vm_flags & VM_LOCKED)
        return PAGE_ACTIVATE;
    return reclaim_policy->judge(page, use);
}

/* Start writing a locked dirty page, and unlock it. */
static void
write_out(struct page *page, struct scan_control *sc)
{
    page_set(page, PG_reclaim);
    if (page_test(page, PG_swapcache))
        swap_write_page(&sc->swap_run, page);
    else
        write_page_out(page);
}

/*
 * A locked page that nobody maps: dirty ones are for the caller to write.
 * => PAGE_RECLAIM: it has left its cache
 */
static enum page_fate
drop_unmapped(struct page *page, struct scan_control *sc)
{
    if (page_test(page, PG_dirty)) {
        sc->busy++;
        return PAGE_KEEP;
    }
    if (!page_test(page, PG_swapcache))
        return remove_page_if_unused(page, 2) ? PAGE_RECLAIM : PAGE_KEEP;
    return swap_drop_clean_page(page, 2) ? PAGE_RECLAIM : PAGE_KEEP;
}

/* drop_caches: what is clean and not mapped goes, used or not. */
static enum page_fate
drop_one(struct page *page)
{
    if (page_test(page, PG_writeback) || atomic_read(&page->mapcount))
        return PAGE_KEEP;
    if (page_test(page, PG_swapcache))
        return try_to_free_swap(page) ? PAGE_RECLAIM : PAGE_KEEP;
    if (!page->mapping)
        return PAGE_RECLAIM;
    return remove_page_if_unused(page, 2) ? PAGE_RECLAIM : PAGE_KEEP;
}

/* The drawing above.  => page locked */
static enum page_fate
consider(struct page *page, struct scan_control *sc)
{
    bool anon = page_test(page, PG_anon);
    enum page_fate fate;

    if (page_test(page, PG_writeback)) {
        sc->busy++;
        return PAGE_KEEP;
    }
    if (!anon && !page->mapping && !page_test(page, PG_swapcache))
        return PAGE_RECLAIM; /* truncated: only we have it */
    fate = judge(page);
    if (fate != PAGE_RECLAIM)
        return fate;
    if (page_test(page, PG_error) && page_test(page, PG_swapcache))
        return PAGE_ACTIVATE; /* its slot is broken: it has to stay */
    if (anon && !page_test(page, PG_swapcache) &&
        (!sc->may_write || !add_to_swap(page)))
        return PAGE_ACTIVATE;
    if (atomic_read(&page->mapcount) && !try_to_unmap(page))
        return PAGE_KEEP;
    return drop_unmapped(page, sc);
}

void
reclaim_page(struct page *page, struct scan_control *sc)
{
    enum page_fate fate;

    if (!trylock_page(page)) {
        putback_lru_page(page);
        return;
    }
    fate = sc->drop_caches ? drop_one(page) : consider(page, sc);
    if (fate == PAGE_KEEP && sc->may_write && page_test(page, PG_dirty) &&
        atomic_read(&page->mapcount) == 0 && !page_test(page, PG_writeback))
        write_out(page, sc);
    else
        unlock_page(page);
    if (fate == PAGE_RECLAIM) {
        sc->reclaimed++;
        page_clear(page, PG_active);
        put_page(page);
        return;
    }
    if (fate == PAGE_ACTIVATE && reclaim_policy->two_lists)
        page_set(page, PG_active);
    sc->rotated += fate == PAGE_ACTIVATE;
    putback_lru_page(page);
}

void
deactivate_page(struct page *page, struct scan_control *sc)
{
    uint64_t vm_flags = 0;
    bool stays = false;

    /* Program text that is being used stays: it costs most to miss. */
    if (reclaim_policy->two_lists && trylock_page(page)) {
        stays = page_referenced(page, &vm_flags) && (vm_flags & VM_EXEC) &&
                !page_test(page, PG_anon);
        unlock_page(page);
    }
    sc->rotated += stays;
    if (!stays)
        page_clear(page, PG_active);
    putback_lru_page(page);
}
