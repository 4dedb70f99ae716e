/* SPDX-License-Identifier: MIT */
/*
 * LRU lists, reclaim, OOM: how page frames come back.
 *
 * Keys as in mm/zone.h and mm/page.h.
 */
#pragma once

#include "vm/pagecache.h"
#include "vm/rmap.h"

/* --- lru.c */
#define lru_list_of(file, active)                                              \
    ((enum lru_list)((file)*LRU_INACTIVE_FILE + (active)))
_Static_assert(LRU_ACTIVE_ANON == 1 && LRU_ACTIVE_FILE == LRU_INACTIVE_FILE + 1,
               "lru_list_of() counts on it");

void lru_add(struct page *page); /* a new page; PG_swapbacked says anon */
void lru_del(struct page **pages, unsigned nr); /* those with PG_lru */
void mark_page_accessed(struct page *page);     /* second touch activates */
void rotate_lru_page(struct page *page); /* it may go next: any context */
/*
 * Change flags of a page that is on a list: it goes to the head of the one
 * where it then belongs.  refs, if not 0, are all references that there may
 * be: reclaim, which takes its own under the same lock, does not have it then.
 * => false: nothing has changed
 */
bool lru_change(struct page *page, int32_t refs, uint64_t clear, uint64_t set);
/* Take up to max pages from the tail of a list, referenced.  => how many */
unsigned isolate_lru_pages(struct zone *zone, enum lru_list l, uint64_t max,
                           struct page **out);
/* Undo: to the head of the list; drops the references.  All of one zone. */
void putback_lru_pages(struct page **pages, unsigned nr);

enum { SCAN_BATCH = 32 }; /* pages that are isolated at a time */

/* --- reclaim_page.c: for reclaim.c.  A scan under way. */
struct scan_control {
    unsigned priority; /* look at 1 / 2^priority of each list */
    uint64_t goal;     /* stop when so many were freed */
    bool may_write;    /* start write-out, of file pages and to swap */
    bool drop_caches;  /* clean and not mapped means gone, nothing else */
    bool kswapd;
    uint64_t reclaimed;
    uint64_t rotated;     /* found to be in use */
    uint64_t busy;        /* dirty or under write-out: waiting would help */
    struct tlb_batch tlb; /* entries changed since the last flush */
};

/*
 * Look at up to nr pages from the tail of a list: those of an active one go to
 * the inactive one or back, those of an inactive one are freed, written or put
 * back, until the goal is reached.
 */
void shrink_list(struct zone *z, bool file, bool active, uint64_t nr,
                 struct scan_control *sc);

/* --- reclaim.c */
void reclaim_start(void);  /* kswapd, upcalls */
bool zones_balanced(void); /* every zone has more free than `high` */
/* drop_caches: 1 page cache, 2 slabs, 3 both. */
void drop_caches(uint64_t what);

/* --- oom.c */
bool out_of_memory(gfp_t gfp, unsigned order);
/* Points of a task: 0: never; Linux's scale. */
uint64_t oom_badness(struct task *t);
/* What they are a part of: RAM and swap, in pages. */
#define oom_scale() (total_ram_pages() + total_swap_pages())
