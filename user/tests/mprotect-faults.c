/* SPDX-License-Identifier: MIT */
/* test: mprotect-faults ram=16M harts=1-8 swap=0 time=30 */
/*
 * Protections hold at once, for pages that are there as for those still to
 * come, and change back and forth without losing contents; a fork between does
 * not make them laxer. Fails when a stale translation lets an access through,
 * or when a page that may be written again faults for ever.
 */
#include "test.h"

enum { PAGES = 6, ROUNDS = 50 };

static void
look(void *address)
{
    (void)*(volatile char *)address;
}

static void
touch(void *address)
{
    *(volatile char *)address = 1;
}

static void
check_bounds(char *p)
{
    CHECK_OK(mprotect(p + 2 * PAGE, 2 * PAGE, PROT_READ));
    CHECK_DIES(touch, p + 2 * PAGE, SIGSEGV);
    CHECK_DIES(touch, p + 4 * PAGE - 1, SIGSEGV);
    CHECK_DIES(touch, p + 2 * PAGE - 1, 0);
    CHECK_DIES(touch, p + 4 * PAGE, 0);
    CHECK_OK(mprotect(p, PAGE, PROT_NONE));
    CHECK_DIES(look, p, SIGSEGV);
    check_fill(p + PAGE, PAGE, 1);
    for (int i = 2; i < PAGES; i++)
        check_fill(p + i * PAGE, PAGE, (uint64_t)i);
    CHECK_OK(mprotect(p, PAGES * PAGE, PROT_READ | PROT_WRITE));
    for (int i = 0; i < PAGES; i++)
        check_fill(p + i * PAGE, PAGE, (uint64_t)i);
    touch(p);
    CHECK_EQ(p[0], 1);
}

/* Pages that nobody has touched, and a protection before the first touch. */
static void
check_untouched(void)
{
    char *p =
        mmap(NULL, PAGES * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    CHECK(p != MAP_FAILED);
    CHECK_DIES(look, p, SIGSEGV);
    CHECK_OK(mprotect(p, PAGE, PROT_READ));
    CHECK_EQ(p[0], 0);
    CHECK_DIES(touch, p, SIGSEGV);
    CHECK_OK(mprotect(p, 2 * PAGE, PROT_READ | PROT_WRITE));
    p[0] = p[PAGE] = 2;
    CHECK_EQ(p[1], 0);
    CHECK_DIES(look, p + 2 * PAGE, SIGSEGV);
    CHECK_OK(munmap(p, PAGES * PAGE));
}

/* The parent's page stays read-only in the child, shared or not. */
static void
check_fork(void)
{
    char *p = map_memory(PAGE);
    pid_t pid;

    memset(p, 'a', PAGE);
    CHECK_OK(mprotect(p, PAGE, PROT_READ));
    pid = fork();
    CHECK_OK(pid);
    if (pid == 0) {
        CHECK_DIES(touch, p, SIGSEGV);
        CHECK_OK(mprotect(p, PAGE, PROT_READ | PROT_WRITE));
        p[0] = 'c';
        _exit(p[1] != 'a');
    }
    reap_ok(pid);
    CHECK_EQ(p[0], 'a');
    for (int i = 0; i < ROUNDS; i++) {
        CHECK_OK(mprotect(p, PAGE, PROT_READ | PROT_WRITE));
        p[1] = (char)i;
        CHECK_OK(mprotect(p, PAGE, PROT_READ));
        CHECK_EQ(p[1], (char)i);
    }
    CHECK_DIES(touch, p, SIGSEGV);
    CHECK_OK(munmap(p, PAGE));
}

int
main(void)
{
    char *p = map_memory(PAGES * PAGE);

    for (int i = 0; i < PAGES; i++)
        fill(p + i * PAGE, PAGE, (uint64_t)i);
    check_bounds(p);
    check_untouched();
    check_fork();
    CHECK_ERR(mprotect(p + 1, PAGE, PROT_READ), EINVAL);
    CHECK_OK(mprotect(p, 0, PROT_READ));
    CHECK_OK(munmap(p + 2 * PAGE, PAGE));
    CHECK_ERR(mprotect(p, PAGES * PAGE, PROT_READ), ENOMEM);
    CHECK_DIES(touch, p, SIGSEGV); /* it went as far as the hole */
    return 0;
}
