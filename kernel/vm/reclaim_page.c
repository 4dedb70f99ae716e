/* SPDX-License-Identifier: MIT */
/*
 * reclaim_page.c - what becomes of the pages that reclaim looks at.
 *
 *            isolated, at the tail of an inactive list
 *                              |
 *      locked by others, or under write-out ---------> back to the head
 *                              |
 *      the policy: used lately ----------------------> back, or active
 *                              |
 *      anonymous, or shared memory that is dirty:
 *      give it a slot of a swap area ----------------> none left: active
 *                              |
 *      mapped: take it from every process (rmap) ----> one is busy: back
 *                              |
 *              flush the TLBs, once for the whole batch
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

#include "block/bio.h"
#include "vm/policy.h"
#include "vm/swap.h"

/*
 * The drawing down to the flush.
 * => page locked; PAGE_RECLAIM: nobody maps it, or will until it is unlocked
 */
static enum page_fate
consider(struct page *page, struct scan_control *sc)
{
    bool anon = page_test(page, PG_anon);
    enum page_fate fate = PAGE_RECLAIM;
    uint64_t vm_flags = 0;
    unsigned use = 0;

    if (page_test(page, PG_writeback)) {
        sc->busy++;
        return PAGE_KEEP;
    }
    if (sc->drop_caches) /* clean and unmapped ones go, used or not */
        return atomic_read(&page->mapcount) ? PAGE_KEEP : PAGE_RECLAIM;
    if (page_referenced(page, &vm_flags, &sc->tlb))
        use |= USED_MAPPED;
    if (page_test_and_clear(page, PG_referenced))
        use |= USED_CALL;
    if ((vm_flags & VM_EXEC) && !anon)
        use |= USED_TEXT;
    if (vm_flags & VM_LOCKED)
        return PAGE_ACTIVATE;
    /* The last round before somebody is killed: an age is no reason. */
    if (sc->priority > 0 || (use & (USED_MAPPED | USED_CALL)))
        fate = reclaim_policy->judge(page, use);
    if (fate != PAGE_RECLAIM)
        return fate;
    if (page_test(page, PG_swapbacked) && (anon || page_test(page, PG_dirty))) {
        if (page_test(page, PG_swapcache) && page_test(page, PG_error)) {
            try_to_free_swap(page); /* its slot is broken: another one */
            return PAGE_ACTIVATE;
        }
        if (!page_test(page, PG_swapcache) &&
            (!sc->may_write || !add_to_swap(page)))
            return PAGE_ACTIVATE;
    }
    if (atomic_read(&page->mapcount) && !try_to_unmap(page, &sc->tlb))
        return PAGE_KEEP;
    return PAGE_RECLAIM;
}

/* The rest of the drawing.  => page locked; unlocks it; true: to be freed */
static bool
leave_or_write(struct page *page, struct scan_control *sc, struct bio_run *run)
{
    bool dirty = page_test(page, PG_dirty), anon = page_test(page, PG_anon);
    bool gone = !dirty;

    if (gone && (page_test(page, PG_swapcache) || (!anon && page->mapping)))
        gone = remove_from_page_cache(page, 2); /* if it is unused */
    else
        /* A clean one is in no cache: MADV_FREE, or truncated. */
        count_vm_events(PGLAZYFREED, gone && anon);
    sc->busy += dirty;
    sc->reclaimed += gone;
    if (dirty && sc->may_write) {
        page_set(page, PG_reclaim);
        write_page(run, page);
    } else {
        unlock_page(page);
    }
    return gone;
}

/*
 * The same at the tail of an active list: program text that is in use stays,
 * it costs most to miss.
 */
static enum page_fate
consider_active(struct page *page, struct scan_control *sc)
{
    uint64_t vm_flags = 0;
    bool used = page_referenced(page, &vm_flags, &sc->tlb);

    return used && (vm_flags & VM_EXEC) && !page_test(page, PG_anon)
               ? PAGE_ACTIVATE
               : PAGE_KEEP;
}

/*
 * Isolated pages of one list.
 * => refs: consumes the isolation's; the array is scratch space
 */
static void
shrink_batch(struct page **pages, unsigned nr, bool active,
             struct scan_control *sc)
{
    struct page *back[SCAN_BATCH];
    struct bio_run run = {.op = BIO_WRITE};
    unsigned nr_back = 0, nr_unmapped = 0, nr_gone = 0;

    for (unsigned i = 0; i < nr; i++) {
        struct page *page = pages[i];
        enum page_fate fate = PAGE_KEEP;

        if (active)
            page_clear(page, PG_active);
        if ((!active || reclaim_policy->two_lists) && trylock_page(page)) {
            fate = active ? consider_active(page, sc) : consider(page, sc);
            if (fate == PAGE_RECLAIM) {
                pages[nr_unmapped++] = page; /* stays locked */
                continue;
            }
            unlock_page(page);
        }
        if (fate == PAGE_ACTIVATE && reclaim_policy->two_lists)
            page_set(page, PG_active);
        sc->rotated += fate == PAGE_ACTIVATE;
        back[nr_back++] = page;
    }
    tlb_batch_flush(&sc->tlb);
    for (unsigned i = 0; i < nr_unmapped; i++)
        if (leave_or_write(pages[i], sc, &run))
            pages[nr_gone++] = pages[i];
        else
            back[nr_back++] = pages[i];
    if (nr_back > 0) /* before their writes end: rotate_lru_page() */
        putback_lru_pages(back, nr_back);
    bio_run_flush(&run);
    put_pages(pages, nr_gone);
}

void
shrink_list(struct zone *z, bool file, bool active, uint64_t nr,
            struct scan_control *sc)
{
    enum lru_list l = lru_list_of(file, active);
    uint64_t *recent_scanned = &z->recent_scanned[file];
    uint64_t *recent_rotated = &z->recent_rotated[file];
    struct page *pages[SCAN_BATCH];

    while (nr > 0 && (active || sc->reclaimed < sc->goal)) {
        uint64_t freed = sc->reclaimed, rotated = sc->rotated;
        unsigned n =
            isolate_lru_pages(z, l, MIN(nr, (uint64_t)SCAN_BATCH), pages);

        if (n == 0)
            return;
        nr -= n;
        shrink_batch(pages, n, active, sc);
        freed = sc->reclaimed - freed;
        rotated = sc->rotated - rotated;
        *recent_scanned += n;
        *recent_rotated += rotated;
        /* The older what was noted is, the less it counts. */
        if (*recent_scanned >
            (z->nr_lru[l] + z->nr_lru[lru_list_of(file, !active)]) / 4) {
            *recent_scanned /= 2;
            *recent_rotated /= 2;
        }
        if (active) {
            count_vm_events(PGDEACTIVATE, n - rotated);
            continue;
        }
        /* In vmevent.h DIRECT comes after KSWAPD, and FILE after ANON. */
        count_vm_events(PGSCAN_KSWAPD + !sc->kswapd, n);
        count_vm_events(PGSTEAL_KSWAPD + !sc->kswapd, freed);
        count_vm_events(PGSCAN_ANON + file, n);
        count_vm_events(PGSTEAL_ANON + file, freed);
    }
}
