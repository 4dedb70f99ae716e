/* SPDX-License-Identifier: MIT */
/*
 * sched.c - the scheduler: switching, sleeping and waking, and which hart runs
 * a task.
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
 *                   ^-------------------------------+--> zombie
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
 * Which hart.  A task that wakes up is queued where it ran last, a new one
 * where it was made; work is never pushed to another hart, but pulled.  If the
 * hart of the queue idles it is kicked and runs the task; if it is busy an idle
 * one is kicked, which looks through the queues of the others, steals the task
 * that would run next, and only if there is none sleeps in wfi.  At the tick a
 * busy hart takes a task from one that has two more waiting than itself.
 *
 * The race of the idle.  A hart may become idle just after a task was queued on
 * a busy one.  The idle hart sets its bit in idle_harts, THEN looks for work;
 * the waker queues, THEN looks for idle harts and kicks one: one of them sees
 * the other.  The tick of a busy hart with waiters kicks again, to be sure.
 *
 * Invariants
 *   I1  on_cpu: the registers live on hart t->hart, whose queue's `running`
 *       (or `prev`, for the length of a switch) it is.  Changes under (r).
 *   I2  on_rq: on a queue's list, or just being moved to one by who stole it.
 *       on_rq and on_cpu are never both true, except in a switch.
 *   I3  A task is on no queue and no hart only when it sleeps or is over; it
 *       leaves that state through wake_up_task() alone, under (r).
 *   I4  t->hart changes when t starts, and when it is stolen: then under the
 *       lock of the queue that it leaves.  So it is stable under the lock of the
 *       queue that it names, and so are on_rq, on_cpu and the end of a sleep;
 *       who is stolen and not yet put on a list has on_rq set meanwhile.
 *   I5  A started task has a reference of the scheduler's, dropped after its
 *       last switch, together with its stack.  nr_leaving counts the tasks
 *       between: who are over for others, and still on their stack.
 *   I6  A hart's bit is set in idle_harts only between its last look for work
 *       and its leaving wfi; who chooses it clears the bit, so two wakeups
 *       choose two harts.
 *
 * Locks: one run-queue lock at a time.  Wait-queue locks are outside it, so
 * a wakeup may be sent under any lock but a timer's or the console's; the lock
 * of the hart's timers is inside, for the tick of a hart that has work again.
 *
 * Address spaces: a hart has loaded what its task's `mmu` says, the kernel's
 * for a task without user memory; so nobody has to be asked to let go of one
 * that is to be destroyed.
 *
 * Not done: binding tasks to harts; priorities beyond the length of the slice,
 * scheduling groups, real-time classes.
 */
#include "sched/sched.h"

#include "core/lockdep.h"
#include "core/panic.h"
#include "lib/bitops.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"
#include "sched/runqueue.h"

enum {
    WAKEUP_PREEMPT_MS = 2, /* a wakeup preempts who has run for so long */
    REFILL_SLEEP_MS = 100, /* who slept so long starts with a full slice */
};

struct run_queue run_queues[NR_CPUS];
_Atomic uint32_t nr_leaving;
static _Atomic uint64_t idle_harts; /* those that wait for work */

/* --- Queues */

/* => rq->lock held; t is on no list */
static void
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

/* The first task, or NULL.  => rq->lock held; on_rq stays set: it moves */
static struct task *
dequeue_locked(struct run_queue *rq)
{
    struct task *t;

    for (unsigned q = 0; q < NR_QUEUES; q++)
        if (!list_empty(&rq->queue[q])) {
            t = list_first_entry(&rq->queue[q], struct task, run_link);
            list_del(&t->run_link);
            rq->nr_queued--;
            return t;
        }
    return NULL;
}

/* Take hart out of the idle ones.  => false: somebody else did */
static bool
claim_idle(uint32_t hart)
{
    return atomic_fetch_and(&idle_harts, ~BIT(hart)) & BIT(hart);
}

/* Somebody waits on a busy hart: let an idle one come and steal. */
void
kick_idle_hart(void)
{
    uint64_t idle;

    smp_mb(); /* what was queued is visible before we look */
    while ((idle = atomic_read(&idle_harts)))
        if (claim_idle(ctz64(idle))) { /* else somebody else did: the next */
            cpu_kick(ctz64(idle));
            break;
        }
}

/*
 * Queue t, which is on no queue and no hart, and see that it gets a hart: this
 * one, if it idles or has run the same task for a while, else any that idles.
 * => rq->lock held, released here
 */
static void
make_runnable(struct run_queue *rq, struct task *t)
{
    bool idle = rq->running == rq->idle;
    bool waits = !idle || rq->nr_queued > 0;

    enqueue_locked(rq, t, false);
    if (idle)
        claim_idle(rq->hart); /* it comes for this one */
    if (idle ||
        timer_read() - rq->switched_at > ms_to_ticks(WAKEUP_PREEMPT_MS)) {
        rq->running->thread.need_resched = true;
        if (rq->hart != hart_index())
            cpu_kick(rq->hart);
    }
    spin_unlock(&rq->lock);
    if (waits)
        kick_idle_hart();
}

bool
steal_task(uint32_t nr_waiting)
{
    struct run_queue *mine = this_rq(), *rq;
    struct task *t = NULL;

    for (uint32_t i = 1; i < nr_cpus && !t; i++) {
        rq = &run_queues[(mine->hart + i) % nr_cpus];
        if (READ_ONCE(rq->nr_queued) < nr_waiting)
            continue;
        spin_lock(&rq->lock);
        t = dequeue_locked(rq);
        if (t)
            t->hart = mine->hart; /* I4: who wakes it comes to our lock */
        spin_unlock(&rq->lock);
    }
    if (!t)
        return false;
    spin_lock(&mine->lock);
    enqueue_locked(mine, t, false);
    spin_unlock(&mine->lock);
    return true;
}

/* --- Switching */

/*
 * On the stack of the task that runs now: let go of the one that ran before.
 * => releases the lock of this hart's run queue; preempt_count is still 1
 */
static inline void
finish_switch(void)
{
    struct run_queue *rq = this_rq();
    struct task *prev = rq->prev;
    bool gone = !prev->on_rq && atomic_read(&prev->state) == TASK_ZOMBIE;

    atomic_set(&prev->on_cpu, false);
    spin_unlock(&rq->lock);
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
 * A wish to switch between finish_switch() and the end is seen at the next
 * unlock, interrupt or return to user mode.
 */
static void
switch_away(bool preempted)
{
    struct task *prev = current, *next;
    struct run_queue *rq;
    uint64_t now;
    bool goes_on, yields = !prev->thread.need_resched;

    prev->thread.preempt_count++;
    rq = this_rq();
    spin_lock(&rq->lock);
    prev->thread.need_resched = false;
    now = account_time(rq, prev);
    next = dequeue_locked(rq);
    goes_on = prev != rq->idle &&
              (preempted || atomic_read(&prev->state) == TASK_RUNNING);
    if (goes_on && next)
        enqueue_locked(rq, prev, yields);
    else if (!next)
        next = goes_on ? prev : rq->idle;
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
 * it still has to do, then its entry.
 */
void
task_start(void)
{
    void (*entry)(void) =
        (void (*)(void))current->thread.context.s[START_ENTRY];

    finish_switch();
    current->thread.preempt_count--;
    entry();
    panic("%s has come back from its entry", current->comm);
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

/* The old address space may be torn down as soon as this returns. */
void
switch_mmu(struct mmu *next)
{
    irq_disable();
    mmu_switch(current->mmu, next);
    current->mmu = next;
    irq_enable();
}

/*
 * Look for work with the bit set and interrupts off, so that whatever comes
 * after the look ends wfi; the interrupt is taken at irq_enable().
 */
void
idle_loop(void)
{
    struct run_queue *rq = this_rq();

    csr_set(sstatus, SSTATUS_SIE);
    for (;;) {
        irq_disable(); /* a wakeup from here on ends wfi */
        atomic_fetch_or(&idle_harts, BIT(rq->hart));
        smp_mb(); /* the bit is visible before we look for work */
        if (!rq->idle->thread.need_resched && !READ_ONCE(rq->nr_queued) &&
            !steal_task(1)) {
            uint64_t before = read_instret();

            watchdog_touch(); /* what a tick saw waiting has been stolen */
            wait_for_interrupt();
            rq->time.idle_instret += read_instret() - before;
        }
        claim_idle(rq->hart);
        irq_enable(); /* the interrupt comes here, and may switch */
        if (READ_ONCE(rq->nr_queued))
            schedule();
    }
}

/* --- Sleeping and waking */

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
        make_runnable(rq, t);
    } else {
        spin_unlock(&rq->lock);
    }
    return woken;
}

/* It gets half of the time that its maker has left: forking wins none. */
void
wake_up_new_task(struct task *t)
{
    struct run_queue *rq;

    get_task(t); /* the scheduler's (I5) */
    irq_disable();
    rq = this_rq();
    rq->time.forks++;
    t->slice = current->slice / 2;
    current->slice -= t->slice;
    atomic_set(&t->state, TASK_RUNNING);
    spin_lock(&rq->lock);
    make_runnable(rq, t);
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

/* --- Boot */

/* Make the idle task of a hart; the boot hart's is the thread that runs. */
static void
rq_init(struct run_queue *rq, unsigned hart)
{
    struct task *idle = alloc_task("idle", NULL);

    if (!idle)
        panic("no memory for the idle task of hart %u", hart);
    atomic_set(&idle->flags, TF_KTHREAD);
    atomic_set(&idle->state, TASK_RUNNING);
    atomic_set(&idle->on_cpu, true);
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
    task_cache = kmem_cache_create("task", sizeof(struct task),
                                   CACHE_LINE_BYTES, 0, NULL);
    pid_init();
    timer_tick = run_timers;
    for_each_cpu(i)
        rq_init(&run_queues[i], i);
    preempt_reschedule = reschedule;
    panic_ops = &sched_panic_ops;
    account_init();
    csr_set(sstatus, SSTATUS_SIE);
}
