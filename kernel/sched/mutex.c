/* SPDX-License-Identifier: MIT */
/*
 * mutex.c - sleeping locks: reader/writer semaphores and mutexes.
 *
 * How.  `count` is the whole lock: the number of readers, or -1 for a writer.
 *
 *           -1                 0                1, 2, 3, ...
 *         writer  <------>   free  <------>   so many readers
 *
 * Taking it and giving it back is one atomic operation each when nobody is in
 * the way.  A reader may enter unless there is a writer or one waits; so a
 * stream of readers cannot starve a writer.  When the lock becomes free all
 * waiting readers and one waiting writer are woken and whoever is first goes
 * on: if that is the writer, the readers sleep again, and then it is their
 * turn, unless a further writer waits.
 *
 * A mutex is a semaphore that has only writers: each release wakes one, and
 * between release and its turn somebody else may take the lock; the waiter
 * then sleeps again.
 *
 * Invariants
 *   I1  Whoever stops being the reason why somebody waits wakes the queue: the
 *       last reader out, the writer, and a writer that gives up waiting.
 *
 * The memory of a lock must outlive its release: wakeups come after the lock
 * is free.
 *
 * Locks: the wait queue's, inside wait.c.  Order is checked by core/lockdep.c.
 *
 * Not done: spinning while the owner runs; priority inheritance; handing over
 * in order of arrival: many writers in a row can keep readers out, which none
 * of our locks sees.
 */
#include "sched/mutex.h"

#include "core/lockdep.h"
#include "lib/assert.h"

enum { RWSEM_WRITER = -1 };

static inline bool
try(struct rwsem *s, bool write)
{
    int64_t n = atomic_read(&s->count);

    do
        if (write ? n != 0 : n < 0 || atomic_read(&s->waiting_writers) > 0)
            return false;
    while (!atomic_compare_exchange_weak_explicit(
        &s->count, &n, write ? RWSEM_WRITER : n + 1, memory_order_acquire,
        memory_order_relaxed));
    return true;
}

/* Sleep until we have s.  Apart, so that who gets it at once needs no frame. */
static __noinline int
wait_for(struct rwsem *s, bool write, uint32_t state, unsigned subclass,
         uint64_t caller)
{
    int64_t ret;

    atomic_fetch_add(&s->waiting_writers, write);
    ret =
        __wait_event_full(&s->wait, try(s, write), state, WAIT_FOREVER, write);
    atomic_fetch_sub(&s->waiting_writers, write);
    if (ret < 0) {
        wake_up(&s->wait); /* I1; also, the wakeup may have been for us alone */
        return -EINTR;
    }
    lock_acquired(s, s->rank, subclass, caller);
    return 0;
}

int
rwsem_lock(struct rwsem *s, bool write, uint32_t state, unsigned subclass)
{
    might_sleep();
    lock_check_order(s, s->rank, subclass);
    if (unlikely(!try(s, write)))
        return wait_for(s, write, state, subclass, RETURN_ADDRESS);
    lock_acquired(s, s->rank, subclass, RETURN_ADDRESS);
    return 0;
}

bool
rwsem_trylock(struct rwsem *s, bool write)
{
    bool got = try(s, write);

    if (got)
        lock_acquired(s, s->rank, 0, RETURN_ADDRESS);
    return got;
}

/* I1: at the end of a writer, or of the last reader. */
void
rwsem_unlock(struct rwsem *s, int64_t by)
{
    int64_t before;

    lock_released(s);
    before = atomic_fetch_add_explicit(&s->count, by, memory_order_release);
    ASSERT(by < 0 ? before > 0 : before == RWSEM_WRITER);
    if (before <= 1)
        wake_up(&s->wait);
}
