/* SPDX-License-Identifier: MIT */
/*
 * sched.c - the scheduler: switching, sleeping and waking.
 *
 * How.  Each hart runs the first task of its own run queue (runqueue.h) or
 * its idle task.  schedule() takes the lock of this hart's queue, decides,
 * switches stacks with the lock HELD, and the next task releases it in
 * finish_switch().  So who holds the lock of a task's queue knows that the
 * task is not half way out of its hart.
 *
 *            wake_up_new_task          picked
 *     (new) -----------------> queued -------> running
 *                               ^  ^ preempted,  |  |
 *                    wake_up    |  |   yields    |  | schedule(), not RUNNING
 *               sleeping -------+  +-------------+  |
 *                   ^-------------------------------+--> zombie, dead
 *
 * Sleep and wakeup.  The sleeper          The waker
 *     1. sets its state (not RUNNING)       a. makes the condition true
 *     2. full fence                         b. full fence
 *     3. tests the condition                c. reads the state
 *     4. calls schedule()                   d. under the queue's lock:
 *                                              RUNNING, queue it if it left
 * Either 3 sees a or c sees 1.  In the second case d comes before schedule()
 * has the lock, which then finds RUNNING and does not put the task to sleep,
 * or after the switch is complete, and d finds it off the hart and queues it.
 *
 * Preemption leaves a task queued whatever its state is: it was interrupted
 * somewhere between 1 and 4 and must be able to go on to 4.
 *
 * Invariants
 *   I1  on_cpu: the registers live on hart t->hart, whose queue's `running`
 *       (or `prev`, for the length of a switch) it is.  Changes under (r).
 *   I2  on_rq: on a queue's list, or just being moved to one by who took it
 *       off.  on_rq and on_cpu are never both true, except in a switch.
 *   I3  A task is on no queue and no hart only when it sleeps or is over; it
 *       leaves that state through wake_up_task() alone, under (r).
 *   I4  t->hart changes only under the lock of the queue that t is put on,
 *       while t is on no list.  So it is stable under the lock of the queue
 *       it names, unless on_rq says that t is just being moved.
 *   I5  A started task has a reference of the scheduler's, dropped after its
 *       last switch, together with its stack.  nr_leaving counts the tasks
 *       between: who are over for others, and still on their stack.
 *
 * Locks: one run-queue lock at a time.  Wait-queue locks are outside it, so
 * a wakeup may be sent under any lock but a timer's or the console's; the lock
 * of the hart's timers is inside, for the tick of a hart that has work again.
 *
 * Address spaces: a hart has loaded what its task's `mmu` says, the kernel's
 * for a task without user memory; so nobody has to be asked to let go of one
 * that is to be destroyed.
 *
 * Not done: priorities beyond the length of the slice, scheduling groups,
 * real-time classes.  See doc/ chapter on scheduling.
 */
#include "sched/sched.h"

#include "core/lockdep.h"
#include "core/panic.h"
#include "core/watchdog.h"
#include "mm/vmalloc.h"
#include "sched/runqueue.h"

enum {
    WAKEUP_PREEMPT_MS = 2, /* a wakeup preempts who has run for so long */
    REFILL_SLEEP_MS = 100, /* who slept so long starts with a full slice */
};

struct run_queue run_queues[NR_CPUS];
_Atomic uint32_t nr_leaving;

/* => rq->lock held; t is on no list */
void
enqueue_locked(struct run_queue *rq, struct task *t, bool yields)
{
    enum queue_kind q = t->slice && !yields ? QUEUE_TIME_LEFT : QUEUE_USED_UP;

    if (t->slice == 0)
        t->slice = full_slice(t);
    list_add_tail(&t->run_link, &rq->queue[q]);
    rq->nr_queued++;
    t->on_rq = true;
    t->hart = rq->hart;
}

struct task *
dequeue_locked(struct run_queue *rq, uint64_t harts)
{
    struct task *t;

    for (unsigned q = 0; q < NR_QUEUES; q++)
        list_for_each_entry(t, &rq->queue[q], run_link)
            if (t->affinity & harts) {
                list_del_init(&t->run_link);
                rq->nr_queued--;
                return t;
            }
    return NULL;
}

/*
 * Put runnable t, which is on no queue and no hart, on the best one.
 * => releases the lock of `locked`, unless that is NULL
 */
static void
place_task(struct run_queue *locked, struct task *t)
{
    uint32_t hart = select_hart(t);
    struct run_queue *rq = &run_queues[hart];
    bool busy;

    if (locked != rq) {
        if (locked)
            spin_unlock(&locked->lock);
        spin_lock(&rq->lock);
    }
    enqueue_locked(rq, t, false);
    busy = rq->running != rq->idle;
    if (!busy ||
        timer_read() - rq->switched_at > ms_to_ticks(WAKEUP_PREEMPT_MS)) {
        rq->running->thread.need_resched = true;
        if (hart != hart_index())
            cpu_kick(hart);
    }
    spin_unlock(&rq->lock);
    if (busy)
        kick_idle_hart(); /* one that became idle since we looked */
}

/*
 * On the stack of the task that runs now: let go of the one that ran before.
 * => releases the lock of this hart's run queue; preempt_count is still 1
 */
static inline void
finish_switch(void)
{
    struct run_queue *rq = this_rq();
    struct task *prev = rq->prev;
    bool homeless = prev->on_rq && list_empty(&prev->run_link);
    bool gone =
        !prev->on_rq && (atomic_read(&prev->state) & (TASK_ZOMBIE | TASK_DEAD));

    atomic_set(&prev->on_cpu, false);
    spin_unlock(&rq->lock);
    if (unlikely(homeless))
        place_task(NULL, prev);
    if (unlikely(gone)) {
        kstack_free(prev->stack);
        prev->stack = NULL;
        put_task(prev); /* the scheduler's reference (I5) */
        atomic_dec(&nr_leaving);
    }
}

/* => rq->lock held; on return the caller runs again, perhaps elsewhere */
static void
switch_to(struct run_queue *rq, struct task *prev, struct task *next,
          uint64_t now)
{
    if (next->mmu != prev->mmu)
        mmu_switch(prev->mmu, next->mmu);
    next->stamp = rq->switched_at = now;
    next->thread.hart = next->hart = rq->hart;
    next->on_rq = false;
    atomic_set(&next->on_cpu, true);
    rq->prev = prev;
    rq->running = next;
    rq->time.switches++;
    cpus[rq->hart].running = &next->thread;
    if (prev == rq->idle)
        tick_start(rq, now);
    watchdog_touch();
    lock_hand_over(&rq->lock, &next->thread);
    __asm__ volatile("mv tp, %0" ::"r"(next) : "memory");
    switch_context(&prev->thread.context, &next->thread.context);
    finish_switch();
}

/*
 * Give the hart to the next task; to the idle task if none waits and current
 * does not go on.  preempted: against current's will, so it goes on whatever
 * its state says.  Who is here without being asked to, and goes on, yields: it
 * waits with those who have used up their time.
 */
static void
switch_away(bool preempted)
{
    struct task *prev = current, *next;
    struct run_queue *rq;
    uint64_t now;
    bool goes_on, at_home, yields = !prev->thread.need_resched;

    prev->thread.preempt_count++;
    rq = this_rq();
    spin_lock(&rq->lock);
    prev->thread.need_resched = false;
    now = account_time(rq, prev);
    next = dequeue_locked(rq, ~0UL);
    goes_on = prev != rq->idle &&
              (preempted || atomic_read(&prev->state) == TASK_RUNNING);
    at_home = prev->affinity >> rq->hart & 1;
    if (goes_on && (next || !at_home)) {
        prev->on_rq = true;
        if (at_home) /* else finish_switch() moves it */
            enqueue_locked(rq, prev, yields);
    } else if (goes_on) {
        next = prev;
    }
    if (!next)
        next = rq->idle;
    if (next == prev) {
        spin_unlock(&rq->lock);
    } else {
        *(goes_on ? &prev->nivcsw : &prev->nvcsw) += 1;
        switch_to(rq, prev, next, now);
    }
    prev->thread.preempt_count--;
}

/*
 * The first thing a new task executes, on its own stack: what the switch to
 * it still has to do, then its entry.  A kernel thread returns from that; it
 * has nobody who waits for it, so it is gone at once.
 */
void
task_start(void)
{
    struct task *t = current;
    void (*entry)(void *) = (void (*)(void *))t->thread.context.s[START_ENTRY];

    finish_switch();
    preempt_enable();
    entry((void *)t->thread.context.s[START_ARG]);

    ASSERT(t->flags & TF_KTHREAD);
    atomic_inc(&nr_leaving);
    spin_lock(&pid_lock);
    detach_pid_locked(t);
    spin_unlock(&pid_lock);
    put_task(t); /* the table's; the scheduler still has one */
    set_current_state(TASK_DEAD);
    schedule();
    panic("a dead kernel thread runs again");
}

void
schedule(void)
{
    might_sleep();
    switch_away(false);
}

/* core -> sched: need_resched is set and the thread may be switched. */
static void
reschedule(void)
{
    switch_away(true);
}

void
set_current_state(uint32_t state)
{
    atomic_store(&current->state, state);
    smp_mb(); /* before the condition is tested */
}

/*
 * Steps b to d of the header.  A task that has not left its hart yet (it is
 * between 1 and 4, or was preempted there) only gets its state back.
 */
bool
wake_up_task(struct task *t, uint32_t states)
{
    struct run_queue *rq;
    bool woken;

    smp_mb(); /* b: the condition is visible before the state is read */
    if (!(atomic_read(&t->state) & states))
        return false;
    for (;;) {
        rq = &run_queues[READ_ONCE(t->hart)];
        spin_lock(&rq->lock);
        if (t->hart == rq->hart)
            break;
        spin_unlock(&rq->lock); /* it moved before we had the lock */
    }
    woken = atomic_read(&t->state) & states;
    if (woken)
        atomic_set(&t->state, TASK_RUNNING);
    if (woken && !t->on_rq && !atomic_read(&t->on_cpu)) {
        if (timer_read() - t->stamp > ms_to_ticks(REFILL_SLEEP_MS))
            t->slice = full_slice(t);
        place_task(rq, t);
    } else {
        spin_unlock(&rq->lock);
    }
    return woken;
}

void
wake_up_new_task(struct task *t)
{
    get_task(t); /* the scheduler's (I5) */
    /* The child gets half of what is left: forking wins no time. */
    irq_disable();
    this_rq()->time.forks++;
    t->slice = current->slice / 2;
    current->slice -= t->slice;
    t->hart = hart_index();
    irq_enable();
    atomic_set(&t->state, TASK_RUNNING);
    place_task(NULL, t);
}

/* The old address space may be torn down as soon as this returns. */
void
switch_mmu(struct mmu *next)
{
    irq_disable();
    mmu_switch(current->mmu, next);
    current->mmu = next;
    irq_enable();
}

uint64_t
nr_running(void)
{
    uint64_t n = 0;

    for_each_cpu(i)
        n += READ_ONCE(run_queues[i].nr_queued) +
             (run_queues[i].running != run_queues[i].idle);
    return n;
}

/* Make the idle task of a hart; the boot hart's is the thread that runs. */
static void
rq_init(struct run_queue *rq, unsigned hart)
{
    struct task *idle = alloc_task("idle", NULL, NULL);

    if (!idle)
        panic("no memory for the idle task of hart %u", hart);
    atomic_set(&idle->flags, TF_KTHREAD);
    atomic_set(&idle->state, TASK_RUNNING);
    atomic_set(&idle->on_cpu, true);
    idle->affinity = BIT(hart);
    idle->hart = idle->thread.hart = hart;
    idle->thread.irq_depth = idle->thread.preempt_count = 0;
    idle->stamp = timer_read();
    if (hart == 0) { /* it keeps the stack it runs on */
        kstack_free(idle->stack);
        idle->stack = NULL;
    }

    spin_init(&rq->lock, RANK_RUNQUEUE, "run queue");
    for (unsigned q = 0; q < NR_QUEUES; q++)
        list_init(&rq->queue[q]);
    rq->hart = hart;
    rq->running = rq->idle = idle;
    cpu_set_idle(hart, &idle->thread);
}

void
sched_init(void)
{
    static const struct preempt_ops ops = {.reschedule = reschedule};

    task_cache_init();
    timers_init();
    for_each_cpu(i)
        rq_init(&run_queues[i], i);
    preempt_ops = &ops;
    panic_ops = &sched_panic_ops;
    account_init();
    csr_set(sstatus, SSTATUS_SIE);
}
