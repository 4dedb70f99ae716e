/* SPDX-License-Identifier: MIT */
/*
 * balance.c - which hart runs a task: placement, stealing, the idle loop.
 *
 * How.  A task that wakes up goes to an idle hart if there is one, its
 * previous hart first, else it waits behind the hart that woke it; a new task
 * goes where fewest wait.  A hart that runs out of work looks through the
 * queues of the others and steals the task that waits longest; only then does
 * it sleep in wfi.  At the tick a hart takes a task from one that has two more
 * waiting than itself.
 *
 * The race.  A hart may become idle just after a task was queued on a busy
 * one.  The idle hart sets its bit in idle_harts, THEN looks for work; the
 * waker queues, THEN looks for idle harts and kicks one: one of them sees the
 * other.  The tick of a busy hart with waiters kicks again, to be sure.
 *
 * Invariants
 *   I1  A hart's bit is set in idle_harts only between its last look for
 *       work and its leaving wfi; who chooses it clears the bit, so two
 *       wakeups choose two harts.
 */
#include "core/lockdep.h"
#include "include/errno.h"
#include "lib/bitops.h"
#include "riscv/csr.h"
#include "riscv/timer.h"
#include "sched/runqueue.h"

_Atomic uint64_t idle_harts;

/* Take hart out of the idle ones.  => false: somebody else did */
static bool
claim_idle(uint32_t hart)
{
    return atomic_fetch_and(&idle_harts, ~BIT(hart)) & BIT(hart);
}

static uint32_t
least_loaded(uint64_t allowed)
{
    uint32_t best = ctz64(allowed);

    for_each_cpu(i)
        if (allowed & BIT(i) && READ_ONCE(run_queues[i].nr_queued) <
                                    READ_ONCE(run_queues[best].nr_queued))
            best = i;
    return best;
}

/* The hart for runnable t; claims it if it is idle. */
uint32_t
select_hart(const struct task *t)
{
    uint32_t me = hart_index();
    uint64_t allowed, idle;

    if (nr_cpus == 1)
        return 0;
    allowed = t->affinity & atomic_read(&harts_online);
    idle = atomic_read(&idle_harts) & allowed;
    if (idle & BIT(t->hart) && claim_idle(t->hart))
        return t->hart;
    while (idle) {
        uint32_t hart = idle & BIT(me) ? me : ctz64(idle);

        if (claim_idle(hart))
            return hart;
        idle &= ~BIT(hart);
    }
    if (t->nvcsw + t->nivcsw == 0) /* never ran: a new one */
        return least_loaded(allowed);
    if (allowed & BIT(me))
        return me;
    return allowed & BIT(t->hart) ? t->hart : ctz64(allowed);
}

/* Somebody waits on a busy hart: let an idle one come and steal. */
void
kick_idle_hart(void)
{
    uint64_t idle;

    smp_mb(); /* what was queued is visible before we look */
    idle = atomic_read(&idle_harts);
    if (idle) {
        uint32_t hart = ctz64(idle);

        if (claim_idle(hart) && hart != hart_index())
            cpu_kick(hart);
    }
}

/* Take the first task of rq that may run on this hart; NULL: none. */
static struct task *
steal_from(struct run_queue *rq, uint32_t me)
{
    struct task *t;

    spin_lock(&rq->lock);
    for (unsigned q = 0; q < NR_QUEUES; q++)
        list_for_each_entry(t, &rq->queue[q], run_link)
            if (t->affinity & BIT(me)) {
                dequeue_locked(rq, t); /* on_rq stays: it moves */
                spin_unlock(&rq->lock);
                return t;
            }
    spin_unlock(&rq->lock);
    return NULL;
}

/*
 * Get a task onto this hart's queue, from one where at least so many wait.
 * => false: none
 */
bool
steal_task(uint32_t nr_waiting)
{
    uint32_t me = hart_index();

    for (uint32_t i = 1; i < nr_cpus; i++) {
        struct run_queue *rq = &run_queues[(me + i) % nr_cpus];
        struct task *t;

        if (READ_ONCE(rq->nr_queued) < nr_waiting)
            continue;
        t = steal_from(rq, me);
        if (!t)
            continue;
        rq = &run_queues[me];
        spin_lock(&rq->lock);
        enqueue_locked(rq, t, QUEUE_WAITING);
        spin_unlock(&rq->lock);
        return true;
    }
    return false;
}

/* Wait for an interrupt, unless there is work; interrupts are off. */
static void
idle_wait(struct run_queue *rq)
{
    uint64_t before;

    if (rq->idle->thread.need_resched || READ_ONCE(rq->nr_queued))
        return;
    before = read_instret();
    wait_for_interrupt();
    cpus[rq->hart].idle_instret += read_instret() - before;
}

void
idle_loop(void)
{
    struct run_queue *rq = this_rq();

    csr_set(sstatus, SSTATUS_SIE);
    for (;;) {
        atomic_fetch_or(&idle_harts, BIT(rq->hart));
        smp_mb(); /* the bit is visible before we look for work */
        if (READ_ONCE(rq->nr_queued) || steal_task(1)) {
            claim_idle(rq->hart);
            schedule();
            continue;
        }
        irq_disable(); /* a wakeup from here on ends wfi */
        idle_wait(rq);
        claim_idle(rq->hart);
        irq_enable(); /* the interrupt comes here, and may switch */
    }
}

int
sched_set_affinity(struct task *t, uint64_t mask)
{
    mask &= atomic_read(&harts_online);
    if (mask == 0)
        return -EINVAL;
    spin_lock(&t->lock);
    t->affinity = mask;
    spin_unlock(&t->lock);
    if (t == current)
        schedule();
    return 0;
}

void
sched_set_nice(struct task *t, int nice)
{
    spin_lock(&t->lock);
    t->nice = nice < -20 ? -20 : nice > 19 ? 19 : nice;
    spin_unlock(&t->lock);
}
