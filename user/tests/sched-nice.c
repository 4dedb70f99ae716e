/* SPDX-License-Identifier: MIT */
/* test: sched-nice ram=16M harts=1-8 swap=0 time=30 */
/*
 * The nice value stays between -20 and 19 and is inherited; everybody may run
 * on every hart. Fails when a value is taken that does not exist, or when
 * sched_getaffinity counts other harts than the system has.
 */
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>
#include "test.h"

enum { TOO_HIGH = 100, NOBODY = 0x3fffffff };

static void
check_inherited(void *arg)
{
    (void)arg;
    CHECK_EQ(getpriority(PRIO_PROCESS, 0), 5);
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
    CHECK_ERR(setpriority(PRIO_PROCESS, NOBODY, 0), ESRCH);
    reap_ok(start_child(check_inherited, NULL));
}

/* One line of /proc/cpuinfo begins each hart's part. */
static int
harts_of_cpuinfo(void)
{
    FILE *f = fopen("/proc/cpuinfo", "r");
    char line[256];
    int n = 0;

    CHECK(f != NULL);
    while (fgets(line, sizeof(line), f))
        n += strncmp(line, "processor", 9) == 0;
    fclose(f);
    return n;
}

int
main(void)
{
    cpu_set_t all;

    check_nice();
    CHECK_OK(sched_getaffinity(0, sizeof(all), &all));
    CHECK_EQ(CPU_COUNT(&all), harts_of_cpuinfo());
    CHECK_ERR(sched_getaffinity(NOBODY, sizeof(all), &all), ESRCH);
    CHECK_ERR(sched_getaffinity(0, 4, &all), EINVAL);
    return 0;
}
