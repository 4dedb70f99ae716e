/* SPDX-License-Identifier: MIT */
/* test: system-info ram=16M harts=1-8 swap=0 time=30 */
/*
 * uname and sysinfo: the name of the machine can be set and read, memory and
 * uptime agree with /proc, free memory falls by what is used and comes back.
 * Fails when a structure has another layout than Linux's, or counts do not
 * move.
 */
#include <sys/utsname.h>
#include "test.h"

enum { USED_MB = 2 };

static void
check_names(void)
{
    struct utsname name, old;

    CHECK_OK(uname(&old));
    CHECK(strcmp(old.machine, "riscv64") == 0);
    CHECK(strlen(old.sysname) > 0 && strlen(old.release) > 0);
    CHECK(old.release[0] >= '4' && old.release[0] <= '9');
    if (getuid() == 0) {
        CHECK_OK(sethostname("somewhere", 9));
        CHECK_OK(uname(&name));
        CHECK(strcmp(name.nodename, "somewhere") == 0);
        CHECK_ERR(sethostname("x", 100), EINVAL);
        CHECK_OK(sethostname(old.nodename, strlen(old.nodename)));
    }
    CHECK_OK(uname(&name));
    CHECK(memcmp(&name, &old, sizeof(name)) == 0);
}

static int64_t
more_free(const struct sysinfo *from, const struct sysinfo *to)
{
    return (int64_t)(to->freeram - from->freeram) * (int64_t)to->mem_unit;
}

static void
check_numbers(void)
{
    struct sysinfo info, later;
    char *p;

    CHECK_OK(sysinfo(&info));
    CHECK(info.mem_unit > 0 && info.totalram > info.freeram);
    CHECK(info.totalram * info.mem_unit > 8 * (uint64_t)MB);
    CHECK(info.procs >= 2);
    CHECK_EQ(info.totalswap * info.mem_unit / 1024, meminfo_kb("SwapTotal:"));
    CHECK(info.freeswap <= info.totalswap);
    p = map_memory(USED_MB * MB);
    memset(p, 1, USED_MB * MB);
    CHECK_OK(sysinfo(&later));
    CHECK(more_free(&later, &info) >= USED_MB * MB - MB / 2);
    CHECK_OK(munmap(p, USED_MB * MB));
    info = later;
    CHECK_OK(sysinfo(&later));
    CHECK(more_free(&info, &later) >= USED_MB * MB - MB / 2);
    CHECK(later.uptime >= info.uptime);
}

int
main(void)
{
    check_names();
    check_numbers();
    CHECK(sysconf(_SC_NPROCESSORS_ONLN) >= 1);
    CHECK_EQ(sysconf(_SC_PAGESIZE), PAGE);
    return 0;
}
