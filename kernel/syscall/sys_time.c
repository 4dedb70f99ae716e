/* SPDX-License-Identifier: MIT */
/* sys_time.c - clocks and sleeping. */
#include "include/time.h"
#include "lib/macros.h"
#include "sched/sched.h"
#include "sched/timer.h"
#include "syscall/syscall.h"

#define MAX_SECONDS (INT64_MAX / 1000000000) /* in 64 bits of nanoseconds */

static int
read_clock(uint64_t clock, struct timespec *out)
{
    uint64_t utime, stime;

    switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
        *out = ns_to_timespec(clock_realtime_ns());
        return 0;
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_BOOTTIME:
        *out = ns_to_timespec((int64_t)clock_monotonic_ns());
        return 0;
    case CLOCK_PROCESS_CPUTIME_ID:
    case CLOCK_THREAD_CPUTIME_ID:
        task_times(current, &utime, &stime);
        *out = ns_to_timespec((int64_t)ticks_to_ns(utime + stime));
        return 0;
    default:
        return -EINVAL;
    }
}

int64_t
sys_clock_gettime(const uint64_t *a)
{
    struct timespec now;
    int err = read_clock(a[0], &now);

    return err ? err : copy_out(a[1], &now, sizeof(now));
}

int64_t
sys_clock_getres(const uint64_t *a)
{
    struct timespec now, res = {0, (int64_t)ticks_to_ns(1)};
    int err = read_clock(a[0], &now);

    if (err || !a[1])
        return err;
    return copy_out(a[1], &res, sizeof(res));
}

int64_t
sys_clock_settime(const uint64_t *a)
{
    struct timespec t;
    int err;

    if (a[0] != CLOCK_REALTIME)
        return -EINVAL;
    err = get_timespec(&t, a[1]);
    if (err)
        return err;
    if (t.tv_sec >= MAX_SECONDS)
        return -EINVAL;
    if (!is_root(&current->cred))
        return -EPERM;
    clock_set_realtime(t.tv_sec * 1000000000 + t.tv_nsec);
    return 0;
}

int64_t
sys_gettimeofday(const uint64_t *a)
{
    struct timespec now = ns_to_timespec(clock_realtime_ns());
    struct timeval tv = {now.tv_sec, now.tv_nsec / 1000};
    struct timezone tz = {0, 0};

    if (a[0] && copy_out(a[0], &tv, sizeof(tv)))
        return -EFAULT;
    return a[1] ? copy_out(a[1], &tz, sizeof(tz)) : 0;
}

int64_t
sys_settimeofday(const uint64_t *a)
{
    struct timeval tv;

    if (!is_root(&current->cred))
        return -EPERM;
    if (!a[0])
        return 0;
    if (copy_in(&tv, a[0], sizeof(tv)))
        return -EFAULT;
    if (tv.tv_sec < 0 || tv.tv_sec >= MAX_SECONDS || tv.tv_usec < 0 ||
        tv.tv_usec >= 1000000)
        return -EINVAL;
    clock_set_realtime(tv.tv_sec * 1000000000 + tv.tv_usec * 1000);
    return 0;
}

/* Sleep until `end` (timebase); rest of it to user memory if interrupted. */
static int64_t
sleep_until(uint64_t end, uint64_t rest_user)
{
    uint64_t now;

    for (;;) {
        now = clock_ticks();
        if (now >= end)
            return 0;
        set_current_state(TASK_INTERRUPTIBLE);
        if (signal_pending(current))
            break;
        schedule_timeout((int64_t)MIN(end - now, (uint64_t)INT64_MAX / 2));
    }
    set_current_state(TASK_RUNNING);
    if (rest_user) {
        struct timespec rest = ns_to_timespec((int64_t)ticks_to_ns(end - now));

        if (copy_out(rest_user, &rest, sizeof(rest)))
            return -EFAULT;
    }
    return -EINTR;
}

int64_t
sys_nanosleep(const uint64_t *a)
{
    struct timespec t;
    int err = get_timespec(&t, a[0]);

    if (err)
        return err;
    return sleep_until(clock_ticks() + timespec_to_ticks(&t), a[1]);
}

int64_t
sys_clock_nanosleep(const uint64_t *a)
{
    uint64_t clock = a[0], ticks, now = clock_ticks();
    struct timespec t, at;
    int err;

    if (clock == CLOCK_THREAD_CPUTIME_ID || read_clock(clock, &at) ||
        clock == CLOCK_PROCESS_CPUTIME_ID)
        return -EINVAL;
    err = get_timespec(&t, a[2]);
    if (err)
        return err;
    ticks = timespec_to_ticks(&t);
    if (!(a[1] & TIMER_ABSTIME))
        return sleep_until(now + ticks, a[3]);
    /* An absolute time of that clock, on the timebase. */
    at.tv_sec = MAX(at.tv_sec, (int64_t)0);
    if (ticks <= timespec_to_ticks(&at))
        return 0;
    /* An end that stays the same: after a stop, sleep on. */
    return sleep_until(now + ticks - timespec_to_ticks(&at), 0) ? -ERESTARTSYS
                                                                : 0;
}
