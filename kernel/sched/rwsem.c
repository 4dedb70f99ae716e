/* SPDX-License-Identifier: MIT */
/*
 * rwsem.c - sleeping reader/writer locks.
 *
 * `count` is the number of readers, or -1 for a writer.  A reader may enter
 * unless there is a writer or one waits; so a stream of readers cannot starve
 * a writer.  When the lock becomes free all waiting readers and one waiting
 * writer are woken and whoever is first goes on: if that is the writer, the
 * readers sleep again, and then it is their turn, unless a further writer
 * waits.
 *
 * I1  Whoever stops being the reason why somebody waits wakes the queue: the
 *     last reader out, the writer, and a writer that gives up waiting.
 *
 * Not done: handing over in order of arrival; many writers in a row can keep
 * readers out, which none of our locks sees.
 */
#include "core/lockdep.h"
#include "include/errno.h"
#include "lib/assert.h"
#include "sched/mutex.h"
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

    return atomic_compare_exchange_strong_explicit(
        &s->count, &free, RWSEM_WRITER, memory_order_acquire,
        memory_order_relaxed);
}

/* Sleep until `try` succeeds; exclusive: one such waiter a wakeup. */
static int
rwsem_wait(struct rwsem *s, bool (*try)(struct rwsem *), bool exclusive,
           uint32_t state)
{
    struct wait_entry e;
    int err = 0;

    wait_entry_init(&e);
    e.exclusive = exclusive;
    for (;;) {
        prepare_to_wait(&s->wait, &e, state);
        if (try(s))
            break;
        if (wait_interrupted(state)) {
            err = -EINTR;
            break;
        }
        schedule();
    }
    finish_wait(&s->wait, &e);
    return err;
}

static inline int
read_lock(struct rwsem *s, uint32_t state, uint64_t caller)
{
    int err = 0;

    might_sleep();
    lock_check_order(s, s->rank, 0);
    if (unlikely(!try_read(s)))
        err = rwsem_wait(s, try_read, false, state);
    if (!err)
        lock_acquired(s, s->rank, 0, caller);
    return err;
}

void
down_read(struct rwsem *s)
{
    read_lock(s, TASK_UNINTERRUPTIBLE, RETURN_ADDRESS);
}

int
down_read_killable(struct rwsem *s)
{
    return read_lock(s, TASK_KILLABLE, RETURN_ADDRESS);
}

bool
down_read_trylock(struct rwsem *s)
{
    if (!try_read(s))
        return false;
    lock_acquired(s, s->rank, 0, RETURN_ADDRESS);
    return true;
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

static int
write_lock(struct rwsem *s, uint32_t state, unsigned subclass, uint64_t caller)
{
    int err = 0;

    might_sleep();
    lock_check_order(s, s->rank, subclass);
    if (unlikely(!try_write(s))) {
        atomic_inc(&s->waiting_writers);
        err = rwsem_wait(s, try_write, true, state);
        atomic_dec(&s->waiting_writers);
        if (err) { /* readers may have waited for us alone */
            wake_up(&s->wait);
            return err;
        }
    }
    s->writer = current;
    lock_acquired(s, s->rank, subclass, caller);
    return 0;
}

void
down_write(struct rwsem *s)
{
    write_lock(s, TASK_UNINTERRUPTIBLE, 0, RETURN_ADDRESS);
}

void
down_write_nested(struct rwsem *s, unsigned subclass)
{
    write_lock(s, TASK_UNINTERRUPTIBLE, subclass, RETURN_ADDRESS);
}

int
down_write_killable(struct rwsem *s)
{
    return write_lock(s, TASK_KILLABLE, 0, RETURN_ADDRESS);
}

bool
down_write_trylock(struct rwsem *s)
{
    if (!try_write(s))
        return false;
    s->writer = current;
    lock_acquired(s, s->rank, 0, RETURN_ADDRESS);
    return true;
}

/* The writer becomes `readers` readers. */
static void
end_write(struct rwsem *s, int64_t readers)
{
    ASSERT(rwsem_held_write(s));
    s->writer = NULL;
    atomic_store_explicit(&s->count, readers, memory_order_release);
    wake_up(&s->wait);
}

void
up_write(struct rwsem *s)
{
    lock_released(s);
    end_write(s, 0);
}

void
downgrade_write(struct rwsem *s)
{
    end_write(s, 1);
}

bool
rwsem_held(struct rwsem *s)
{
    return atomic_read(&s->count) != 0;
}

bool
rwsem_held_write(struct rwsem *s)
{
    return atomic_read(&s->count) == RWSEM_WRITER && s->writer == current;
}
