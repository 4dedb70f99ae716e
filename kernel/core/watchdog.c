/* SPDX-License-Identifier: MIT */
/*
 * watchdog.c - DEBUG builds report what does not move: a spinlock that a hart
 * waits for and that has been in the same hands for seconds, and a run queue
 * whose waiting threads get no turn.  It does not stop the machine.
 *
 * Run queues.  For each hart we note since when threads have been waiting there
 * without a switch.  Any hart's tick looks at the notes of all, so a hart that
 * is stuck with interrupts off is found by the others.  Who reports a hart sets
 * its note to now: the next report of it comes after another WATCHDOG_SECONDS.
 *
 * Spinlocks.  Who waits long for one that stays in the same hands reports
 * itself, once a lock: what follows is usually that everybody waits for it.
 *
 * Locks: none; a note is one atomic word, written by its own hart, or by who
 * reports it.
 */
#include "core/lockdep.h"

#ifdef DEBUG

#include "core/cpu.h"
#include "core/panic.h"
#include "core/printk.h"
#include "core/spinlock.h"
#include "riscv/timer.h"

enum { WATCHDOG_SECONDS = 10 };

static _Atomic uint64_t waits_since[NR_CPUS]; /* `time`; 0: nobody waits */

static bool
too_long(uint64_t since)
{
    int64_t passed = (int64_t)(timer_read() - since);

    return passed > (int64_t)(WATCHDOG_SECONDS * timebase_hz);
}

void
watchdog_touch(void)
{
    atomic_set(&waits_since[hart_index()], 0);
}

void
watchdog_tick(unsigned nr_waiting)
{
    if (nr_waiting == 0)
        watchdog_touch();
    else if (atomic_read(&waits_since[hart_index()]) == 0)
        atomic_set(&waits_since[hart_index()], timer_read());
    for_each_cpu(i) {
        uint64_t since = atomic_read(&waits_since[i]);

        if (since && too_long(since) &&
            atomic_compare_exchange_strong(&waits_since[i], &since,
                                           timer_read())) {
            pr_err("watchdog: run queue of cpu %u does not move", i);
            show_state();
        }
    }
}

void
watchdog_spinning(const struct spinlock *l, uint64_t since)
{
    static _Atomic(const struct spinlock *) reported;

    /* panicking: the log is another's; its own lock: no way to print */
    if (!too_long(since) || panicking() || l->rank >= RANK_LOG ||
        atomic_exchange(&reported, l) == l)
        return;
    pr_err("watchdog: cpu %u spins on %s, held by cpu %d", hart_index(),
           l->name, (int)atomic_read(&l->word) - 1);
    backtrace_from(current_thread(), (uint64_t)__builtin_frame_address(0), 0);
    show_state();
}

#endif
