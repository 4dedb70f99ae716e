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
 * A wait is for an end on the timebase.  One until an absolute time of another
 * clock is converted when it begins.
 *
 * Nothing but a stop (SIGSTOP, SIGCONT) can interrupt a wait that goes on after
 * it: the call is made again then, and keeps the end that it had.  So no sleep
 * ends early, and the rest that it would have had is never told.
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
        return (int64_t)timer_to_ns(u->utime + u->stime);
    default: /* the kinds of MONOTONIC, and BOOTTIME */
        return clock > CLOCK_BOOTTIME ? NO_CLOCK : (int64_t)timer_ns();
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

/*
 * How long a struct timespec is in ticks; what 64 bits of nanoseconds, 292
 * years, cannot hold is for ever.  -EFAULT, -EINVAL
 */
static int
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
    clock_set_realtime((int64_t)timer_to_ns(ticks));
    return 0;
}

/* The next timed call that is made is this one again: nothing runs between. */
int
get_end(uint64_t user, uint64_t shown, uint64_t *end)
{
    uint64_t kept = current->wait_end, ticks = 0;
    int err = user ? get_ticks(user, &ticks) : 0;

    current->wait_end = 0;
    *end = kept   ? kept
           : user ? clock_ticks() + ticks - MIN(ticks, shown)
                  : UINT64_MAX;
    return err;
}

/* Wait for nothing: for a time, or with TIMER_ABSTIME until the clock shows it. */
SYSCALL(clock_nanosleep)
{
    struct wait_queue nobody = WAIT_QUEUE_INIT(nobody);
    int64_t ns = read_clock(a[0]);
    uint64_t end, shown = 0;
    int err;

    if (ns == NO_CLOCK || a[0] == CLOCK_PROCESS_CPUTIME_ID ||
        a[0] == CLOCK_THREAD_CPUTIME_ID)
        return -EINVAL;
    if (a[1] & TIMER_ABSTIME)
        shown = ns_to_ticks((uint64_t)MAX(ns, (int64_t)0));
    err = a[2] ? get_end(a[2], shown, &end) : -EFAULT;
    if (err ||
        __wait_event(&nobody, false, TASK_INTERRUPTIBLE, ticks_left(end)) >= 0)
        return err;
    current->wait_end = end;
    return -ERESTARTSYS;
}

SYSCALL(nanosleep)
{
    return sys_clock_nanosleep(
        (const uint64_t[]){CLOCK_MONOTONIC, 0, a[0], a[1]});
}
