/* SPDX-License-Identifier: MIT */
/*
 * reclaim.c - getting page frames back when they run short.
 *
 *   allocation below low ---> kswapd: until every zone is above high
 *   allocation below min ---> direct reclaim: until some pages came back
 *
 * Both scan: priority DEF_PRIORITY looks at 1/2^12 of a list, each round that
 * finds too little lowers it, at 0 the whole list is looked at.  A round
 * moves pages from the active tail to the inactive list while the active one
 * is longer, then takes batches from the inactive tail:
 *
 *   locked, under writeback     back to the head; writers are awaited later
 *   used since last looked at   mapped: to the active list; else another turn
 *   mapped                      unmapped from every process through rmap
 *   dirty                       write-out started, back to the head
 *   clean, nobody holds it      removed from the cache and freed
 *
 * Reclaim never waits for a lock: page locks and i_mmap locks are tried.  It
 * never enters the file system, since write-out of a dirty page is one bio
 * (DESIGN.md section 8).  The thread works under SCOPE_MEMALLOC, so what it
 * allocates comes from the reserve and does not reclaim again.
 *
 * Not done yet: anonymous pages (they need swap); they stay where they are.
 * See: Gorman, chapter 10; Linux mm/vmscan.c for the vocabulary.
 */
#include "vm/reclaim.h"

#include "include/errno.h"
#include "lib/assert.h"
#include "lib/macros.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"
#include "sched/kthread.h"
#include "sched/sched.h"
#include "sched/timer.h"
#include "vm/cache_internal.h"
#include "vm/flusher.h"
#include "vm/mm.h"
#include "vm/rmap.h"

enum {
    DEF_PRIORITY = 12,
    SCAN_BATCH = 32,   /* pages isolated at a time */
    RECLAIM_GOAL = 32, /* direct reclaim stops after so many */
    STALL_MS = 100,    /* longest wait for a write to end */
};

struct scan_control {
    unsigned priority;
    uint64_t goal;      /* stop when so many were freed */
    bool may_write;     /* start write-out */
    bool ignore_access; /* drop_caches: clean means gone */
    bool kswapd;
    uint64_t scanned;
    uint64_t reclaimed;
    uint64_t busy; /* dirty or under writeback: waiting would help */
};

static struct wait_queue kswapd_wait = WAIT_QUEUE_INIT(kswapd_wait);
static _Atomic uint32_t kswapd_woken;

/* --- One page */

enum page_fate { KEEP, ACTIVATE, FREED };

/* Was it used since we last looked? */
static bool
used_recently(struct page *page, const struct scan_control *sc)
{
    uint64_t vm_flags = 0;
    int referenced;
    bool flagged;

    if (sc->ignore_access)
        return false;
    referenced = page_referenced(page, &vm_flags);
    flagged = page_test_and_clear(page, PG_referenced);
    /* Program text is worth a second chance; other pages need two uses. */
    if (referenced && (vm_flags & VM_EXEC))
        return true;
    return referenced && flagged;
}

/* => page locked and isolated (one reference is ours) */
static enum page_fate
reclaim_locked_page(struct page *page, struct scan_control *sc)
{
    if (page_test(page, PG_anon) || !page->mapping)
        return page->mapping ? KEEP : FREED;
    if (page_test(page, PG_writeback)) {
        sc->busy++;
        return KEEP;
    }
    if (used_recently(page, sc))
        return ACTIVATE;
    if (atomic_read(&page->mapcount) &&
        (sc->ignore_access || !try_to_unmap(page, true)))
        return KEEP;
    if (page_test(page, PG_dirty)) {
        sc->busy++;
        return KEEP;
    }
    return remove_page_if_unused(page, 2) ? FREED : KEEP;
}

/* => refs: consumes the isolation reference, or puts the page back */
static void
reclaim_page(struct page *page, struct scan_control *sc)
{
    enum page_fate fate;

    if (!trylock_page(page)) {
        putback_lru_page(page);
        return;
    }
    fate = reclaim_locked_page(page, sc);
    if (fate == KEEP && sc->may_write && page->mapping &&
        page_test(page, PG_dirty) && !page_test(page, PG_writeback))
        write_page_out(page); /* unlocks */
    else
        unlock_page(page);
    if (fate == FREED) {
        sc->reclaimed++;
        page_clear(page, PG_active);
        put_page(page);
        return;
    }
    if (fate == ACTIVATE)
        page_set(page, PG_active);
    putback_lru_page(page);
}

/* --- One zone */

static uint64_t
shrink_inactive_list(struct zone *z, uint64_t nr, struct scan_control *sc)
{
    uint64_t before = sc->reclaimed;
    LIST_HEAD(batch);
    unsigned n;

    n = isolate_lru_batch(z, LRU_INACTIVE_FILE,
                          (unsigned)MIN(nr, (uint64_t)SCAN_BATCH), &batch);
    while (!list_empty(&batch)) {
        struct page *page = list_first_entry(&batch, struct page, lru);

        list_del(&page->lru);
        reclaim_page(page, sc);
    }
    page_referenced_flush(); /* of the accessed bits that were cleared */
    sc->scanned += n;
    count_vm_events(sc->kswapd ? PGSCAN_KSWAPD : PGSCAN_DIRECT, n);
    count_vm_events(sc->kswapd ? PGSTEAL_KSWAPD : PGSTEAL_DIRECT,
                    sc->reclaimed - before);
    return n;
}

/* Age up to nr pages from the active tail. */
static uint64_t
shrink_active_list(struct zone *z, uint64_t nr)
{
    LIST_HEAD(batch);
    unsigned n;

    n = isolate_lru_batch(z, LRU_ACTIVE_FILE,
                          (unsigned)MIN(nr, (uint64_t)SCAN_BATCH), &batch);
    while (!list_empty(&batch)) {
        struct page *page = list_first_entry(&batch, struct page, lru);

        list_del(&page->lru);
        page_clear(page, PG_active);
        putback_lru_page(page);
    }
    count_vm_events(PGDEACTIVATE, n);
    return n;
}

static void
shrink_zone(struct zone *z, struct scan_control *sc)
{
    uint64_t active = z->nr_lru[LRU_ACTIVE_FILE];
    uint64_t inactive = z->nr_lru[LRU_INACTIVE_FILE];
    uint64_t age = 0, scan = (inactive >> sc->priority) + 1;

    if (active > inactive || sc->ignore_access)
        age = (active >> sc->priority) + 1;
    while (age > 0) {
        uint64_t n = shrink_active_list(z, age);

        if (n == 0)
            break;
        age -= MIN(n, age);
    }
    if (sc->priority < DEF_PRIORITY)
        scan += SCAN_BATCH;
    while (scan > 0 && sc->reclaimed < sc->goal) {
        uint64_t n = shrink_inactive_list(z, scan, sc);

        if (n == 0)
            break;
        scan -= MIN(n, scan);
    }
}

/* All zones once, and the slabs in proportion. */
static void
shrink_zones(struct scan_control *sc)
{
    for_each_zone(z)
        shrink_zone(z, sc);
    sc->reclaimed += shrink_slab(sc->priority);
}

/* --- Direct reclaim */

static bool
reclaimable_context(void)
{
    return !(current_thread()->scope & SCOPE_MEMALLOC);
}

static uint64_t
direct_reclaim(gfp_t gfp, unsigned order)
{
    struct scan_control sc = {
        .goal = MAX((uint64_t)RECLAIM_GOAL, 1UL << (order + 1)),
        .may_write = !(current_thread()->scope & SCOPE_NOIO),
    };
    uint32_t scope;

    (void)gfp;
    if (!reclaimable_context())
        return 0;
    count_vm_event(ALLOCSTALL);
    scope = memalloc_scope_save(SCOPE_MEMALLOC);
    for (int prio = DEF_PRIORITY; prio >= 0; prio--) {
        sc.priority = (unsigned)prio;
        sc.busy = 0;
        shrink_zones(&sc);
        if (sc.reclaimed >= sc.goal || fatal_signal_pending(current))
            break;
        if (sc.busy > 0 && sc.may_write)
            wait_for_write_progress(ms_to_ticks(STALL_MS));
    }
    memalloc_scope_restore(scope);
    return sc.reclaimed;
}

/* --- kswapd */

static void
wake_kswapd(struct zone *z)
{
    (void)z;
    if (!atomic_exchange(&kswapd_woken, 1))
        wake_up_all(&kswapd_wait);
}

static bool
zones_balanced(void)
{
    for_each_zone(z) {
        if (atomic_read(&z->free_pages) < z->watermark[WMARK_HIGH])
            return false;
    }
    return true;
}

/* Until all zones are above high, or nothing more can be had. */
static void
balance_zones(void)
{
    struct scan_control sc = {
        .goal = UINT64_MAX, .may_write = true, .kswapd = true};

    count_vm_event(PAGEOUTRUN);
    for (int prio = DEF_PRIORITY; prio >= 0 && !zones_balanced(); prio--) {
        uint64_t before = sc.reclaimed;

        sc.priority = (unsigned)prio;
        sc.busy = 0;
        shrink_zones(&sc);
        if (sc.reclaimed - before >= RECLAIM_GOAL)
            prio = MIN(prio + 1, DEF_PRIORITY); /* it works: no harder */
        else if (sc.busy > 0)
            wait_for_write_progress(ms_to_ticks(STALL_MS));
    }
}

static void
kswapd(void *arg)
{
    (void)arg;
    memalloc_scope_save(SCOPE_MEMALLOC | SCOPE_NOFS);
    for (;;) {
        wait_event(&kswapd_wait, atomic_load(&kswapd_woken));
        atomic_store(&kswapd_woken, false);
        balance_zones();
    }
}

/* --- Start, drop_caches */

static const struct reclaim_ops ops = {
    .direct_reclaim = direct_reclaim,
    .wake_kswapd = wake_kswapd,
    .out_of_memory = out_of_memory,
    .release_lru = lru_del,
};

void
reclaim_start(void)
{
    reclaim_register(&ops);
    if (!kthread_run("kswapd", kswapd, NULL))
        panic("cannot start kswapd");
}

void
drop_caches(unsigned what)
{
    struct scan_control sc = {.goal = UINT64_MAX, .ignore_access = true};
    uint64_t before;

    do { /* ends: each round frees something, or is the last */
        before = sc.reclaimed;
        if (what & 2)
            while (shrink_slab(0) > 0)
                continue;
        for_each_zone(z) {
            if (what & 1)
                shrink_zone(z, &sc);
        }
    } while (sc.reclaimed > before && !fatal_signal_pending(current));
    if (what & 2)
        kmem_shrink_all();
    if (what & 1)
        count_vm_event(DROP_PAGECACHE);
    if (what & 2)
        count_vm_event(DROP_SLAB);
    kstack_drain();
    drain_all_pages();
}
