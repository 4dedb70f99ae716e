/* SPDX-License-Identifier: MIT */
/* test: sched-nice-affinity ram=16M harts=1-8 swap=0 time=30 */
/*
 * A process runs only on the harts it is told to, its nice value stays between
 * -20 and 19, and both are inherited. Fails when a process that was bound to a
 * hart is found on another, or when a mask without any hart is taken.
 */
#include <sched.h>
#include <sys/resource.h>
#include "test.h"

enum { YIELDS = 50, TOO_HIGH = 100 };

static void
check_inherited(void *hart)
{
    cpu_set_t set;

    CHECK_OK(sched_getaffinity(0, sizeof(set), &set));
    CHECK_EQ(CPU_COUNT(&set), 1);
    CHECK(CPU_ISSET((long)hart, &set));
    CHECK_EQ(sched_getcpu(), (long)hart);
    CHECK_EQ(getpriority(PRIO_PROCESS, 0), 5);
}

static void
run_on(int hart)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET(hart, &set);
    CHECK_OK(sched_setaffinity(0, sizeof(set), &set));
    for (int i = 0; i < YIELDS; i++) {
        CHECK_EQ(sched_getcpu(), hart);
        CHECK_OK(sched_yield());
    }
    reap_ok(start_child(check_inherited, (void *)(long)hart));
}

static void
check_nice(void)
{
    CHECK_OK(setpriority(PRIO_PROCESS, 0, TOO_HIGH));
    CHECK_EQ(getpriority(PRIO_PROCESS, 0), 19);
    CHECK_OK(setpriority(PRIO_PROCESS, 0, -TOO_HIGH));
    CHECK_EQ(getpriority(PRIO_PROCESS, 0), -20);
    CHECK_OK(setpriority(PRIO_PROCESS, 0, 0));
    CHECK_OK(nice(5));
    CHECK_EQ(getpriority(PRIO_PROCESS, 0), 5);
    CHECK_ERR(getpriority(17, 0), EINVAL);
    CHECK_ERR(setpriority(PRIO_PROCESS, 0x3fffffff, 0), ESRCH);
}

int
main(void)
{
    cpu_set_t all, none;
    int harts = 0;

    check_nice();
    CPU_ZERO(&none);
    CHECK_OK(sched_getaffinity(0, sizeof(all), &all));
    for (int hart = 0; hart < 8; hart++)
        if (CPU_ISSET(hart, &all)) {
            run_on(hart);
            harts++;
        }
    CHECK_EQ(harts, CPU_COUNT(&all));
    CHECK_ERR(sched_setaffinity(0, sizeof(none), &none), EINVAL);
    CHECK_OK(sched_setaffinity(0, sizeof(all), &all));
    CHECK_ERR(sched_getaffinity(0x3fffffff, sizeof(all), &all), ESRCH);
    return 0;
}
