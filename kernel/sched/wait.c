/* SPDX-License-Identifier: MIT */
/*
 * wait.c - wait queues and completions.  See wait.h for the macros, and
 * sched.c for why no wakeup is lost.
 *
 * A waiter's entry lives on its stack.  The waker wakes the task first and
 * takes the entry off the queue after that, all under the queue's lock: as
 * long as the entry is on the queue, finish_wait() needs the lock, so neither
 * the entry nor the task can go away under the waker's hands.
 *
 * Exclusive waiters stand at the end of the list: a wakeup goes to all others
 * and to the first exclusive one that really slept.
 */
#include "sched/wait.h"

#include "include/errno.h"
#include "sched/sched.h"

void
wait_queue_init(struct wait_queue *q)
{
    spin_init(&q->lock, RANK_WAIT, "wait queue");
    list_init(&q->waiters);
}

void
wait_entry_init(struct wait_entry *e)
{
    e->task = current;
    list_init(&e->link);
    e->exclusive = false;
    e->key = 0;
}

void
prepare_to_wait(struct wait_queue *q, struct wait_entry *e, uint32_t state)
{
    spin_lock(&q->lock);
    if (!list_empty(&e->link))
        ; /* still there from the last round */
    else if (e->exclusive)
        list_add_tail(&e->link, &q->waiters);
    else
        list_add(&e->link, &q->waiters);
    atomic_set(&current->state, state);
    spin_unlock(&q->lock);
    smp_mb(); /* queue and state before the condition is tested */
}

void
prepare_to_wait_exclusive(struct wait_queue *q, struct wait_entry *e,
                          uint32_t state)
{
    e->exclusive = true;
    prepare_to_wait(q, e, state);
}

void
finish_wait(struct wait_queue *q, struct wait_entry *e)
{
    atomic_set(&current->state, TASK_RUNNING);
    /* Empty only once the waker is done with e. */
    if (__atomic_load_n(&e->link.next, __ATOMIC_ACQUIRE) == &e->link)
        return;
    spin_lock(&q->lock);
    list_del_init(&e->link);
    spin_unlock(&q->lock);
}

/* list_del_init() whose last store says that we are done with the entry. */
static void
release_entry(struct wait_entry *e)
{
    list_join(e->link.prev, e->link.next);
    e->link.prev = &e->link;
    __atomic_store_n(&e->link.next, &e->link, __ATOMIC_RELEASE);
}

static void
wake_locked(struct wait_queue *q, uint64_t key, bool all)
{
    uint32_t states = TASK_INTERRUPTIBLE | TASK_KILLABLE | TASK_UNINTERRUPTIBLE;
    struct wait_entry *e, *next;

    list_for_each_entry_safe(e, next, &q->waiters, link) {
        bool exclusive = e->exclusive;

        if (key && e->key && e->key != key)
            continue;
        if (!wake_up_task(e->task, states))
            continue; /* awake already: it takes itself off */
        release_entry(e);
        if (exclusive && !all)
            return;
    }
}

static void
wake(struct wait_queue *q, uint64_t key, bool all)
{
    if (!wait_queue_active(q))
        return;
    spin_lock(&q->lock);
    wake_locked(q, key, all);
    spin_unlock(&q->lock);
}

void
wake_up(struct wait_queue *q)
{
    wake(q, 0, false);
}

void
wake_up_all(struct wait_queue *q)
{
    wake(q, 0, true);
}

void
wake_up_key(struct wait_queue *q, uint64_t key)
{
    wake(q, key, true);
}

bool
wait_queue_active(struct wait_queue *q)
{
    smp_mb(); /* the condition is visible before we look for waiters */
    return READ_ONCE(q->waiters.next) != &q->waiters;
}

bool
wait_interrupted(uint32_t state)
{
    if (state == TASK_INTERRUPTIBLE)
        return signal_pending(current);
    return state == TASK_KILLABLE && fatal_signal_pending(current);
}

void
complete(struct completion *c)
{
    spin_lock(&c->wait.lock);
    c->done = true;
    wake_locked(&c->wait, 0, true);
    spin_unlock(&c->wait.lock);
}

void
wait_for_completion(struct completion *c)
{
    wait_event(&c->wait, READ_ONCE(c->done));
    /* complete() may still hold the lock; c may be on our stack. */
    spin_lock(&c->wait.lock);
    spin_unlock(&c->wait.lock);
}
