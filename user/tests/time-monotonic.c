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

enum {
    READS = 2000,
    LAPS = 500,
    MAX_MEMBERS = 9,
    NS_PER_S = 1000000000,
    SHIFT_S = 1000,
};

static int ring[MAX_MEMBERS][2], members;

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
hand_on(void *number)
{
    long i = (long)number;

    for (int lap = 0; lap < LAPS; lap++)
        hop(ring[i][0], ring[(i + 1) % members][1]);
}

/* Times go round a ring of processes, more than there are harts. */
static void
check_between(int harts)
{
    int64_t first = read_clock(CLOCK_MONOTONIC);
    pid_t pids[MAX_MEMBERS];

    members = harts + 1;
    for (int i = 0; i < members; i++)
        CHECK_OK(pipe(ring[i]));
    for (long i = 1; i < members; i++)
        pids[i] = start_child(hand_on, (void *)i);
    CHECK_EQ(write(ring[1][1], &first, sizeof(first)), sizeof(first));
    for (int lap = 1; lap < LAPS; lap++)
        hop(ring[0][0], ring[1][1]);
    for (int i = 1; i < members; i++)
        reap_ok(pids[i]);
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
    check_between(CPU_COUNT(&harts));
    if (getuid() == 0)
        check_setting();
    return 0;
}
