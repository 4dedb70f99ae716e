/* SPDX-License-Identifier: MIT */
/* test: time-sleep ram=16M harts=1-8 swap=0 time=60 */
/*
 * A sleep never ends early, by whichever clock and call it was asked for, with
 * one process or thirty sleeping at once; one that lies in the past or is zero
 * ends at once; nonsense is refused. (That it ends late is allowed.) A wait that
 * is stopped and continued again and again is over when it would have been. Fails
 * when a timer is rounded down, lost (it hangs), or fires for another's sleep, and
 * when a wait begins anew or says EINTR after a stop.
 */
#include <poll.h>
#include <sys/futex.h>
#include <time.h>
#include "test.h"

enum {
    SLEEPERS = 30,
    STOPPED_MS = 50,
    NS_PER_MS = 1000000,
    NS_PER_S = 1000000000
};

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
wait_on_futex(int64_t ns)
{
    struct timespec t = timespec_of(ns);
    int64_t start = now();
    uint32_t word = 0;

    CHECK_ERR(futex(&word, FUTEX_WAIT, 0, &t), ETIMEDOUT);
    CHECK(now() - start >= ns);
}

static void
wait_in_all_ways(void *arg)
{
    (void)arg;
    check_relative(STOPPED_MS * NS_PER_MS);
    check_absolute(STOPPED_MS * NS_PER_MS);
    check_poll(STOPPED_MS);
    wait_on_futex(STOPPED_MS * NS_PER_MS);
    check_relative(NS_PER_MS); /* not until an end that was another's */
}

/* It is stopped more often than it waits for, so it must not begin anew. */
static void
check_stops(void)
{
    pid_t pid = start_child(wait_in_all_ways, NULL);
    int status;

    for (;;) {
        check_relative(STOPPED_MS * NS_PER_MS / 10);
        CHECK_OK(kill(pid, SIGSTOP));
        CHECK_EQ(waitpid(pid, &status, WUNTRACED), pid);
        if (!WIFSTOPPED(status))
            break;
        CHECK_OK(kill(pid, SIGCONT));
    }
    CHECK_EQ(status, 0);
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
    check_stops();
    check_nonsense();
    for (long i = 0; i < SLEEPERS; i++)
        pids[i] = start_child(sleep_often, (void *)i);
    for (int i = 0; i < SLEEPERS; i++)
        reap_ok(pids[i]);
    return 0;
}
