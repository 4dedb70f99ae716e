/* SPDX-License-Identifier: MIT */
/*
 * clock.c - what time it is.  Everything derives from the hart's `time`,
 * which counts since reset and is the same on all harts; the realtime clock
 * is an offset to it, set from the RTC and by settimeofday.
 */
#include "sched/timer.h"

#include "riscv/atomic.h"

#define NS_PER_SEC 1000000000L

static _Atomic int64_t realtime_offset_ns;

uint64_t
ns_to_ticks(uint64_t ns)
{
    /* What scales to more than 2^63 ticks is for ever (WAIT_FOREVER). */
    if (ns / NS_PER_SEC >= INT64_MAX / timebase_hz)
        return INT64_MAX;
    return timer_from_ns(ns);
}

int64_t
clock_realtime_ns(void)
{
    return (int64_t)timer_ns() + atomic_read(&realtime_offset_ns);
}

void
clock_set_realtime(int64_t ns_since_epoch)
{
    atomic_set(&realtime_offset_ns, ns_since_epoch - (int64_t)timer_ns());
}

struct timespec
ns_to_timespec(int64_t ns)
{
    struct timespec ts = {ns / NS_PER_SEC, ns % NS_PER_SEC};

    if (ts.tv_nsec < 0) { /* before 1970 */
        ts.tv_nsec += NS_PER_SEC;
        ts.tv_sec--;
    }
    return ts;
}

struct timespec
current_time(void)
{
    return ns_to_timespec(clock_realtime_ns());
}
