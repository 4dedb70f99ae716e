/* SPDX-License-Identifier: MIT */
/* test: heap-brk ram=16M harts=1-8 swap=0 time=30 */
/*
 * The heap grows and shrinks by brk, byte by byte as by megabytes; what comes
 * back after shrinking is zero; below its end memory keeps its contents; and
 * what lies beyond is not there. Fails when a page of the old heap shows again,
 * or when shrinking leaves it mapped.
 */
#include <sys/resource.h>
#include "test.h"

enum { STEPS = 500, BIG = 2 * MB };

static char *start;

static void
touch(void *address)
{
    *(volatile char *)address = 1;
}

static void
check_pages(void)
{
    CHECK_OK(brk(start + BIG));
    check_zero(start, BIG);
    fill(start, BIG, 1);
    CHECK_OK(brk(start + BIG / 2));
    CHECK_DIES(touch, start + BIG / 2, SIGSEGV);
    check_fill(start, BIG / 2, 1);
    CHECK_OK(brk(start + BIG));
    check_zero(start + BIG / 2, BIG / 2);
    CHECK_OK(brk(start));
    CHECK_DIES(touch, start, SIGSEGV);
}

/* One byte more at a time: a page is there when its first byte is. */
static void
check_bytes(void)
{
    for (int i = 0; i < STEPS; i++) {
        char *p = sbrk(PAGE / 8 + 1);

        CHECK(p != (char *)-1);
        memset(p, i + 1, PAGE / 8 + 1);
    }
    for (int i = 0; i < STEPS; i++)
        CHECK_EQ(start[i * (PAGE / 8 + 1)], (char)(i + 1));
    CHECK_OK(brk(start));
}

static void
check_limits(void *arg)
{
    struct rlimit limit;

    (void)arg;
    CHECK_OK(getrlimit(RLIMIT_DATA, &limit));
    CHECK_ERR(brk((void *)(1UL << 62)), ENOMEM);
    CHECK_ERR(brk((void *)16), ENOMEM); /* below its start: nothing */
    CHECK(sbrk(0) == start);
    limit.rlim_cur = 8 * MB;
    CHECK_OK(setrlimit(RLIMIT_DATA, &limit));
    CHECK_ERR(brk(start + 16 * MB), ENOMEM);
    CHECK_OK(brk(start + MB));
}

int
main(void)
{
    start = sbrk(0);
    CHECK(start != (char *)-1);
    start = (char *)(((uintptr_t)start + PAGE - 1) / PAGE * PAGE);
    CHECK_OK(brk(start));
    check_pages();
    check_bytes();
    reap_ok(start_child(check_limits, NULL));
    return 0;
}
