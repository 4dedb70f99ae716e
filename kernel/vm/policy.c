/* SPDX-License-Identifier: MIT */
/*
 * policy.c - the replacement policies: lru, clock, lfu, fifo.
 *
 * All work on the same queue: pages enter at the head, and the one at the tail
 * is judged.
 *
 *   fifo    it goes.
 *
 *   clock   it goes, unless it was used: then it gets another round.  The
 *           queue is the clock's face, its tail the hand.
 *
 *   lfu     each page has an age: it goes up by AGE_STEP when it was used,
 *           down by 1 when it was not, and at 0 the page goes.  The fault
 *           that brought it in counts 1 only, so that a page used once does
 *           not outlast one that is used again and again (aging, as Linux had
 *           until 2.2).  What was used often stays for AGE_MAX rounds.
 *
 *   lru     two queues.  A page that was used gets another round in the
 *           inactive one, and if it was used in that too, goes to the active
 *           one, from whose tail pages come back while it is the longer.  So
 *           a stream of pages that are used once passes through the inactive
 *           queue and leaves the active one alone: Linux's second chance.
 *
 * None of them is exact LRU, which would want to know the order of all
 * accesses; they know one bit a round.  tests/policies shows how far they are
 * from it, and from the optimum.
 *
 * See: policy.h; Corbato 1968 for clock; Gorman, chapter 10, for lru.
 */
#include "vm/policy.h"

#include "include/errno.h"
#include "mm/page.h"

enum { AGE_NEW = 1, AGE_STEP = 3, AGE_MAX = 8 };

static enum page_fate
fifo_judge(struct page *page __maybe_unused, unsigned use __maybe_unused)
{
    return PAGE_RECLAIM;
}

static enum page_fate
clock_judge(struct page *page __maybe_unused, unsigned use)
{
    return use & (USED_MAPPED | USED_CALL) ? PAGE_KEEP : PAGE_RECLAIM;
}

static enum page_fate
lfu_judge(struct page *page, unsigned use)
{
    if (!(use & (USED_MAPPED | USED_CALL)))
        page->policy -= page->policy > 0;
    else if (page->policy == 0)
        page->policy = AGE_NEW;
    else
        page->policy = MIN(page->policy + AGE_STEP, (uint32_t)AGE_MAX);
    return page->policy > 0 ? PAGE_KEEP : PAGE_RECLAIM;
}

static enum page_fate
lru_judge(struct page *page, unsigned use)
{
    if (!(use & USED_MAPPED))
        return PAGE_RECLAIM; /* read(2) activates by itself: lru.c */
    if (use & (USED_CALL | USED_TEXT))
        return PAGE_ACTIVATE;
    page_set(page, PG_referenced);
    return PAGE_KEEP;
}

static const struct reclaim_policy policies[] = {
    {"lru", true, lru_judge},
    {"clock", false, clock_judge},
    {"lfu", false, lfu_judge},
    {"fifo", false, fifo_judge},
};

const struct reclaim_policy *reclaim_policy = &policies[0];

int
set_reclaim_policy(const char *name)
{
    for (unsigned i = 0; i < ARRAY_SIZE(policies); i++)
        if (strcmp(policies[i].name, name) == 0) {
            WRITE_ONCE(reclaim_policy, &policies[i]);
            return 0;
        }
    return -EINVAL;
}
