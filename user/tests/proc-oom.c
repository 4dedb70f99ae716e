/* SPDX-License-Identifier: MIT */
/* test: proc-oom ram=16M harts=1-8 swap=0 time=60 */
/*
 * oom_score grows with the memory in use and with oom_score_adj; the latter
 * takes -1000 to 1000, is inherited by fork and kept by exec; a user may raise
 * his own, not lower it, nor touch another's. Fails when a process could hide
 * from the OOM killer, or when the score does not follow.
 */
#include "test.h"

enum { USER = 1000, SIZE = 2 * MB };

#define ADJ "/proc/self/oom_score_adj"
#define SCORE "/proc/self/oom_score"

static long
write_number(const char *path, const char *number)
{
    int fd = open(path, O_WRONLY);
    long n = fd < 0 ? -1 : write(fd, number, strlen(number)), err = errno;

    if (fd >= 0)
        close(fd);
    errno = (int)err;
    return n;
}

static void
check_inherited(void *arg)
{
    char grep[] = "grep", want[] = "^300$", path[] = ADJ, quiet[] = "-q";
    char *argv[] = {grep, quiet, want, path, NULL};

    (void)arg;
    CHECK_EQ(proc_number(ADJ, ""), 300);
    CHECK_OK(execv("/bin/grep", argv));
}

static void
be_user(void *arg)
{
    (void)arg;
    CHECK_OK(setuid(USER));
    CHECK_OK(write_number(ADJ, "400"));
    CHECK_EQ(proc_number(ADJ, ""), 400);
    CHECK_OK(write_number(ADJ, "400"));
    CHECK_ERR(write_number(ADJ, "399"), EACCES);
    CHECK_ERR(write_number(ADJ, "-1000"), EACCES);
    CHECK_ERR(write_number("/proc/1/oom_score_adj", "1000"), EACCES);
    CHECK(proc_number("/proc/1/oom_score", "") == 0);
}

int
main(void)
{
    long before = proc_number(SCORE, "");
    char *p = map_memory(SIZE);

    CHECK_EQ(proc_number(ADJ, ""), 0);
    memset(p, 1, SIZE);
    if (ram_mb() < 64)
        CHECK(proc_number(SCORE, "") > before);
    CHECK_OK(write_number(ADJ, "300\n"));
    CHECK(proc_number(SCORE, "") >= 300 - 1);
    CHECK_ERR(write_number(ADJ, "1001"), EINVAL);
    CHECK_ERR(write_number(ADJ, "-1001"), EINVAL);
    CHECK_ERR(write_number(ADJ, "many"), EINVAL);
    CHECK_EQ(proc_number(ADJ, ""), 300);
    reap_ok(start_child(check_inherited, NULL));
    reap_ok(start_child(be_user, NULL));
    CHECK_OK(write_number(ADJ, "-1000"));
    CHECK_EQ(proc_number(SCORE, ""), 0);
    CHECK_OK(write_number(ADJ, "0"));
    CHECK_OK(munmap(p, SIZE));
    return 0;
}
