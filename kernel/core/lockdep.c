/* SPDX-License-Identifier: MIT */
/*
 * lockdep.c - the stack of held locks, and the checks of DEBUG builds.
 *
 * A lock may be taken if every lock that the thread holds has a lower rank,
 * or the same rank and a lower subclass.  Suppose every thread keeps to that;
 * then in a ring of threads where each waits for a lock of the next, ranks
 * would rise all the way around the ring, which is impossible: so there is no
 * deadlock.  Ranks need no history: an inversion is found on the first run of
 * either side, not only when both collide.
 *
 * Each stack belongs to its thread, and to the interrupts that come while it
 * runs: they push and pop above nr_held, and leave it as it was; so none may
 * come in the middle of a push.  panic reads the stacks of others without a
 * lock and may see an entry too many or too few.
 *
 * Invariants
 *   I1  The entries below nr_held are locks that the thread holds.
 *   I2  A thread that is switched out holds no spinlock: its run queue's was
 *       handed over to the next (lock_hand_over).
 *
 * Not done: a thread that holds more than THREAD_MAX_HELD locks (a commit of
 * many pages) has the rest unrecorded and unchecked.
 * See: doc/locking.md for the order itself.
 */
#include "core/lockdep.h"

#include "core/panic.h"
#include "core/printk.h"
#include "core/spinlock.h"

/* Mutexes and rwsems go by the name of their rank, spinlocks by their own. */
static const char *
lock_name(const void *lock, unsigned rank)
{
    /* clang-format off */
    static const char *const names[] = {
        "unranked lock", "rename", "file position", "mount", "inode", "tty output",
        "mmap_lock", "journal handle", "writeout", "page", "block map",
        "metadata page", "i_mmap or anon_vma",
    };
    /* clang-format on */
    static_assert(ARRAY_SIZE(names) == RANK_SPIN_FIRST, "as in lock_rank.h");

    return rank < RANK_SPIN_FIRST ? names[rank]
                                  : ((const struct spinlock *)lock)->name;
}

/* It is not on top of the stack. */
void
lock_released_below(const void *lock)
{
    struct thread *t = current_thread();
    uint64_t i = t->nr_held;

    while (i > 0 && t->held[i - 1].lock != lock)
        i--;
    if (i == 0)
        return;
    /* An interrupt may use the entries from nr_held on at any moment. */
    for (; i < t->nr_held; i++)
        t->held[i - 1] = t->held[i];
    t->nr_held--;
}

void
show_held_locks(const struct thread *t)
{
    for (unsigned i = 0; i < t->nr_held; i++) {
        const struct held_lock *h = &t->held[i];
        char where[SYMBOL_SIZE];

        printk("  holds %s %p, taken at %s", lock_name(h->lock, h->rank),
               h->lock, symbol_string(h->caller, where));
    }
}

#ifdef DEBUG

void
lock_hand_over(const struct spinlock *l, struct thread *next)
{
    struct thread *t = current_thread();

    lock_released(l);
    if (next->nr_held < THREAD_MAX_HELD)
        next->held[next->nr_held++] =
            (struct held_lock){l, l->rank, 0, RETURN_ADDRESS};
    for (unsigned i = 0; i < t->nr_held; i++)
        if (t->held[i].rank >= RANK_SPIN_FIRST)
            panic("switching with spinlock %s held",
                  lock_name(t->held[i].lock, t->held[i].rank));
    ASSERT(t->irq_depth == 1);
}

void
lock_check_order(const void *lock, unsigned rank, unsigned subclass)
{
    const struct thread *t = current_thread();

    if (rank == RANK_NONE || panicking())
        return;
    for (unsigned i = 0; i < t->nr_held; i++) {
        const struct held_lock *h = &t->held[i];

        if (h->lock == lock)
            panic("lock %s %p taken twice", lock_name(lock, rank), lock);
        if (h->rank > rank || (h->rank == rank && h->subclass >= subclass))
            panic("lock order: %s (rank %u.%u) under %s (rank %u.%u)",
                  lock_name(lock, rank), rank, subclass,
                  lock_name(h->lock, h->rank), h->rank, h->subclass);
    }
}

void
might_sleep(void)
{
    const struct thread *t = current_thread();

    if (!preempt_reschedule || panicking()) /* still booting, or the end */
        return;
    if (t->irq_depth || t->preempt_count || !(csr_read(sstatus) & SSTATUS_SIE))
        panic("sleeping with irq_depth %u, preempt_count %u", t->irq_depth,
              t->preempt_count);
}

void
lockdep_user_return(void)
{
    const struct thread *t = current_thread();

    if (t->nr_held || t->irq_depth || t->preempt_count || t->scope ||
        t->pagefault_disabled)
        panic("back to user mode with %lu locks, irq_depth %u, "
              "preempt_count %u, scope %u",
              t->nr_held, t->irq_depth, t->preempt_count, t->scope);
}

#endif
