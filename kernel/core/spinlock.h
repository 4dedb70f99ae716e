/* SPDX-License-Identifier: MIT */
/*
 * Spinlocks: the one flavour there is.  Taking one disables interrupts on
 * this hart, releasing the outermost restores them, so any lock may be used
 * from interrupt context.  The word holds the owner's hart index + 1, hence
 * a panic can say who holds a lock.
 *
 * Interface
 *   struct spinlock l = SPINLOCK_INIT(RANK_X, "name");  or spin_init().
 *   spin_lock / spin_unlock, spin_lock_nested for two locks of the same rank,
 *   spin_held for asserts.
 *   irq_disable / irq_enable nest with locks (thread.irq_depth).
 *
 * Invariants
 *   I1  Nobody sleeps or switches with irq_depth > 0, except schedule() with
 *       exactly its run queue's lock.
 *   I2  In DEBUG builds each acquisition is checked against the ranks
 *       (core/lockdep.h) and each held lock is on the thread's stack.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "core/lock_rank.h"
#include "riscv/atomic.h"
#include "riscv/thread.h"

struct spinlock {
    _Atomic uint32_t word;  /* 0: free, else hart index + 1 */
    uint16_t rank;          /* (c) enum lock_rank */
    _Atomic uint16_t turns; /* DEBUG: times taken; its holder writes it */
    const char *name;       /* (c) */
};

#define SPINLOCK_INIT(rank_, name_)                                            \
    {                                                                          \
        .rank = (rank_), .name = (name_)                                       \
    }

#define spin_init(l, rank_, name_)                                             \
    ((void)(*(l) = (struct spinlock)SPINLOCK_INIT(rank_, name_)))

void spin_lock(struct spinlock *l);
void spin_lock_nested(struct spinlock *l, unsigned subclass);
void spin_unlock(struct spinlock *l);

static inline bool
spin_held(struct spinlock *l)
{
    return atomic_read(&l->word) == hart_index() + 1;
}

/* Interrupts off on this hart; nests, also with spinlocks. */
void irq_disable(void);
void irq_enable(void);

/* For trap_core_ops: an interrupt of the kernel was handled. */
void preempt_interrupted(void);

/*
 * core <- sched: called by the last spin_unlock and the return from a kernel
 * interrupt when need_resched is set and the thread may be switched (irq_depth
 * == 0, preempt_count == 0).
 */
extern void (*preempt_reschedule)(void); /* NULL until there are tasks */
