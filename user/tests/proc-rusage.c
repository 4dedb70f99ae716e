/* SPDX-License-Identifier: MIT */
/* test: proc-rusage ram=16M harts=1-8 swap=0 time=30 */
/*
 * The kernel counts what a process uses: processor time, page faults, the most
 * memory it had; a parent gets its children's sums when it has waited for them,
 * not before; what its threads and their children used is in them. Fails when a
 * count does not move, or is lost at exit.
 */
#include <sys/resource.h>
#include <sys/times.h>
#include <thread.h>
#include <time.h>
#include "test.h"

enum { BURN_US = 30000, US_PER_S = 1000000, PAGES = 200, TICK_US = 10000 };

static int64_t
microseconds(const struct timeval *t)
{
    return t->tv_sec * US_PER_S + t->tv_usec;
}

static int64_t
processor_time(int who)
{
    struct rusage usage;

    CHECK_OK(getrusage(who, &usage));
    return microseconds(&usage.ru_utime) + microseconds(&usage.ru_stime);
}

static void
burn(void *arg)
{
    struct rusage before, after;
    volatile char *p;

    (void)arg;
    while (processor_time(RUSAGE_SELF) < BURN_US)
        for (volatile int i = 0; i < 1000; i++)
            ;
    CHECK_OK(getrusage(RUSAGE_SELF, &before));
    p = map_memory(PAGES * PAGE);
    for (int i = 0; i < PAGES; i++)
        p[i * PAGE] = 1;
    CHECK_OK(getrusage(RUSAGE_SELF, &after));
    CHECK(after.ru_minflt - before.ru_minflt >= PAGES);
    CHECK(after.ru_maxrss >= PAGES * PAGE / 1024);
}

static int
burn_in_thread(void *arg)
{
    burn(arg);
    return 0;
}

static void
thread_burns(void *arg)
{
    struct thread *t = thread_start(burn_in_thread, arg);

    CHECK(t != NULL);
    CHECK_EQ(thread_join(t), 0);
}

static void
child_burns(void *arg)
{
    reap_ok(start_child(burn, arg));
}

/* Somebody below the child that we wait for uses it. */
static void
check_below(void (*function)(void *))
{
    struct rusage usage;
    int64_t before = processor_time(RUSAGE_CHILDREN);
    pid_t pid = start_child(function, NULL);
    int status;

    CHECK_EQ(wait4(pid, &status, 0, &usage), pid);
    CHECK_EQ(status, 0);
    CHECK(microseconds(&usage.ru_utime) + microseconds(&usage.ru_stime) >=
          BURN_US);
    CHECK(processor_time(RUSAGE_CHILDREN) - before >= BURN_US);
}

int
main(void)
{
    struct rusage usage;
    struct tms tms;
    int status;
    pid_t pid;

    pid = start_child(burn, NULL);
    CHECK_EQ(processor_time(RUSAGE_CHILDREN), 0);
    CHECK_EQ(wait4(pid, &status, 0, &usage), pid);
    CHECK_EQ(status, 0);
    CHECK(microseconds(&usage.ru_utime) + microseconds(&usage.ru_stime) >=
          BURN_US);
    CHECK(usage.ru_minflt >= PAGES);
    CHECK(processor_time(RUSAGE_CHILDREN) >= BURN_US);
    CHECK(times(&tms) >= 0);
    CHECK(tms.tms_cutime + tms.tms_cstime >= BURN_US / TICK_US - 1);
    check_below(child_burns);
    check_below(thread_burns);
    CHECK_ERR(getrusage(17, &usage), EINVAL);
    return 0;
}
