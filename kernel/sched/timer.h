/* SPDX-License-Identifier: MIT */
/*
 * Time: clocks and one-shot timers, in ticks of the timebase (10 MHz on
 * QEMU).  The next deadline programs the hart's timer; an idle hart has no
 * periodic tick.
 */
#pragma once

#include <stdbool.h>

#include "include/time.h"
#include "lib/rbtree.h"
#include "riscv/timer.h"

struct task;

struct ktimer {
    void (*fn)(struct ktimer *); /* interrupt context, no lock held */
    struct rb_node node;         /* in the tree of its hart */
    uint64_t deadline;           /* timebase */
    uint32_t hart;               /* where it was started last */
    bool armed;
    struct task *sleeper; /* of schedule_timeout() */
};

/* Arm t, which is not.  => any context; also from its fn */
void ktimer_start(struct ktimer *t, uint64_t deadline);
/* Disarm; waits until fn is not running on another hart.  => not from fn */
void ktimer_cancel(struct ktimer *t);

#define clock_ticks timer_read     /* now, timebase since boot */
uint64_t ns_to_ticks(uint64_t ns); /* rounds up, saturates */
#define ms_to_ticks(ms) ((uint64_t)(ms)*timebase_hz / 1000)

/* In the unit of times(2) and of /proc. */
static inline uint64_t
to_user_hz(uint64_t ticks)
{
    return ticks / (timebase_hz / USER_HZ);
}
void clock_set_realtime(int64_t ns_since_epoch); /* from RTC, settimeofday */
int64_t clock_realtime_ns(void);
struct timespec ns_to_timespec(int64_t ns);
#define current_time() ns_to_timespec(clock_realtime_ns()) /* of files */
