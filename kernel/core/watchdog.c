/* SPDX-License-Identifier: MIT */
/*
 * watchdog.c - see watchdog.h.
 *
 * Every hart notes when its run queue last moved: at each switch, and at each
 * tick that finds nobody waiting.  Any hart's tick looks at the notes of all,
 * so a hart that is stuck with interrupts off is found by the others.
 */
#include "core/watchdog.h"

#ifdef DEBUG

#include "core/cpu.h"
#include "core/kallsyms.h"
#include "core/panic.h"
#include "core/printk.h"
#include "core/spinlock.h"
#include "riscv/timer.h"

static struct {
    _Atomic uint64_t moved;    /* `time` of the last move */
    _Atomic uint32_t waiting;  /* threads that waited at the last look */
    _Atomic uint32_t reported; /* this case */
} queues[NR_CPUS];

static uint64_t
limit(void)
{
    return WATCHDOG_SECONDS * timebase_hz;
}

void
watchdog_touch(void)
{
    unsigned i = hart_index();

    atomic_set(&queues[i].moved, timer_read());
    atomic_set(&queues[i].waiting, 0);
    atomic_set(&queues[i].reported, 0);
}

void
watchdog_tick(unsigned nr_waiting)
{
    uint64_t now = timer_read();
    unsigned me = hart_index();

    /* Who waits first waits from now on: an idle hart last moved long ago. */
    if (nr_waiting == 0 || atomic_read(&queues[me].waiting) == 0)
        watchdog_touch();
    atomic_set(&queues[me].waiting, nr_waiting);
    for_each_cpu(i) {
        if (!atomic_read(&queues[i].waiting) ||
            now - atomic_read(&queues[i].moved) < limit() ||
            now < atomic_read(&queues[i].moved) ||
            atomic_exchange(&queues[i].reported, 1))
            continue;
        pr_err("watchdog: run queue of cpu %u does not move", i);
        show_state();
    }
}

void
watchdog_spinning(struct spinlock *l, uint64_t since)
{
    static _Atomic(struct spinlock *) reported;

    /* panicking: the log is another's; its own lock: no way to print */
    if (timer_read() - since < limit() || panicking() || l->rank >= RANK_LOG ||
        atomic_exchange(&reported, l) == l)
        return;
    pr_err("watchdog: cpu %u spins on %s, held by cpu %d", hart_index(),
           l->name, (int)atomic_read(&l->word) - 1);
    backtrace();
    show_state();
}

#endif
