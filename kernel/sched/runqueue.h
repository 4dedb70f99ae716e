/* SPDX-License-Identifier: MIT */
/*
 * runqueue.h - the run queue of a hart.  Private to sched/.
 *
 * Two FIFO lists: tasks that have time left in their slice run before those
 * that used it up.  Who used it up gets a new one and waits its turn; who was
 * woken, or preempted by such a one, goes on with what it has.  A short sleep
 * does not refill the slice, so who sleeps often gets the hart at once, and
 * still no more than its share.
 */
#pragma once

#include "core/cpu.h"
#include "sched/sched.h"

enum queue_kind { QUEUE_TIME_LEFT, QUEUE_USED_UP, NR_QUEUES };

/* Keys: (r) lock; (h) own hart, interrupts off; (c) after sched_init. */
struct run_queue {
    struct spinlock lock;              /* RANK_RUNQUEUE */
    struct list_head queue[NR_QUEUES]; /* (r) of task.run_link */
    uint32_t nr_queued;                /* (r), peeked at without */
    uint32_t hart;                     /* (c) */
    struct task *running;              /* (r) */
    struct task *idle;                 /* (c) */
    struct task *prev;                 /* (r) leaves the hart right now */
    uint64_t switched_at;              /* (h) timebase */
    struct cpu_time time;              /* (h) */
    struct ktimer tick;                /* (h) every 10 ms while it is busy */
} __aligned(CACHE_LINE_BYTES);

extern struct run_queue run_queues[NR_CPUS];

#define this_rq() (&run_queues[hart_index()]) /* preemption, interrupts off */

/* sched.c */
void kick_idle_hart(void);
/* A task to this hart's queue, from one where at least so many wait. */
bool steal_task(uint32_t nr_waiting); /* => false: none */
/* Where a new task begins; its entry is in s1. */
enum { START_ENTRY = 1 };
_Noreturn void task_start(void);

/* account.c */
uint32_t full_slice(const struct task *t);
/* Charge t, which runs on this hart, up to now.  => (h); now */
uint64_t account_time(struct run_queue *rq, struct task *t);
/* The hart has work again.  => (h) */
void tick_start(struct run_queue *rq, uint64_t now);
void account_init(void);

/* timer.c: the clock has reached its deadline. */
void run_timers(void);

/* show.c: tasks and memory, for panic and ^P. */
extern const struct panic_ops sched_panic_ops;

/* task.c */
extern struct kmem_cache *task_cache;
