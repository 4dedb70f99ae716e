/* SPDX-License-Identifier: MIT */
/*
 * Wait queues: sleeping until a condition holds.  A wakeup touches the
 * waiters of its queue only.
 *
 *   wait_event(&q, cond)                 uninterruptible
 *   wait_event_interruptible(&q, cond)   -ERESTARTSYS on a signal, else 0
 *   wait_event_killable(&q, cond)        -EINTR on a fatal signal, else 0
 *   __wait_event(&q, cond, state, ticks) ticks left, 0: timed out; -EINTR
 *   wake_up(&q) one exclusive and all other waiters; wake_up_all(&q)
 *
 * The condition is evaluated after the waiter is on the queue and its state
 * is set, so a wakeup between test and sleep is not lost.
 */
#pragma once

#include <stdbool.h>

#include "core/spinlock.h"
#include "include/errno.h"
#include "lib/list.h"

struct task;

/* What a task does; it sleeps in the next four. */
enum task_state {
    TASK_RUNNING = 0,
    TASK_INTERRUPTIBLE = 1,   /* any signal wakes it */
    TASK_KILLABLE = 2,        /* a fatal signal wakes it */
    TASK_UNINTERRUPTIBLE = 4, /* only its event wakes it */
    TASK_STOPPED = 8,         /* by SIGSTOP and friends */
    TASK_ZOMBIE = 16,         /* is over: perhaps to be reaped */
    TASK_ASLEEP = 7,          /* mask: waits for an event */
};

struct wait_queue {
    struct spinlock lock; /* RANK_WAIT */
    struct list_head waiters;
};

struct wait_entry {
    struct task *task;
    struct list_head link; /* (q) on a queue; removed by the waker */
    bool exclusive;        /* wake one such only */
    uint64_t key;          /* for hashed queues: 0 matches all */
};

#define WAIT_QUEUE_INIT(q)                                                     \
    {                                                                          \
        .lock = SPINLOCK_INIT(RANK_WAIT, "wait"),                              \
        .waiters = LIST_HEAD_INIT((q).waiters),                                \
    }
#define wait_queue_init(q)                                                     \
    ((void)(*(q) = (struct wait_queue)WAIT_QUEUE_INIT(*(q))))

/* For the current task. */
#define wait_entry_init(e)                                                     \
    ((void)(*(e) =                                                             \
                (struct wait_entry){.task = (struct task *)current_thread(),   \
                                    .link = LIST_HEAD_INIT((e)->link)}))

/* Put e on q (if it is not there); a full fence. */
void join_wait_queue(struct wait_queue *q, struct wait_entry *e);
/* The same, with the state set before. */
void prepare_to_wait(struct wait_queue *q, struct wait_entry *e,
                     uint32_t state);
/* Back to TASK_RUNNING, off the queue.  => has a waker taken us off? */
bool finish_wait(struct wait_queue *q, struct wait_entry *e);

/*
 * Wake the waiter of e and take e off its queue.  Who walks the queue himself
 * uses it.
 * => the queue's lock held; false: it is awake already and takes itself off
 */
bool wake_entry_locked(struct wait_entry *e);
/*
 * Wake those with this key (hashed queues; 0: whatever it is); of the exclusive
 * ones one, or all.
 * => any context; nobody's spinlock of rank >= RANK_WAIT held
 */
void wake_waiters(struct wait_queue *q, uint64_t key, bool all);
static inline void
wake_up_key(struct wait_queue *q, uint64_t key, bool all)
{
    smp_mb(); /* the condition is visible before we look for waiters */
    if (READ_ONCE(q->waiters.next) != &q->waiters)
        wake_waiters(q, key, all);
}
#define wake_up(q) wake_up_key(q, 0, false)
#define wake_up_all(q) wake_up_key(q, 0, true)

void schedule(void); /* => no spinlock held, may sleep */
/* Sleep in the state set before, at most so long.  => ticks left, 0: over */
int64_t schedule_timeout(int64_t ticks);
bool wait_interrupted(uint32_t state); /* signal ends a sleep in state? */

#define WAIT_FOREVER INT64_MAX

/* => ticks left, or -EINTR */
#define __wait_event_full(q, cond, state, ticks, exclusive_)                   \
    ({                                                                         \
        int64_t __left = (ticks);                                              \
        if (!(cond)) {                                                         \
            struct wait_entry __e;                                             \
            wait_entry_init(&__e);                                             \
            __e.exclusive = (exclusive_);                                      \
            for (;;) {                                                         \
                prepare_to_wait((q), &__e, (state));                           \
                if (cond)                                                      \
                    break;                                                     \
                if (wait_interrupted(state))                                   \
                    __left = -EINTR;                                           \
                if (__left <= 0)                                               \
                    break;                                                     \
                __left = schedule_timeout(__left);                             \
            }                                                                  \
            finish_wait((q), &__e);                                            \
        }                                                                      \
        __left;                                                                \
    })
#define __wait_event(q, cond, state, ticks)                                    \
    __wait_event_full(q, cond, state, ticks, false)

#define wait_event(q, cond)                                                    \
    ((void)__wait_event(q, cond, TASK_UNINTERRUPTIBLE, WAIT_FOREVER))
#define wait_event_interruptible(q, cond)                                      \
    (__wait_event(q, cond, TASK_INTERRUPTIBLE, WAIT_FOREVER) < 0               \
         ? -ERESTARTSYS                                                        \
         : 0)
#define wait_event_killable(q, cond)                                           \
    (__wait_event(q, cond, TASK_KILLABLE, WAIT_FOREVER) < 0 ? -EINTR : 0)
