/* SPDX-License-Identifier: MIT */
/*
 * mutex.c - sleeping locks: reader/writer semaphores and mutexes.
 *
 * How.  `count` is the whole lock: the number of readers, or -1 for a writer.
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
 *   I2  writer is the current task exactly in the task that holds s for
 *       writing.
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
#include "sched/sched.h"

enum { RWSEM_WRITER = -1 };

void
rwsem_init(struct rwsem *s, enum lock_rank rank, const char *name)
{
    atomic_set(&s->count, 0);
    atomic_set(&s->waiting_writers, 0);
    s->writer = NULL;
    wait_queue_init(&s->wait);
    s->rank = (uint16_t)rank;
    s->name = name;
}

static inline bool
try_read(struct rwsem *s)
{
    int64_t n = atomic_read(&s->count);

    while (n >= 0 && atomic_read(&s->waiting_writers) == 0)
        if (atomic_compare_exchange_weak_explicit(&s->count, &n, n + 1,
                                                  memory_order_acquire,
                                                  memory_order_relaxed))
            return true;
    return false;
}

static inline bool
try_write(struct rwsem *s)
{
    int64_t free = 0;

    if (!atomic_compare_exchange_strong_explicit(&s->count, &free, RWSEM_WRITER,
                                                 memory_order_acquire,
                                                 memory_order_relaxed))
        return false;
    s->writer = current;
    return true;
}

static inline bool
try(struct rwsem *s, bool write)
{
    return write ? try_write(s) : try_read(s);
}

/* Sleep until we have s.  => 0, or -EINTR: killed */
static __noinline int
wait_for(struct rwsem *s, bool write, uint32_t state)
{
    int64_t ret;

    if (write)
        atomic_inc(&s->waiting_writers);
    ret =
        __wait_event_full(&s->wait, try(s, write), state, WAIT_FOREVER, write);
    if (write)
        atomic_dec(&s->waiting_writers);
    if (ret >= 0)
        return 0;
    if (write) /* I1; also, the wakeup may have been meant for us alone */
        wake_up(&s->wait);
    return -EINTR;
}

int
rwsem_lock(struct rwsem *s, bool write, uint32_t state, unsigned subclass)
{
    might_sleep();
    lock_check_order(s, s->rank, subclass);
    if (unlikely(!try(s, write)) && wait_for(s, write, state))
        return -EINTR;
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

void
up_read(struct rwsem *s)
{
    int64_t before;

    lock_released(s);
    before = atomic_fetch_sub_explicit(&s->count, 1, memory_order_release);
    ASSERT(before > 0);
    if (before == 1)
        wake_up(&s->wait);
}

void
up_write(struct rwsem *s)
{
    lock_released(s);
    ASSERT(s->writer == current);
    s->writer = NULL;
    atomic_store_explicit(&s->count, 0, memory_order_release);
    wake_up(&s->wait);
}
