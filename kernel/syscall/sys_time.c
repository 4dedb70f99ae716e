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
#include "syscall/syscall.h"

enum { NSEC_PER_USEC = 1000 };
#define NO_CLOCK INT64_MIN

/* What the clock shows, in ns, or NO_CLOCK. */
static int64_t
read_clock(uint64_t clock)
{
    const struct usage *u;

    switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
        return clock_realtime_ns();
    case CLOCK_PROCESS_CPUTIME_ID:
    case CLOCK_THREAD_CPUTIME_ID:
        u = task_usage(current);
        return (int64_t)ticks_to_ns(u->utime + u->stime);
    default: /* the kinds of MONOTONIC, and BOOTTIME */
        return clock > CLOCK_BOOTTIME ? NO_CLOCK
                                      : (int64_t)clock_monotonic_ns();
    }
}

SYSCALL(clock_gettime)
{
    int64_t ns = read_clock(a[0]);
    struct timespec now = ns_to_timespec(ns);

    return ns == NO_CLOCK ? -EINVAL : copy_out(a[1], &now, sizeof(now));
}

/* There are no time zones in the kernel: a[1] stays as it is. */
SYSCALL(gettimeofday)
{
    struct timespec now = ns_to_timespec(clock_realtime_ns());
    struct timeval tv = {now.tv_sec, now.tv_nsec / NSEC_PER_USEC};

    return copy_out_if(a[0], &tv, sizeof(tv));
}

/* What 64 bits of nanoseconds, 292 years, cannot hold is for ever. */
int
get_ticks(uint64_t user, uint64_t *ticks)
{
    struct timespec t;
    int64_t ns;

    if (copy_in(&t, user, sizeof(t)))
        return -EFAULT;
    if (t.tv_sec < 0 || t.tv_nsec < 0 || t.tv_nsec >= NSEC_PER_SEC)
        return -EINVAL;
    *ticks = __builtin_mul_overflow(t.tv_sec, (int64_t)NSEC_PER_SEC, &ns) ||
                     __builtin_add_overflow(ns, t.tv_nsec, &ns)
                 ? WAIT_FOREVER
                 : ns_to_ticks((uint64_t)ns);
    return 0;
}

/* To a tick of the timebase. */
SYSCALL(clock_settime)
{
    uint64_t ticks;
    int err = a[0] == CLOCK_REALTIME ? get_ticks(a[1], &ticks) : -EINVAL;

    if (err || ticks == WAIT_FOREVER)
        return err ?: -EINVAL;
    if (!is_root(&current->cred))
        return -EPERM;
    clock_set_realtime((int64_t)ticks_to_ns(ticks));
    return 0;
}

/*
 * Sleep until `end` (timebase), by waiting for nothing; the rest of it goes to
 * user memory if a signal comes.
 */
static int64_t
sleep_until(uint64_t end, uint64_t rest_user)
{
    struct wait_queue nobody = WAIT_QUEUE_INIT(nobody);
    uint64_t now = clock_ticks();
    int64_t ticks = (int64_t)(end - MIN(end, now));
    struct timespec rest;

    if (__wait_event(&nobody, false, TASK_INTERRUPTIBLE, ticks) >= 0)
        return 0;
    now = clock_ticks();
    rest = ns_to_timespec((int64_t)ticks_to_ns(end - MIN(end, now)));
    return copy_out_if(rest_user, &rest, sizeof(rest)) ?: -EINTR;
}

/* For a time, or with TIMER_ABSTIME until the clock shows it. */
SYSCALL(clock_nanosleep)
{
    uint64_t ticks, shown, now = clock_ticks();
    int64_t ns = read_clock(a[0]);
    int err = get_ticks(a[2], &ticks);

    if (ns == NO_CLOCK || a[0] == CLOCK_PROCESS_CPUTIME_ID ||
        a[0] == CLOCK_THREAD_CPUTIME_ID)
        return -EINVAL;
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
