/* SPDX-License-Identifier: MIT */
/*
 * sys_time.c - clocks and sleeping.
 *
 * There is one counter, the timebase; every clock is made of it:
 *
 *   MONOTONIC, BOOTTIME   since boot
 *   REALTIME              the same plus an offset, from the RTC or set by root
 *   CPUTIME               what the scheduler charged to this task
 *
 * A sleep is for an end on the timebase.  One until an absolute time of another
 * clock is converted when it begins.
 *
 * After a stop (SIGSTOP, SIGCONT) an absolute sleep goes on, a relative one
 * ends with EINTR and what was left.
 *
 * Not done: setting REALTIME does not wake who waits for a time of it; sleeping
 * by CPU time; dynamic clocks and those of other processes.
 */
#include "sched/sched.h"
#include "sched/timer.h"
#include "syscall/syscall.h"

enum { NSEC_PER_USEC = 1000 };
#define MAX_SECONDS (INT64_MAX / NSEC_PER_SEC) /* in 64 bits of nanoseconds */

static bool
is_cpu_clock(uint64_t clock)
{
    return clock == CLOCK_PROCESS_CPUTIME_ID ||
           clock == CLOCK_THREAD_CPUTIME_ID;
}

/* What the clock shows, in ns.  0, or -EINVAL: there is no such clock */
static int
read_clock(uint64_t clock, int64_t *ns)
{
    uint64_t utime, stime;

    if (clock > CLOCK_BOOTTIME)
        return -EINVAL;
    if (is_cpu_clock(clock)) {
        task_times(current, &utime, &stime);
        *ns = (int64_t)ticks_to_ns(utime + stime);
    } else if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) {
        *ns = clock_realtime_ns();
    } else { /* the kinds of MONOTONIC, and BOOTTIME */
        *ns = (int64_t)clock_monotonic_ns();
    }
    return 0;
}

SYSCALL(clock_gettime)
{
    struct timespec now;
    int64_t ns;

    if (read_clock(a[0], &ns))
        return -EINVAL;
    now = ns_to_timespec(ns);
    return copy_out(a[1], &now, sizeof(now));
}

/* One tick of the timebase, whatever the clock. */
SYSCALL(clock_getres)
{
    struct timespec res = {0, (int64_t)ticks_to_ns(1)};
    int64_t ns;

    return read_clock(a[0], &ns) ?: copy_out_if(a[1], &res, sizeof(res));
}

SYSCALL(gettimeofday)
{
    struct timespec now = ns_to_timespec(clock_realtime_ns());
    struct timeval tv = {now.tv_sec, now.tv_nsec / NSEC_PER_USEC};
    struct timezone tz = {0, 0};

    return copy_out_if(a[0], &tv, sizeof(tv))
               ?: copy_out_if(a[1], &tz, sizeof(tz));
}

/* Nanoseconds must fit 64 bits. */
SYSCALL(clock_settime)
{
    struct timespec t;

    if (a[0] != CLOCK_REALTIME)
        return -EINVAL;
    if (copy_in(&t, a[1], sizeof(t)))
        return -EFAULT;
    if (t.tv_sec < 0 || t.tv_sec >= MAX_SECONDS || t.tv_nsec < 0 ||
        t.tv_nsec >= NSEC_PER_SEC)
        return -EINVAL;
    if (!is_root(&current->cred))
        return -EPERM;
    clock_set_realtime(t.tv_sec * NSEC_PER_SEC + t.tv_nsec);
    return 0;
}

/* Sleep until `end` (timebase); rest of it to user memory if interrupted. */
static int64_t
sleep_until(uint64_t end, uint64_t rest_user)
{
    struct timespec rest;
    uint64_t now;

    while ((now = clock_ticks()) < end) {
        set_current_state(TASK_INTERRUPTIBLE);
        if (signal_pending(current)) {
            set_current_state(TASK_RUNNING);
            rest = ns_to_timespec((int64_t)ticks_to_ns(end - now));
            return copy_out_if(rest_user, &rest, sizeof(rest)) ?: -EINTR;
        }
        schedule_timeout((int64_t)MIN(end - now, (uint64_t)INT64_MAX / 2));
    }
    return 0;
}

int
get_ticks(uint64_t user, uint64_t *ticks)
{
    struct timespec t;
    int64_t ns;

    if (copy_in(&t, user, sizeof(t)))
        return -EFAULT;
    if (t.tv_sec < 0 || t.tv_nsec < 0 || t.tv_nsec >= NSEC_PER_SEC)
        return -EINVAL;
    if (__builtin_mul_overflow(t.tv_sec, (int64_t)NSEC_PER_SEC, &ns) ||
        __builtin_add_overflow(ns, t.tv_nsec, &ns))
        ns = INT64_MAX; /* 292 years */
    *ticks = ns_to_ticks((uint64_t)ns);
    return 0;
}

/* For a time, or with TIMER_ABSTIME until the clock shows it. */
SYSCALL(clock_nanosleep)
{
    uint64_t ticks, shown, now = clock_ticks();
    int64_t ns;
    int err;

    if (is_cpu_clock(a[0]) || read_clock(a[0], &ns))
        return -EINVAL;
    err = get_ticks(a[2], &ticks);
    if (err)
        return err;
    if (!(a[1] & TIMER_ABSTIME))
        return sleep_until(now + ticks, a[3]);
    shown = ns_to_ticks((uint64_t)MAX(ns, (int64_t)0));
    if (ticks <= shown)
        return 0;
    /* An end that stays the same: after a stop, sleep on. */
    return sleep_until(now + ticks - shown, 0) ? -ERESTARTSYS : 0;
}

SYSCALL(nanosleep)
{
    return sys_clock_nanosleep(
        (const uint64_t[]){CLOCK_MONOTONIC, 0, a[0], a[1]});
}
