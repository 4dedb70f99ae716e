/* SPDX-License-Identifier: MIT */
/*
 * spinlock.c - spinlocks, and turning interrupts and preemption off.
 *
 * The fast path is one compare-exchange of the lock word.  A hart that must
 * wait says so in its struct cpu, where panic and ^P find it, and now and then
 * looks up: has it been too long (the watchdog)?  Has another hart panicked?
 * Then it stops where it is; the panicking hart itself walks through locks
 * that the others will never release.
 *
 * irq_depth counts nested spinlocks and irq_disable()s of the thread; the
 * outermost one remembers in irq_saved whether interrupts were on before.
 *
 * Preemption.  An interrupt or a wakeup may find that another thread should
 * run and sets need_resched.  The switch happens as soon as the thread may be
 * switched: on the way out of the interrupt, or when the last lock is given
 * back, whichever comes first.
 *
 * Not done: fairness.  With at most 8 harts and short sections a ticket would
 * cost every acquisition more than it saves.
 */
#include "core/spinlock.h"

#include "core/cpu.h"
#include "core/lockdep.h"
#include "core/panic.h"
#include "riscv/timer.h"

enum { SPINS_PER_LOOK = 1 << 14 };

void (*preempt_reschedule)(void);

void
irq_disable(void)
{
    uint64_t old = csr_read_clear(sstatus, SSTATUS_SIE);
    struct thread *t = current_thread();

    if (t->irq_depth++ == 0)
        t->irq_saved = old & SSTATUS_SIE;
}

/* => interrupts on or about to go on, irq_depth 0 */
static void
resched_if_due(struct thread *t)
{
    if (unlikely(t->need_resched) && t->preempt_count == 0)
        preempt_reschedule();
}

void
irq_enable(void)
{
    struct thread *t = current_thread();

    DEBUG_ASSERT(t->irq_depth > 0);
    if (--t->irq_depth == 0 && t->irq_saved) {
        csr_set(sstatus, SSTATUS_SIE);
        resched_if_due(t);
    }
}

void
preempt_interrupted(void)
{
    DEBUG_ASSERT(current_thread()->irq_depth == 0); /* no lock was kept */
    resched_if_due(current_thread());
}

/* Somebody has it: wait.  Interrupts are off. */
static __noinline void
spin_wait(struct spinlock *l, uint32_t self)
{
    uint64_t since = timer_read();
    uint16_t turns = atomic_read(&l->turns);

    if (atomic_read(&l->word) == self && !panicking())
        panic("spinlock %s taken twice", l->name);
    cpus[self - 1].waits_for = l;
    while (!raw_trylock(&l->word, self)) {
        unsigned spins = 0;

        while (atomic_read(&l->word) && ++spins < SPINS_PER_LOOK)
            cpu_relax();
        if (spins < SPINS_PER_LOOK)
            continue;
        if (atomic_read(&l->turns) != turns) { /* it moves, if not to us */
            turns = atomic_read(&l->turns);
            since = timer_read();
        }
        watchdog_spinning(l, since);
        panic_checkpoint();
        if (panicking())
            break; /* whoever has it was stopped */
    }
    cpus[self - 1].waits_for = NULL;
}

static inline __attribute__((always_inline)) void
spin_lock_at(struct spinlock *l, unsigned subclass, uint64_t caller)
{
    irq_disable();
    lock_check_order(l, l->rank, subclass);

    uint32_t self = hart_index() + 1;

    if (unlikely(!raw_trylock(&l->word, self)))
        spin_wait(l, self);
    spin_acquired(l, subclass, caller);
}

void
spin_lock(struct spinlock *l)
{
    spin_lock_at(l, 0, RETURN_ADDRESS);
}

void
spin_lock_nested(struct spinlock *l, unsigned subclass)
{
    spin_lock_at(l, subclass, RETURN_ADDRESS);
}

void
spin_unlock(struct spinlock *l)
{
    DEBUG_ASSERT(spin_held(l) || panicking());
    spin_released(l);
    raw_unlock(&l->word);
    irq_enable();
}
