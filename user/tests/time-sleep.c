/* SPDX-License-Identifier: MIT */
/* test: time-sleep ram=16M harts=1-8 swap=0 time=60 */
/*
 * A sleep never ends early, by whichever clock and call it was asked for, with
 * one process or thirty sleeping at once; one that lies in the past or is zero
 * ends at once; nonsense is refused. (That it ends late is allowed.) Fails when
 * a timer is rounded down, lost (it hangs), or fires for another's sleep.
 */
#include <poll.h>
#include <time.h>
#include "test.h"

enum { SLEEPERS = 30, NS_PER_MS = 1000000, NS_PER_S = 1000000000 };

static int64_t
now(void)
{
    struct timespec t;

    CHECK_OK(clock_gettime(CLOCK_MONOTONIC, &t));
    CHECK(t.tv_nsec >= 0 && t.tv_nsec < NS_PER_S);
    return t.tv_sec * NS_PER_S + t.tv_nsec;
}

static struct timespec
timespec_of(int64_t ns)
{
    return (struct timespec){ns / NS_PER_S, ns % NS_PER_S};
}

static void
check_relative(int64_t ns)
{
    struct timespec t = timespec_of(ns);
    int64_t start = now();

    CHECK_OK(nanosleep(&t, NULL));
    CHECK(now() - start >= ns);
}

static void
check_absolute(int64_t ns)
{
    int64_t end = now() + ns;
    struct timespec t = timespec_of(end);

    CHECK_EQ(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL), 0);
    CHECK(now() >= end);
}

static void
check_poll(int ms)
{
    int64_t start = now();

    CHECK_EQ(poll(NULL, 0, ms), 0);
    CHECK(now() - start >= (int64_t)ms * NS_PER_MS);
}

static void
sleep_often(void *number)
{
    for (int64_t i = 1; i <= 5; i++)
        check_relative((int64_t)number * i * 100001);
}

static void
check_nonsense(void)
{
    struct timespec t = {0, NS_PER_S};

    CHECK_ERR(nanosleep(&t, NULL), EINVAL);
    t = (struct timespec){-1, 0};
    CHECK_ERR(nanosleep(&t, NULL), EINVAL);
    t = (struct timespec){0, 0};
    CHECK_OK(nanosleep(&t, NULL));
    t = (struct timespec){1, 0}; /* long ago */
    CHECK_EQ(clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &t, NULL), 0);
    CHECK(clock_nanosleep(99, 0, &t, NULL) != 0);
}

int
main(void)
{
    pid_t pids[SLEEPERS];

    check_relative(1);
    check_relative(1000);
    check_relative(NS_PER_MS);
    check_relative(20 * NS_PER_MS + 1);
    check_absolute(5 * NS_PER_MS);
    check_poll(1);
    check_poll(7);
    check_nonsense();
    for (long i = 0; i < SLEEPERS; i++)
        pids[i] = start_child(sleep_often, (void *)i);
    for (int i = 0; i < SLEEPERS; i++)
        reap_ok(pids[i]);
    return 0;
}
