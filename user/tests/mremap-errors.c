/* SPDX-License-Identifier: MIT */
/* test: mremap-errors ram=16M harts=1-8 swap=0 time=30 */
/*
 * What mremap refuses, and with which error; a refused call changes nothing.
 * Limits hold for what is new only. Fails when an error differs from Linux's,
 * when a range that is not one mapping is moved, or when a limit is not asked.
 */
#include <sys/resource.h>
#include "test.h"

enum { SIZE = 8 * PAGE, LIMIT = 8 * MB };

static char *p;

static void
check_arguments(void)
{
    const int move = MREMAP_MAYMOVE, fixed = MREMAP_MAYMOVE | MREMAP_FIXED;
    char *hole = map_memory(SIZE);

    CHECK_OK(munmap(hole, SIZE));
    CHECK_ERR(mremap(p + 1, PAGE, PAGE, move), EINVAL);
    CHECK_ERR(mremap(p, PAGE, 0, move), EINVAL);
    CHECK_ERR(mremap(p, PAGE, PAGE, 64), EINVAL);
    CHECK_ERR(mremap(p, PAGE, PAGE, MREMAP_FIXED, hole), EINVAL);
    CHECK_ERR(mremap(p, PAGE, PAGE, fixed, hole + 1), EINVAL);
    CHECK_ERR(mremap(p, 2 * PAGE, 2 * PAGE, fixed, p + PAGE), EINVAL);
    CHECK_ERR(mremap(p + PAGE, 2 * PAGE, 2 * PAGE, fixed, p), EINVAL);
    CHECK_ERR(mremap(p, PAGE, PAGE, fixed, wild(1UL << 62)), EINVAL);
    CHECK_ERR(mremap(p, PAGE, 1UL << 62, fixed, hole), EINVAL);
    CHECK_ERR(mremap(p, PAGE, PAGE, fixed, wild(0)), EPERM);
    CHECK_ERR(mremap(p, 0, PAGE, move), EINVAL);
    CHECK_ERR(mremap(map_memory(PAGE), 0, PAGE, fixed, hole), EINVAL);
    CHECK_ERR(mremap(hole, PAGE, 2 * PAGE, move), EFAULT);
    CHECK_ERR(mremap(wild(1UL << 62), PAGE, 2 * PAGE, move), EFAULT);
    CHECK_ERR(mremap(p, SIZE + PAGE, SIZE + 2 * PAGE, move), EFAULT);
    CHECK_ERR(mremap(p, SIZE, 1UL << 62, move), ENOMEM);
    CHECK_OK(mremap(p, SIZE, SIZE, 0));
    check_fill(p, SIZE, 1);
}

/* Two areas with different rights are not one mapping, but can be cut. */
static void
check_two_areas(void)
{
    CHECK_OK(mprotect(p + SIZE / 2, SIZE / 2, PROT_READ));
    CHECK_ERR(mremap(p, SIZE, 2 * SIZE, MREMAP_MAYMOVE), EFAULT);
    CHECK_ERR(
        mremap(p, SIZE, SIZE, MREMAP_MAYMOVE | MREMAP_FIXED, p - 4 * SIZE),
        EFAULT);
    check_fill(p, SIZE, 1);
    CHECK_OK(mprotect(p + SIZE / 2, SIZE / 2, PROT_READ | PROT_WRITE));
}

static void
check_space(void *arg)
{
    struct rlimit limit = {LIMIT, LIMIT};

    (void)arg;
    CHECK_OK(setrlimit(RLIMIT_AS, &limit));
    CHECK_ERR(mremap(p, SIZE, LIMIT, MREMAP_MAYMOVE), ENOMEM);
    CHECK_OK(mremap(p, SIZE, LIMIT / 2, MREMAP_MAYMOVE));
}

static void
check_data(void *arg)
{
    struct rlimit limit = {LIMIT, LIMIT};

    (void)arg;
    CHECK_OK(setrlimit(RLIMIT_DATA, &limit));
    CHECK_ERR(mremap(p, SIZE, LIMIT, MREMAP_MAYMOVE), ENOMEM);
    limit.rlim_cur = PAGE; /* below what there is: moving needs no more */
    CHECK_OK(setrlimit(RLIMIT_DATA, &limit));
    CHECK_OK(
        mremap(p, SIZE, SIZE, MREMAP_MAYMOVE | MREMAP_FIXED, p - 4 * SIZE));
    check_fill(p - 4 * SIZE, SIZE, 1);
}

int
main(void)
{
    p = map_memory(16 * SIZE);
    CHECK_OK(munmap(p, 8 * SIZE));
    CHECK_OK(munmap(p + 9 * SIZE, 7 * SIZE));
    p += 8 * SIZE;
    fill(p, SIZE, 1);
    check_arguments();
    check_two_areas();
    reap_ok(start_child(check_space, NULL));
    reap_ok(start_child(check_data, NULL));
    check_fill(p, SIZE, 1);
    return 0;
}
