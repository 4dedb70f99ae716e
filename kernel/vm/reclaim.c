/* SPDX-License-Identifier: MIT */
/*
 * reclaim.c - getting page frames back when they run short.
 *
 *   allocation below low ---> kswapd: until every zone is above high
 *   allocation below min ---> direct reclaim: until some pages came back
 *
 * Both scan: priority DEF_PRIORITY looks at 1/2^12 of each list, each round
 * that finds too little lowers it, at 0 the whole list is looked at.  A round
 * moves pages from the active tail to the inactive list while the policy wants
 * that (policy.c), then takes batches from the inactive tail, and asks the
 * slab shrinkers in proportion.  What becomes of one page: reclaim_page.c.
 *
 * Between anonymous pages and those of files it divides its effort by what it
 * lately found: who has many pages that are in use is looked at less.
 *
 * The thread works under SCOPE_MEMALLOC, so what it allocates comes from the
 * reserve and does not reclaim again.
 *
 * Locks: none are waited for; recent_scanned and recent_rotated are racy.
 *
 * See: Gorman, chapter 10; Linux mm/vmscan.c for the vocabulary.
 */
#include "vm/reclaim.h"

#include "core/bootargs.h"
#include "core/printk.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"
#include "sched/sched.h"
#include "vm/policy.h"
#include "vm/swap.h"

enum {
    DEF_PRIORITY = 12,
    RECLAIM_GOAL = 32, /* direct reclaim stops after so many */
    STALL_MS = 100,    /* longest wait for a write to end */
    MAX_SWAPPINESS = 200,
};

static struct wait_queue kswapd_wait = WAIT_QUEUE_INIT(kswapd_wait);
static _Atomic uint32_t kswapd_woken;

/* --- One zone */

/*
 * How hard to look at anonymous pages and at those of files, as weights: where
 * pages are found in use again and again (rotated) it is less worth looking.
 * swappiness leans the balance.
 */
static void
shrink_zone(struct zone *z, struct scan_control *sc)
{
    uint64_t files = z->nr_lru[LRU_ACTIVE_FILE] + z->nr_lru[LRU_INACTIVE_FILE];
    uint64_t weight[2] = {0, 0}, sum = 0;

    if (sc->drop_caches || sc->priority == 0) {
        weight[0] = weight[1] = sum = 1; /* all of both */
    } else if (!sc->may_write || free_swap_pages() == 0 || vm_swappiness == 0) {
        weight[1] = 1;
    } else if (atomic_read(&z->free_pages) + files <=
               z->watermark[WMARK_HIGH]) {
        weight[0] = 1; /* of files hardly anything is left */
    } else {
        weight[0] = vm_swappiness * (z->recent_scanned[0] + 1) /
                    (z->recent_rotated[0] + 1);
        weight[1] = (MAX_SWAPPINESS - vm_swappiness) *
                    (z->recent_scanned[1] + 1) / (z->recent_rotated[1] + 1);
    }
    sum = sum ?: weight[0] + weight[1];
    for (unsigned file = 0; file < 2; file++) {
        uint64_t active = z->nr_lru[lru_list_of(file, true)];
        uint64_t inactive = z->nr_lru[lru_list_of(file, false)];
        uint64_t scan = sc->priority < DEF_PRIORITY ? SCAN_BATCH : 0;

        if (weight[file] == 0)
            continue;
        if (sc->drop_caches || inactive_is_low(active, inactive))
            shrink_list(z, file, true,
                        ((active >> sc->priority) + 1) * weight[file] / sum,
                        sc);
        scan += ((inactive >> sc->priority) + 1) * weight[file] / sum;
        shrink_list(z, file, false, scan, sc);
    }
}

/* --- kswapd and direct reclaim */

bool
zones_balanced(void)
{
    for_each_zone(z) {
        if (atomic_read(&z->free_pages) < z->watermark[WMARK_HIGH])
            return false;
    }
    return true;
}

/* Rounds of growing effort over all zones, and the slabs in proportion. */
static void
reclaim(struct scan_control *sc)
{
    for (int prio = DEF_PRIORITY; prio >= 0; prio--) {
        uint64_t before = sc->reclaimed;
        struct wait_entry wait;

        sc->priority = (unsigned)prio;
        sc->busy = 0;
        for_each_zone(z)
            shrink_zone(z, sc);
        sc->reclaimed += shrink_slab(sc->priority);
        if (sc->kswapd
                ? zones_balanced()
                : sc->reclaimed >= sc->goal || fatal_signal_pending(current))
            break;
        if (sc->kswapd && sc->reclaimed - before >= RECLAIM_GOAL) {
            prio = MIN(prio + 1, DEF_PRIORITY);     /* it works: no harder */
        } else if (sc->busy > 0 && sc->may_write) { /* until a write ends */
            wait_entry_init(&wait);
            prepare_to_wait(&progress_wait, &wait, TASK_UNINTERRUPTIBLE);
            if (global_zone_stat(NR_WRITEBACK) > 0)
                schedule_timeout((int64_t)ms_to_ticks(STALL_MS));
            finish_wait(&progress_wait, &wait);
        }
    }
}

static uint64_t
direct_reclaim(unsigned order)
{
    struct scan_control sc = {
        .goal = MAX((uint64_t)RECLAIM_GOAL, 1UL << (order + 1)),
        .may_write = !(current_thread()->scope & SCOPE_NOIO),
    };
    uint32_t scope = memalloc_scope_save(SCOPE_MEMALLOC);

    reclaim(&sc);
    memalloc_scope_restore(scope);
    return sc.reclaimed;
}

static void
wake_kswapd(void)
{
    if (!atomic_exchange(&kswapd_woken, 1))
        wake_up_all(&kswapd_wait);
}

static void
kswapd(void)
{
    memalloc_scope_save(SCOPE_MEMALLOC | SCOPE_NOFS);
    for (;;) {
        struct scan_control sc = {
            .goal = UINT64_MAX, .may_write = true, .kswapd = true};

        wait_event(&kswapd_wait, atomic_exchange(&kswapd_woken, 0));
        if (!zones_balanced())
            reclaim(&sc);
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
    const char *policy = bootarg_find("reclaim_policy");

    if (policy && set_reclaim_policy(policy))
        pr_warn("there is no reclaim policy %s", policy);
    reclaim_ops = &ops;
    kthread_run("kswapd", kswapd);
}

void
drop_caches(uint64_t what)
{
    struct scan_control sc = {.goal = UINT64_MAX, .drop_caches = true};
    uint64_t before;

    while (atomic_read(&nr_leaving) > 0) { /* their stacks come back first */
        set_current_state(TASK_UNINTERRUPTIBLE);
        schedule_timeout(1);
    }
    do { /* ends: each round frees something, or is the last */
        before = sc.reclaimed;
        while ((what & 2) && shrink_slab(0) > 0)
            continue;
        for_each_zone(z) {
            if (what & 1)
                shrink_zone(z, &sc);
        }
    } while (sc.reclaimed > before && !fatal_signal_pending(current));
    if (what & 2)
        kmem_shrink_all();
    kstack_drain();
    drain_all_pages();
}
