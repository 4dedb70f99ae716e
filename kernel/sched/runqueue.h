/* SPDX-License-Identifier: MIT */
/*
 * runqueue.h - the run queue of a hart.  Private to sched/.
 *
 * Two FIFO lists: tasks that were woken and have time left in their slice
 * run before those that used up theirs or were preempted.  A short sleep does
 * not refill the slice, so who sleeps often gets the hart at once, and still
 * no more than its share.
 */
#pragma once

#include "core/cpu.h"
#include "sched/sched.h"

enum queue_kind { QUEUE_WOKEN, QUEUE_WAITING, NR_QUEUES };

/* Keys: (r) lock; (h) own hart, interrupts off; (c) after sched_init. */
struct run_queue {
    struct spinlock lock;              /* RANK_RUNQUEUE */
    struct list_head queue[NR_QUEUES]; /* (r) of task.run_link */
    uint32_t nr_queued;                /* (r), peeked at without */
    uint32_t hart;                     /* (c) */
    struct task *running;              /* (r) */
    struct task *idle;                 /* (c) */
    struct task *prev;                 /* (r) leaves the hart right now */
    bool prev_homeless;    /* (r) runnable, but may not run here any more */
    uint64_t switched_at;  /* (h) timebase */
    uint64_t nr_switches;  /* (r) */
    uint64_t nr_forks;     /* (h) */
    uint64_t user, system; /* (h) time, as struct cpu has the idle time */
} __aligned(CACHE_LINE_BYTES);

extern struct run_queue run_queues[NR_CPUS];

/* => preemption or interrupts off */
static inline struct run_queue *
this_rq(void)
{
    return &run_queues[hart_index()];
}

void enqueue_locked(struct run_queue *rq, struct task *t, enum queue_kind q);
void dequeue_locked(struct run_queue *rq, struct task *t);

/* balance.c */
uint32_t select_hart(const struct task *t);
/* A task to this hart's queue, from one where at least so many wait. */
bool steal_task(uint32_t nr_waiting); /* => false: none */
void kick_idle_hart(void);

/* account.c */
uint32_t full_slice(const struct task *t);
/* Charge t, which runs on this hart, up to now.  => (h); now */
uint64_t account_time(struct run_queue *rq, struct task *t);
void tick_start(uint64_t now); /* => (h); the hart has work again */
void account_init(void);

/* timer.c */
void timers_init(void);

/* show.c: tasks, for panic and ^P. */
extern const struct panic_ops sched_panic_ops;

/* task.c */
void task_cache_init(void);
