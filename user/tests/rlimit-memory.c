/* SPDX-License-Identifier: MIT */
/* test: rlimit-memory ram=16M harts=1-8 swap=0 time=30 */
/*
 * RLIMIT_AS bounds the whole address space, RLIMIT_DATA the private writable
 * part of it: mmap and brk beyond are ENOMEM, what was there stays, and memory
 * that is given back counts no more. Limits are inherited; only root raises a
 * hard one. Fails when a limit is not asked, or when the sum drifts.
 */
#include <sys/resource.h>
#include "test.h"

enum { LIMIT = 8 * MB, ROUNDS = 50, USER = 1000 };

static long
try_map(size_t size, int prot)
{
    return (long)mmap(NULL, size, prot,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

static void
set_limit(int which)
{
    struct rlimit limit = {LIMIT, LIMIT};

    CHECK_OK(setrlimit(which, &limit));
}

static void
check_space(void *arg)
{
    (void)arg;
    set_limit(RLIMIT_AS);
    for (int i = 0; i < ROUNDS; i++) {
        long p = CHECK_OK(try_map(LIMIT / 2, PROT_READ));

        CHECK_ERR(try_map(LIMIT / 2, PROT_READ), ENOMEM);
        CHECK_OK(munmap((void *)p, LIMIT / 2));
    }
    CHECK_ERR(try_map(LIMIT, PROT_NONE), ENOMEM);
    CHECK(sbrk(LIMIT) == (void *)-1 && errno == ENOMEM);
}

static void
check_data(void *arg)
{
    (void)arg;
    set_limit(RLIMIT_DATA);
    CHECK_OK(try_map(LIMIT, PROT_READ)); /* not writable: no data */
    CHECK_ERR(try_map(LIMIT, PROT_READ | PROT_WRITE), ENOMEM);
    for (int i = 0; i < ROUNDS; i++) {
        long p = CHECK_OK(try_map(LIMIT / 2, PROT_READ | PROT_WRITE));

        CHECK(sbrk(LIMIT / 2) == (void *)-1 && errno == ENOMEM);
        CHECK_OK(munmap((void *)p, LIMIT / 2));
    }
    CHECK(sbrk(LIMIT / 2) != (void *)-1);
}

static void
check_inherited(void *arg)
{
    struct rlimit limit;

    (void)arg;
    CHECK_OK(getrlimit(RLIMIT_NOFILE, &limit));
    CHECK_EQ(limit.rlim_cur, 17);
    CHECK_EQ(limit.rlim_max, 19);
}

static void
check_raising(void *arg)
{
    struct rlimit limit = {17, 19};

    (void)arg;
    CHECK_OK(setrlimit(RLIMIT_NOFILE, &limit));
    reap_ok(start_child(check_inherited, NULL));
    CHECK_OK(setuid(USER));
    limit.rlim_cur = 19;
    CHECK_OK(setrlimit(RLIMIT_NOFILE, &limit));
    limit.rlim_max = 20;
    CHECK_ERR(setrlimit(RLIMIT_NOFILE, &limit), EPERM);
    limit.rlim_cur = 21;
    CHECK_ERR(setrlimit(RLIMIT_NOFILE, &limit), EINVAL);
    CHECK_ERR(getrlimit(RLIM_NLIMITS, &limit), EINVAL);
}

int
main(void)
{
    reap_ok(start_child(check_space, NULL));
    reap_ok(start_child(check_data, NULL));
    reap_ok(start_child(check_raising, NULL));
    return 0;
}
