/* SPDX-License-Identifier: MIT */
/*
 * Sleeping locks: mutex and reader/writer semaphore.  Ranked like
 * spinlocks (core/lock_rank.h); owners are known to panic and ^P.
 */
#ifndef SCHED_MUTEX_H
#define SCHED_MUTEX_H

#include "sched/wait.h"

struct mutex {
    _Atomic uintptr_t owner; /* (a) struct task *, bit 0: there are waiters */
    struct wait_queue wait;
    uint16_t rank; /* (c) */
    const char *name;
};

struct rwsem {
    _Atomic int64_t count; /* (a) readers, or -1: a writer */
    _Atomic uint32_t waiting_writers;
    struct task *writer;
    struct wait_queue wait;
    uint16_t rank;
    const char *name;
};

void mutex_init(struct mutex *m, enum lock_rank rank, const char *name);
#define MUTEX_INIT(m, rank_, name_)                                            \
    {                                                                          \
        .wait = WAIT_QUEUE_INIT((m).wait), .rank = (rank_), .name = (name_)    \
    }
void mutex_lock(struct mutex *m);
void mutex_lock_nested(struct mutex *m, unsigned subclass);
int mutex_lock_killable(struct mutex *m); /* 0 or -EINTR */
bool mutex_trylock(struct mutex *m);
void mutex_unlock(struct mutex *m);
bool mutex_held(struct mutex *m); /* by the current task */

/* A waiting writer holds new readers off. */
void rwsem_init(struct rwsem *s, enum lock_rank rank, const char *name);
#define RWSEM_INIT(s, rank_, name_)                                            \
    {                                                                          \
        .wait = WAIT_QUEUE_INIT((s).wait), .rank = (rank_), .name = (name_)    \
    }
void down_read(struct rwsem *s);
int down_read_killable(struct rwsem *s);
bool down_read_trylock(struct rwsem *s);
void up_read(struct rwsem *s);
void down_write(struct rwsem *s);
void down_write_nested(struct rwsem *s, unsigned subclass);
int down_write_killable(struct rwsem *s);
bool down_write_trylock(struct rwsem *s);
void up_write(struct rwsem *s);
void downgrade_write(struct rwsem *s);
bool rwsem_held(struct rwsem *s);       /* by anybody */
bool rwsem_held_write(struct rwsem *s); /* by the current task */

#endif
