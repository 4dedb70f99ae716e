/* SPDX-License-Identifier: MIT */
/*
 * lockdep.h - who holds what, is that in order, and does it move?
 *
 * Each thread has a stack of the locks it holds (thread.held).  Mutexes and
 * rwsems are always recorded, so that panic can name their holders; spinlocks
 * in DEBUG builds only, by core/spinlock.c.  In DEBUG builds each acquisition
 * is checked against the ranks of lock_rank.h.
 *
 * A sleeping lock calls, in its lock function,
 *     might_sleep();  lock_check_order(l, rank, subclass);   then, when got:
 *     lock_acquired(l, rank, subclass, caller)
 * (a trylock only the last) and lock_released(l) in its unlock function.
 */
#pragma once

#include <stdint.h>

#include "core/lock_rank.h"
#include "lib/macros.h"
#include "riscv/csr.h"
#include "riscv/thread.h"

struct spinlock;

#define RETURN_ADDRESS ((uint64_t)__builtin_return_address(0))

/* Push on the current thread's stack of held locks. */
static inline void
lock_acquired(const void *lock, unsigned rank, unsigned subclass,
              uint64_t caller)
{
    uint64_t was_on = csr_read_clear(sstatus, SSTATUS_SIE) & SSTATUS_SIE;
    struct thread *t = current_thread();

    if (likely(t->nr_held < THREAD_MAX_HELD))
        t->held[t->nr_held++] = (struct held_lock){lock, (uint16_t)rank,
                                                   (uint16_t)subclass, caller};
    csr_set(sstatus, was_on);
}

/*
 * Take it off again.  Locks may be released in any order; one that this
 * thread did not take (a page unlocked by end_io) is ignored.
 */
void lock_released_below(const void *lock);

static inline void
lock_released(const void *lock)
{
    struct thread *t = current_thread();

    if (likely(t->nr_held > 0 && t->held[t->nr_held - 1].lock == lock))
        t->nr_held--;
    else
        lock_released_below(lock);
}

/* Print the locks that t holds, one a line; nothing if none. */
void show_held_locks(const struct thread *t);

#ifdef DEBUG
/*
 * For schedule(): our run-queue lock is next's to release.  Call just before
 * switch_context().  Panics if the thread holds another spinlock,
 * or irq_depth is not 1.
 */
void lock_hand_over(const struct spinlock *l, struct thread *next);
/* Panic unless this lock may be taken now. */
void lock_check_order(const void *lock, unsigned rank, unsigned subclass);
/* Panic if the caller may not sleep: spinlock, preempt count, interrupts. */
void might_sleep(void);
/* Panic if the thread would take a lock to user mode. */
void lockdep_user_return(void);

/* The watchdog (watchdog.c) reports what does not move, and goes on. */
/* sched: this hart switched threads. */
void watchdog_touch(void);
/* sched, each tick: so many threads wait on this hart's run queue. */
void watchdog_tick(unsigned nr_waiting);
/* spin_lock, now and then: nobody took or released l since `since`. */
void watchdog_spinning(const struct spinlock *l, uint64_t since);

#define spin_acquired(l, subclass, caller)                                     \
    (atomic_set(&(l)->turns, atomic_read(&(l)->turns) + 1),                    \
     lock_acquired(l, (l)->rank, subclass, caller))
#define spin_released(l) lock_released(l)
#else
#define lock_hand_over(lock, next) ((void)0)
#define spin_acquired(l, subclass, caller) ((void)(subclass), (void)(caller))
#define spin_released(l) ((void)0)
#define lock_check_order(lock, rank, subclass)                                 \
    ((void)(lock), (void)(rank), (void)(subclass))
#define might_sleep() ((void)0)
#define lockdep_user_return() ((void)0)
#define watchdog_touch() ((void)0)
#define watchdog_tick(nr_waiting) ((void)(nr_waiting))
#define watchdog_spinning(l, since) ((void)(l), (void)(since))
#endif
