/* SPDX-License-Identifier: MIT */
/*
 * wait.c - wait queues.  See wait.h for the macros, and sched.c for why no
 * wakeup is lost.
 *
 * A waiter's entry lives on its stack.  The waker wakes the task first and
 * takes the entry off the queue after that, all under the queue's lock: as
 * long as the entry is on the queue, finish_wait() needs the lock, so neither
 * the entry nor the task can go away under the waker's hands.
 *
 * finish_wait() looks at the entry without the lock: it is empty only after the
 * waker's last access (the store with release).  A waiter that wakes up for
 * another reason, a signal or a timeout, finds itself still queued and takes
 * the lock; if a waker holds it just then, the entry is off when it has it, and
 * list_del_init() of an empty entry does nothing.
 *
 * Exclusive waiters stand at the end of the list: a wakeup goes to all others
 * and to the first exclusive one that really slept.
 */
#include "sched/wait.h"

#include "sched/sched.h"

void
join_wait_queue(struct wait_queue *q, struct wait_entry *e)
{
    spin_lock(&q->lock);
    if (list_empty(&e->link)) /* else still there from the last round */
        list_add(&e->link, e->exclusive ? q->waiters.prev : &q->waiters);
    spin_unlock(&q->lock);
    smp_mb(); /* queue and state before the condition is tested */
}

void
prepare_to_wait(struct wait_queue *q, struct wait_entry *e, uint32_t state)
{
    atomic_set(&current->state, state);
    join_wait_queue(q, e);
}

bool
finish_wait(struct wait_queue *q, struct wait_entry *e)
{
    bool woken;

    atomic_set(&current->state, TASK_RUNNING);
    /* Empty only once the waker is done with e. */
    if (__atomic_load_n(&e->link.next, __ATOMIC_ACQUIRE) == &e->link)
        return true;
    spin_lock(&q->lock);
    woken = list_empty(&e->link);
    list_del_init(&e->link);
    spin_unlock(&q->lock);
    return woken;
}

bool
wake_entry_locked(struct wait_entry *e)
{
    if (!wake_up_task(e->task, TASK_ASLEEP))
        return false;
    /* list_del_init() whose last store says that we are done with e. */
    list_join(e->link.prev, e->link.next);
    e->link.prev = &e->link;
    __atomic_store_n(&e->link.next, &e->link, __ATOMIC_RELEASE);
    return true;
}

void
wake_waiters(struct wait_queue *q, uint64_t key, bool all)
{
    struct wait_entry *e, *next;

    spin_lock(&q->lock);
    list_for_each_entry_safe(e, next, &q->waiters, link) {
        bool last = e->exclusive && !all;

        if ((!key || !e->key || e->key == key) && wake_entry_locked(e) && last)
            break;
    }
    spin_unlock(&q->lock);
}

/* => shall a sleep in `state` end, although its condition does not hold? */
bool
wait_interrupted(uint32_t state)
{
    if (state == TASK_INTERRUPTIBLE)
        return signal_pending(current);
    return state == TASK_KILLABLE && fatal_signal_pending(current);
}
