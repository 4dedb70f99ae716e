/* SPDX-License-Identifier: MIT */
/*
 * mutex.c - sleeping mutual exclusion.
 *
 * The word `owner` is the whole lock: 0 when free, else the owner's task, with
 * bit 0 set when somebody may wait.  Taking a free one and giving it back with
 * nobody waiting is one compare-exchange each.
 *
 * A waiter sets bit 0 and sleeps; who finds the bit when unlocking frees the
 * word and wakes one waiter.  That one takes the lock with bit 0 set, since
 * there may be more behind it; at worst the bit costs one wakeup of an empty
 * queue.  Between unlock and the waiter's turn somebody else may take the
 * lock; the waiter then sets the bit and sleeps again.
 *
 * I1  owner is never MUTEX_WAITERS alone.
 * I2  While a waiter sleeps, bit 0 is set or a wakeup is on its way.
 *
 * The memory of a mutex must outlive mutex_unlock(): wakeups come after the
 * lock is free.
 *
 * Not done: spinning while the owner runs; priority inheritance; fairness
 * between a sleeper and who comes along.
 */
#include "sched/mutex.h"

#include "core/lockdep.h"
#include "include/errno.h"
#include "lib/assert.h"
#include "sched/sched.h"

enum { MUTEX_WAITERS = 1 };

static inline uintptr_t
self(void)
{
    return (uintptr_t)current;
}

void
mutex_init(struct mutex *m, enum lock_rank rank, const char *name)
{
    atomic_set(&m->owner, 0);
    wait_queue_init(&m->wait);
    m->rank = (uint16_t)rank;
    m->name = name;
}

static inline bool
take_free(struct mutex *m, uintptr_t value)
{
    uintptr_t free = 0;

    return atomic_compare_exchange_strong_explicit(
        &m->owner, &free, value, memory_order_acquire, memory_order_relaxed);
}

/* Take it, or make sure that its owner will wake us.  => taken? */
static bool
take_or_mark(struct mutex *m)
{
    for (;;) {
        uintptr_t owner = atomic_read(&m->owner);

        if (!owner) {
            if (take_free(m, self() | MUTEX_WAITERS))
                return true;
        } else if (owner & MUTEX_WAITERS ||
                   atomic_compare_exchange_strong(&m->owner, &owner,
                                                  owner | MUTEX_WAITERS)) {
            return false;
        }
    }
}

static __noinline int
mutex_wait(struct mutex *m, uint32_t state)
{
    struct wait_entry e;
    int err = 0;

    wait_entry_init(&e);
    for (;;) {
        prepare_to_wait_exclusive(&m->wait, &e, state);
        if (take_or_mark(m))
            break;
        if (wait_interrupted(state)) {
            err = -EINTR;
            break;
        }
        schedule();
    }
    finish_wait(&m->wait, &e);
    if (err) /* the wakeup may have been ours: pass it on */
        wake_up(&m->wait);
    return err;
}

static int
mutex_lock_state(struct mutex *m, uint32_t state, unsigned subclass,
                 uint64_t caller)
{
    int err = 0;

    might_sleep();
    lock_check_order(m, m->rank, subclass);
    if (unlikely(!take_free(m, self())))
        err = mutex_wait(m, state);
    if (!err)
        lock_acquired(m, m->rank, subclass, caller);
    return err;
}

void
mutex_lock(struct mutex *m)
{
    mutex_lock_state(m, TASK_UNINTERRUPTIBLE, 0, RETURN_ADDRESS);
}

void
mutex_lock_nested(struct mutex *m, unsigned subclass)
{
    mutex_lock_state(m, TASK_UNINTERRUPTIBLE, subclass, RETURN_ADDRESS);
}

int
mutex_lock_killable(struct mutex *m)
{
    return mutex_lock_state(m, TASK_KILLABLE, 0, RETURN_ADDRESS);
}

bool
mutex_trylock(struct mutex *m)
{
    if (!take_free(m, self()))
        return false;
    lock_acquired(m, m->rank, 0, RETURN_ADDRESS);
    return true;
}

void
mutex_unlock(struct mutex *m)
{
    uintptr_t mine = self();

    ASSERT(mutex_held(m));
    lock_released(m);
    if (likely(atomic_compare_exchange_strong_explicit(
            &m->owner, &mine, 0, memory_order_release, memory_order_relaxed)))
        return;
    atomic_exchange(&m->owner, 0);
    wake_up(&m->wait);
}

bool
mutex_held(struct mutex *m)
{
    return (atomic_read(&m->owner) & ~(uintptr_t)MUTEX_WAITERS) == self();
}
