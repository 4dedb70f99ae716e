/* SPDX-License-Identifier: MIT */
/* scan.h - what reclaim.c and reclaim_page.c share: a scan under way. */
#ifndef VM_SCAN_H
#define VM_SCAN_H

#include "vm/cache_internal.h"
#include "vm/policy.h"
#include "vm/rmap.h"

struct scan_control {
    unsigned priority; /* look at 1 / 2^priority of each list */
    uint64_t goal;     /* stop when so many were freed */
    bool may_write;    /* start write-out, of file pages and to swap */
    bool drop_caches;  /* clean and not mapped means gone, nothing else */
    bool kswapd;
    uint64_t reclaimed;
    uint64_t rotated;        /* found to be in use */
    uint64_t busy;           /* dirty or under write-out: waiting would help */
    struct tlb_batch tlb;    /* entries changed since the last flush */
    struct bio_run swap_run; /* pages on their way to a swap area */
};

/*
 * Look at isolated pages of an inactive list, linked by lru, and free them,
 * write them or put them back.
 * => refs: consumes the isolation's
 */
void reclaim_pages(struct list_head *batch, struct scan_control *sc);
/* The same for an active list: to the inactive list, or back. */
void deactivate_pages(struct list_head *batch, struct scan_control *sc);

#endif
