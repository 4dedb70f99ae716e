/* SPDX-License-Identifier: MIT */
/* test: time-monotonic ram=16M harts=1-8 swap=0 time=60 */
/*
 * CLOCK_MONOTONIC never goes back, on one hart or from one to the next, and a
 * time handed to another process lies in its past; setting the time of day
 * moves CLOCK_REALTIME alone. Fails when the harts' clocks differ, or when
 * their conversion to nanoseconds overflows or rounds to and fro.
 */
#include <sched.h>
#include <sys/time.h>
#include <time.h>
#include "test.h"

enum { READS = 2000, HOPS = 500, NS_PER_S = 1000000000, SHIFT_S = 1000 };

static int there[2], back[2];

static int64_t
read_clock(clockid_t id)
{
    struct timespec t;

    CHECK_OK(clock_gettime(id, &t));
    return t.tv_sec * NS_PER_S + t.tv_nsec;
}

static void
check_forward(clockid_t id)
{
    int64_t last = read_clock(id);

    for (int i = 0; i < READS; i++) {
        int64_t t = read_clock(id);

        CHECK(t >= last);
        last = t;
    }
}

/* Take a time from one pipe, compare, and put one of ours into the other. */
static void
hop(int in, int out)
{
    int64_t theirs, ours;

    CHECK_EQ(read(in, &theirs, sizeof(theirs)), sizeof(theirs));
    ours = read_clock(CLOCK_MONOTONIC);
    if (ours < theirs)
        FAIL("expected a time after %lld, seen %lld", (long long)theirs,
             (long long)ours);
    CHECK_EQ(write(out, &ours, sizeof(ours)), sizeof(ours));
}

static void
bind_to(int hart)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET(hart, &set);
    CHECK_OK(sched_setaffinity(0, sizeof(set), &set));
}

static void
other_hart(void *hart)
{
    bind_to((int)(long)hart);
    for (int i = 0; i < HOPS; i++)
        hop(there[0], back[1]);
}

static void
check_between(int hart)
{
    int64_t first = read_clock(CLOCK_MONOTONIC);
    pid_t pid;

    CHECK_OK(pipe(there));
    CHECK_OK(pipe(back));
    pid = start_child(other_hart, (void *)(long)hart);
    CHECK_EQ(write(there[1], &first, sizeof(first)), sizeof(first));
    for (int i = 1; i < HOPS; i++)
        hop(back[0], there[1]);
    reap_ok(pid);
    for (int i = 0; i < 2; i++) {
        close(there[i]);
        close(back[i]);
    }
}

static void
check_setting(void)
{
    struct timespec t = {0};
    int64_t mono, real;

    CHECK_OK(clock_gettime(CLOCK_REALTIME, &t));
    mono = read_clock(CLOCK_MONOTONIC);
    real = read_clock(CLOCK_REALTIME);
    t.tv_sec += SHIFT_S;
    CHECK_OK(clock_settime(CLOCK_REALTIME, &t));
    CHECK(read_clock(CLOCK_REALTIME) - real >=
          (int64_t)SHIFT_S * NS_PER_S - NS_PER_S);
    CHECK(read_clock(CLOCK_MONOTONIC) - mono < (int64_t)SHIFT_S * NS_PER_S);
    CHECK_OK(clock_gettime(CLOCK_REALTIME, &t));
    t.tv_sec -= SHIFT_S;
    CHECK_OK(clock_settime(CLOCK_REALTIME, &t));
    CHECK_ERR(clock_settime(CLOCK_MONOTONIC, &t), EINVAL);
    CHECK_ERR(clock_gettime(99, &t), EINVAL);
}

int
main(void)
{
    cpu_set_t harts;

    check_forward(CLOCK_MONOTONIC);
    check_forward(CLOCK_BOOTTIME);
    check_forward(CLOCK_PROCESS_CPUTIME_ID);
    CHECK_OK(sched_getaffinity(0, sizeof(harts), &harts));
    bind_to(0);
    for (int hart = 0; hart < 8; hart++)
        if (CPU_ISSET(hart, &harts))
            check_between(hart);
    if (getuid() == 0)
        check_setting();
    return 0;
}
