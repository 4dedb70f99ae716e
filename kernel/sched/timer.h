/* SPDX-License-Identifier: MIT */
/*
 * Time: clocks and one-shot timers, in ticks of the timebase (10 MHz on
 * QEMU).  The next deadline programs the hart's timer; an idle hart has no
 * periodic tick.
 */
#ifndef SCHED_TIMER_H
#define SCHED_TIMER_H

#include <stdbool.h>
#include <stdint.h>

#include "include/time.h"
#include "lib/list.h"
#include "lib/rbtree.h"

struct ktimer {
    struct rb_node node;         /* in the tree of its hart */
    uint64_t deadline;           /* timebase */
    void (*fn)(struct ktimer *); /* interrupt context, no lock held */
    int32_t hart;                /* whose tree, -1: not armed */
};

void ktimer_init(struct ktimer *t, void (*fn)(struct ktimer *));
void ktimer_start(struct ktimer *t, uint64_t deadline); /* (re)arm */
/* Disarm; waits until fn is not running on another hart. */
void ktimer_cancel(struct ktimer *t);

uint64_t clock_ticks(void); /* now, timebase since boot */
uint64_t ticks_per_sec(void);
uint64_t ns_to_ticks(uint64_t ns); /* rounds up, saturates */
uint64_t ticks_to_ns(uint64_t ticks);
static inline uint64_t
ms_to_ticks(uint64_t ms)
{
    return ns_to_ticks(ms * 1000000);
}

void clock_set_realtime(int64_t ns_since_epoch); /* from RTC, settimeofday */
int64_t clock_realtime_ns(void);
uint64_t clock_monotonic_ns(void);
struct timespec ns_to_timespec(int64_t ns);
/* Seconds since the epoch, for file times. */
struct timespec current_time(void);

#endif
