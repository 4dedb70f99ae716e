/* SPDX-License-Identifier: MIT */
/*
 * watchdog.h - DEBUG builds report what does not move: a spinlock that a hart
 * waits for and that has been in the same hands for seconds, and a run queue
 * whose waiting threads get no turn.  It does not stop the machine.
 */
#pragma once

#include <stdint.h>

struct spinlock;

#ifdef DEBUG
/* sched: this hart switched threads. */
void watchdog_touch(void);
/* sched, each tick: so many threads wait on this hart's run queue. */
void watchdog_tick(unsigned nr_waiting);
/* spin_lock, now and then: nobody took or released l since `since`. */
void watchdog_spinning(const struct spinlock *l, uint64_t since);
#else
#define watchdog_touch() ((void)0)
#define watchdog_tick(nr_waiting) ((void)(nr_waiting))
#define watchdog_spinning(l, since) ((void)(l), (void)(since))
#endif
