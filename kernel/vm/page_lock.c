/* SPDX-License-Identifier: MIT */
/*
 * page_lock.c - the sleeping lock in page->flags, and waiting for writeback.
 *
 * There are far more pages than waiters, so the wait queues are hashed by
 * the page's address; a wakeup touches only the waiters of its page (the
 * key).  PG_waiters spares unlock_page() the look at the queue when nobody
 * waits.
 *
 * No wakeup is lost: a waiter 1. queues itself, 2. sets PG_waiters, 3. tests
 * the bit it waits for.  The waker 1. clears that bit, 2. clears PG_waiters,
 * 3. wakes the queue.  A waiter whose step 2 came before the waker's step 2
 * is queued and is woken; one that came later leaves PG_waiters set for the
 * next waker, or sees the bit clear in step 3.
 *
 * Locks: the bit lock has rank RANK_PAGE (data) or RANK_META_PAGE; several
 * data pages are locked in ascending index.  Not done: lockdep does not see
 * page locks, as they may be released by an interrupt.
 */
#include "vm/reclaim.h"

#include "lib/hash.h"
#include "sched/sched.h"

enum { PAGE_WAIT_BITS = 6 };
static struct wait_queue page_waits[1 << PAGE_WAIT_BITS];

static struct wait_queue *
page_wait_queue(const struct page *page)
{
    return &page_waits[hash_64((uint64_t)page, PAGE_WAIT_BITS)];
}

void
page_lock_init(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(page_waits); i++)
        wait_queue_init(&page_waits[i]);
}

/* Is the bit clear?  take: and now ours. */
static inline bool
test_bit(struct page *page, enum page_flag bit, bool take)
{
    return take ? !page_test_and_set(page, bit) : !page_test(page, bit);
}

int
wait_on_page_bit(struct page *page, enum page_flag bit, uint32_t state,
                 bool take)
{
    struct wait_queue *q = page_wait_queue(page);
    struct wait_entry wait;
    int err = 0;

    if (test_bit(page, bit, take))
        return 0;
    wait_entry_init(&wait);
    wait.key = (uint64_t)page;
    while (!err) {
        prepare_to_wait(q, &wait, state);
        page_set(page, PG_waiters);
        if (test_bit(page, bit, take))
            break;
        if (wait_interrupted(state))
            err = -EINTR;
        else
            schedule();
    }
    finish_wait(q, &wait);
    return err;
}

void
clear_page_bit(struct page *page, enum page_flag bit)
{
    page_clear(page, bit);
    if (page_test_and_clear(page, PG_waiters))
        wake_up_key(page_wait_queue(page), (uint64_t)page, true);
}
