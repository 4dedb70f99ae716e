/* SPDX-License-Identifier: MIT */
/*
 * Sleeping locks: the reader/writer semaphore, and the mutex, which is one
 * that has only writers.  Ranked like spinlocks (core/lock_rank.h); who holds
 * which is known to panic and ^P.
 */
#pragma once

#include "sched/wait.h"

struct rwsem {
    _Atomic int64_t count; /* (a) readers, or -1: a writer */
    _Atomic uint32_t waiting_writers;
    struct wait_queue wait;
    uint16_t rank; /* (c) which names it, too */
};

/*
 * Sleep until s is ours, in `state`.  A waiting writer holds new readers off.
 * => 0, or -EINTR: killed (TASK_KILLABLE only)
 */
int rwsem_lock(struct rwsem *s, bool write, uint32_t state, unsigned subclass);
bool rwsem_trylock(struct rwsem *s, bool write);
#define down_read(s) ((void)rwsem_lock(s, false, TASK_UNINTERRUPTIBLE, 0))
#define down_read_killable(s) rwsem_lock(s, false, TASK_KILLABLE, 0)
#define down_read_trylock(s) rwsem_trylock(s, false)
#define down_write(s) down_write_nested(s, 0)
#define down_write_nested(s, subclass)                                         \
    ((void)rwsem_lock(s, true, TASK_UNINTERRUPTIBLE, subclass))
#define down_write_killable(s) rwsem_lock(s, true, TASK_KILLABLE, 0)
/* by: what s->count changes by.  s must outlive the call. */
void rwsem_unlock(struct rwsem *s, int64_t by);
#define up_read(s) rwsem_unlock(s, -1)
#define up_write(s) rwsem_unlock(s, 1)

#define RWSEM_INIT(s, rank_)                                                   \
    {                                                                          \
        .wait = WAIT_QUEUE_INIT((s).wait), .rank = (rank_)                     \
    }
#define rwsem_init(s, rank)                                                    \
    ((void)(*(s) = (struct rwsem)RWSEM_INIT(*(s), rank)))

struct mutex {
    struct rwsem sem;
};

#define MUTEX_INIT(m, rank)                                                    \
    {                                                                          \
        RWSEM_INIT((m).sem, rank)                                              \
    }
#define mutex_init(m, rank) rwsem_init(&(m)->sem, rank)
#define mutex_lock(m) down_write(&(m)->sem)
#define mutex_lock_nested(m, subclass) down_write_nested(&(m)->sem, subclass)
#define mutex_lock_killable(m) down_write_killable(&(m)->sem)
#define mutex_trylock(m) rwsem_trylock(&(m)->sem, true)
#define mutex_unlock(m) up_write(&(m)->sem)
