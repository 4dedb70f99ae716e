/* SPDX-License-Identifier: MIT */
/*
 * policy.h - who goes next: the replacement policies, apart from how a page
 * leaves and returns (reclaim.c).
 *
 * A policy judges one page at a time, the one at the tail of the inactive
 * list, and says what becomes of it.  It knows whether the page was used since
 * it was last looked at; it may keep a number of its own in page->policy and
 * use PG_referenced.  policy.c is pure: it also runs on the host, over exact
 * traces (tests/policies).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct page;

enum page_fate {
    PAGE_RECLAIM,  /* it goes */
    PAGE_KEEP,     /* back to the head of the inactive list */
    PAGE_ACTIVATE, /* to the active list */
};

/* What is known of a page's use since it was last judged. */
enum page_use {
    USED_MAPPED = 1, /* an accessed bit was set: it has been cleared */
    USED_CALL = 2,   /* PG_referenced was set, by read(2) or by the policy; it
                        has been cleared */
    USED_TEXT = 4,   /* somebody may execute it */
};

struct reclaim_policy {
    const char *name;
    bool two_lists; /* else the active list is emptied and not used */
    enum page_fate (*judge)(struct page *page, unsigned use);
};

/* The one in force; set_reclaim_policy: -EINVAL if there is none of the name */
extern const struct reclaim_policy *reclaim_policy;
int set_reclaim_policy(const char *name);

/* Should pages move from the active to the inactive list? */
static inline bool
inactive_is_low(uint64_t active, uint64_t inactive)
{
    return reclaim_policy->two_lists ? active > inactive : active > 0;
}
