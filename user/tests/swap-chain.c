/* SPDX-License-Identifier: MIT */
/* test: swap-chain ram=16M harts=1-8 swap=64 time=60 */
/*
 * Three generations of which each forks the next and ends: the first maps
 * memory, the second writes to all of it, and the third, which now has these
 * pages alone, needs more memory than there is. Its inherited pages are swapped
 * out, and come back as they were. Fails when reclaim finds the pages of a dead
 * process no more in the child that has them: they then stay for ever, and
 * what the frame says of its owner is of a structure that was freed.
 */
#include "test.h"

enum { PAGES = 1024, MORE_MB = 20, RESIDENT = PAGES / 2 };

static char *area;
static int done[2]; /* a pipe: the last generation is through */

static unsigned
resident(void)
{
    static unsigned char vec[PAGES];
    unsigned n = 0;

    CHECK_OK(mincore(area, (size_t)PAGES * PAGE, vec));
    for (size_t i = 0; i < PAGES; i++)
        n += vec[i] & 1;
    return n;
}

static void
third(void)
{
    char *more = map_memory((size_t)MORE_MB * MB);

    for (size_t i = 0; i < (size_t)MORE_MB * MB; i += PAGE)
        more[i] = 1;
    CHECK(ram_mb() >= MORE_MB || resident() < RESIDENT);
    for (size_t i = 0; i < PAGES; i++)
        CHECK_EQ(area[i * PAGE], (char)(i + 1));
}

/* Go on in a child, when its parent has ended. */
static void
next_generation(void)
{
    int gone[2];
    pid_t pid;
    char c;

    CHECK_OK(pipe(gone));
    pid = fork();
    CHECK_OK(pid);
    if (pid > 0)
        _exit(0);
    close(gone[1]);
    CHECK_EQ(read(gone[0], &c, 1), 0);
    close(gone[0]);
}

static void
first(void *arg)
{
    (void)arg;
    area = map_memory((size_t)PAGES * PAGE);
    area[0] = 1;
    next_generation();
    for (size_t i = 0; i < PAGES; i++)
        area[i * PAGE] = (char)(i + 1);
    next_generation();
    third();
    CHECK_EQ(write(done[1], "", 1), 1);
}

int
main(void)
{
    pid_t pid;
    char c;

    CHECK_OK(pipe(done));
    pid = start_child(first, NULL);
    close(done[1]);
    CHECK_EQ(read(done[0], &c, 1), 1);
    reap_ok(pid);
    return 0;
}
