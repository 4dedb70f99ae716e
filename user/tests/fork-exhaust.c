/* SPDX-License-Identifier: MIT */
/* test: fork-exhaust ram=16M harts=1-8 swap=0 time=120 */
/*
 * Forking on and on ends in an errno, and everybody can be reaped afterwards:
 * once by the limit on a user's processes, once (with enough memory) by a
 * thousand children or by what the system says first. Fails when fork kills
 * or hangs somebody in place of saying EAGAIN or ENOMEM, when the limit is not
 * kept, or when a process that has been reaped still counts.
 */
#include <sys/resource.h>
#include "test.h"

enum { MOST = 1000, USER = 1000, USER_LIMIT = 20, PER_MB = 4 };

static struct gate gate;
static pid_t pids[MOST];

static void
stay(void *arg)
{
    (void)arg;
    gate_pass(&gate);
}

/* Fork until that fails or `most` are alive, then let all go. => how many */
static int
fork_all(int most, int *error)
{
    int count = 0;

    gate_make(&gate);
    for (*error = 0; count < most; count++) {
        pids[count] = fork();
        if (pids[count] < 0) {
            *error = errno;
            break;
        }
        if (pids[count] == 0) {
            stay(NULL);
            _exit(0);
        }
    }
    gate_open(&gate);
    for (int i = 0; i < count; i++)
        reap_ok(pids[i]);
    CHECK_ERR(wait(NULL), ECHILD);
    return count;
}

static void
meet_limit(void *arg)
{
    struct rlimit limit = {USER_LIMIT, USER_LIMIT};
    int error, count;

    (void)arg;
    CHECK_OK(setrlimit(RLIMIT_NPROC, &limit));
    CHECK_OK(setgid(USER));
    CHECK_OK(setuid(USER));
    for (int round = 0; round < 2; round++) {
        count = fork_all(2 * USER_LIMIT, &error);
        CHECK_EQ(error, EAGAIN);
        CHECK_EQ(count, USER_LIMIT - 1); /* this process counts */
    }
}

int
main(void)
{
    size_t most = ram_mb() * PER_MB;
    int error;

    reap_ok(start_child(meet_limit, NULL));
    if (most > MOST)
        most = MOST;
    for (int round = 0; round < 2; round++) {
        int count = fork_all((int)most, &error);

        if (error != 0 && error != EAGAIN && error != ENOMEM)
            FAIL("fork %d: expected EAGAIN or ENOMEM, seen \"%s\"", count,
                 strerror(error));
        CHECK(count > 20);
    }
    return 0;
}
