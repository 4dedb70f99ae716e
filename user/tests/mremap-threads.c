/* SPDX-License-Identifier: MIT */
/* test: mremap-threads ram=16M harts=1-8 swap=0 time=60 */
/*
 * Two tasks share an address space. One moves pages away while the other
 * writes to them at their first place; the other then dies, since nothing is
 * there, and what was moved does not change any more. Fails when a hart still
 * has the old translation after mremap has returned.
 */
#include <sched.h>
#include "test.h"

enum { PAGES = 24, SIZE = PAGES * PAGE, ROUNDS = 25, LOOKS = 40 };

static char *here, *there;
static volatile long written;
static char stack[4 * PAGE], copy[SIZE];

/* Stores of its own, no system calls: those would refresh the translations. */
static int
write_here(void *arg)
{
    (void)arg;
    for (; written >= 0; written++) /* for ever */
        for (int i = 0; i < PAGES; i++)
            ++*(volatile long *)(here + i * PAGE);
    return 0;
}

static void
move(char *from, char *to)
{
    CHECK(mremap(from, SIZE, SIZE, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to);
}

static void
check_round(void)
{
    long before = written;
    int status;
    pid_t pid =
        clone(write_here, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL);

    CHECK_OK(pid);
    while (written == before)
        sched_yield();
    move(here, there);
    memcpy(copy, there, SIZE);
    for (int i = 0; i < LOOKS; i++)
        if (memcmp(copy, there, SIZE) != 0)
            FAIL("pages that were moved: expected no change, seen one");
    status = reap(pid);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
    CHECK_EQ(memcmp(copy, there, SIZE), 0);
    move(there, here);
}

int
main(void)
{
    there = map_memory(2 * SIZE);
    here = map_memory(SIZE);
    memset(here, 0, SIZE);
    CHECK_OK(munmap(there, 2 * SIZE));
    for (int i = 0; i < ROUNDS; i++)
        check_round();
    return 0;
}
