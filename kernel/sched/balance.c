/* SPDX-License-Identifier: MIT */
/*
 * balance.c - which hart runs a task: placement, stealing, the idle loop.
 *
 * How.  A task that wakes up goes to an idle hart if there is one, its
 * previous hart first, else it waits behind the hart that woke it.  A hart that
 * runs out of work looks through the
 * queues of the others and steals the task that would run next; only then does
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
#include "core/watchdog.h"
#include "lib/bitops.h"
#include "riscv/timer.h"
#include "sched/runqueue.h"

static _Atomic uint64_t idle_harts; /* those that wait for work */

/* Take hart out of the idle ones.  => false: somebody else did */
static bool
claim_idle(uint32_t hart)
{
    return atomic_fetch_and(&idle_harts, ~BIT(hart)) & BIT(hart);
}

/* One of the harts, a or else b if they are among them. */
static uint32_t
choose(uint64_t harts, uint32_t a, uint32_t b)
{
    return harts & BIT(a) ? a : harts & BIT(b) ? b : ctz64(harts);
}

/* The hart for runnable t; claims it if it is idle. */
uint32_t
select_hart(const struct task *t)
{
    uint64_t allowed = t->affinity & atomic_read(&harts_online), idle;

    while ((idle = atomic_read(&idle_harts) & allowed)) {
        uint32_t hart = choose(idle, t->hart, hart_index());

        if (claim_idle(hart))
            return hart;
    }
    return choose(allowed, hart_index(), t->hart);
}

/* Somebody waits on a busy hart: let an idle one come and steal. */
void
kick_idle_hart(void)
{
    uint64_t idle;

    smp_mb(); /* what was queued is visible before we look */
    idle = atomic_read(&idle_harts);
    if (idle && claim_idle(ctz64(idle)) && ctz64(idle) != hart_index())
        cpu_kick(ctz64(idle));
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
        t = dequeue_locked(rq, BIT(mine->hart));
        spin_unlock(&rq->lock);
    }
    if (!t)
        return false;
    spin_lock(&mine->lock);
    enqueue_locked(mine, t, false);
    spin_unlock(&mine->lock);
    return true;
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

/* Who runs where it may not run any more leaves at the next switch. */
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
