/* SPDX-License-Identifier: MIT */
/*
 * account.c - time: the tick, slices, user and system time, load average.
 *
 * How.  The clock is read when tasks are switched and at the tick, never at a
 * system call.  What passed since the last reading is charged to user time if
 * the task last entered the kernel by an interrupt (so it was in user mode
 * when we looked), else to system time: the entry's scause in its user frame
 * tells.  Exact in sum, a sample in the division.
 *
 * A hart ticks every TICK_MS while it has a task; the tick of an idle hart is
 * the last; switch_to() starts it again with the first task.
 *
 * The load average is Linux's: every 5 s the number of tasks that run or wait
 * for the disk, smoothed over 1, 5 and 15 minutes.
 */
#include "core/lockdep.h"
#include "core/rng.h"
#include "riscv/trap.h"
#include "sched/runqueue.h"

enum {
    TICK_MS = 10,
    SLICE_MS_PER_NICE = 2, /* nice 0: 40 ms, -20: 80 ms, 19: 2 ms */
    LOAD_PERIOD_S = 5,
};

/* exp(-5 s / 1, 5, 15 min) with LOAD_SHIFT bits. */
static const uint64_t load_decay[3] = {1884, 2014, 2037};
uint64_t load_average[3];

/* How long t may run before it goes behind those that wait. */
uint32_t
full_slice(const struct task *t)
{
    return (uint32_t)ms_to_ticks((uint64_t)(NICE_LIMIT - t->nice) *
                                 SLICE_MS_PER_NICE);
}

uint64_t
account_time(struct run_queue *rq, struct task *t)
{
    uint64_t now = timer_read();
    uint64_t delta = now - t->stamp;

    t->stamp = now;
    t->slice = delta < t->slice ? t->slice - (uint32_t)delta : 0;
    /* An interrupt of user mode brought it here, or was its last entry. */
    if (t == rq->idle) {
        rq->time.idle += delta;
    } else if (t->mm && t->thread.frame->scause & SCAUSE_INTERRUPT) {
        t->used.utime += delta;
        rq->time.user += delta;
    } else {
        t->used.stime += delta;
        rq->time.system += delta;
    }
    return now;
}

/*
 * Charge the time and look whether another task should run: because this one
 * has used up its slice, or somebody who was woken waits.  Balance the load a
 * little.
 * => interrupt, no lock held
 */
static void
tick(struct ktimer *timer)
{
    struct run_queue *rq = this_rq();
    struct task *t = rq->running; /* this hart's: cannot change now */
    uint64_t now = account_time(rq, t);

    rng_mix(now);
    watchdog_tick(rq->nr_queued);
    if (t == rq->idle)
        return;
    ktimer_start(timer, now + ms_to_ticks(TICK_MS));
    steal_task(READ_ONCE(rq->nr_queued) + 2);
    if (READ_ONCE(rq->nr_queued)) {
        if (t->slice == 0 || !list_empty(&rq->queue[QUEUE_TIME_LEFT]))
            t->thread.need_resched = true;
        kick_idle_hart();
    } else if (t->slice == 0) {
        t->slice = full_slice(t);
    }
}

void
tick_start(struct run_queue *rq, uint64_t now)
{
    if (!rq->tick.armed) /* by this hart alone */
        ktimer_start(&rq->tick, now + ms_to_ticks(TICK_MS));
}

struct cpu_time
cpu_times(uint32_t from, uint32_t to)
{
    struct cpu_time sum = {0};

    for (; from < to; from++) {
        const struct run_queue *rq = &run_queues[from];

        sum.user += rq->time.user;
        sum.system += rq->time.system;
        sum.idle += rq->time.idle;
        sum.idle_instret += rq->time.idle_instret;
        sum.switches += rq->time.switches;
        sum.forks += rq->time.forks;
        if (rq->running == rq->idle) /* it has not been charged for a while */
            sum.idle += timer_read() - READ_ONCE(rq->idle->stamp);
    }
    return sum;
}

const struct usage *
task_usage(struct task *t)
{
    if (t == current) {
        irq_disable();
        account_time(this_rq(), t);
        irq_enable();
    }
    return &t->used;
}

unsigned
nr_blocked(void)
{
    const uint32_t blocked = TASK_UNINTERRUPTIBLE | TASK_KILLABLE;
    struct task *t;
    unsigned n = 0;

    spin_lock(&pid_lock);
    list_for_each_entry(t, &all_tasks, all_link)
        n += !(atomic_read(&t->flags) & TF_KTHREAD) &&
             atomic_read(&t->state) & blocked;
    spin_unlock(&pid_lock);
    return n;
}

/* Every LOAD_PERIOD_S.  => interrupt, no lock held */
static void
load_update(struct ktimer *timer)
{
    uint64_t active = nr_running() + nr_blocked(), one = 1UL << LOAD_SHIFT;

    for (unsigned i = 0; i < 3; i++)
        load_average[i] = load_average[i] * load_decay[i] / one +
                          active * (one - load_decay[i]);
    ktimer_start(timer, timer_read() + LOAD_PERIOD_S * timebase_hz);
}

void
account_init(void)
{
    static struct ktimer load_timer = {.fn = load_update};

    for_each_cpu(i)
        run_queues[i].tick.fn = tick;
    load_update(&load_timer);
}
