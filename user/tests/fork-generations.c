/* SPDX-License-Identifier: MIT */
/* test: fork-generations ram=16M harts=1-8 swap=0 time=60 */
/*
 * A thousand generations: each process writes to its memory, forks the next
 * and ends when its grandchild is there, so that always two or three live. The
 * kernel's record of who may share whose pages does not grow with the
 * generations that are gone. Fails when each leaves something behind in it.
 */
#include "test.h"

enum { GENERATIONS = 1000, MOST = 500 };

static int done[2]; /* a pipe: the last generation tells */

static long
nodes(void)
{
    return proc_number("/proc/slabinfo", "anon_vma");
}

static void
generations(void *memory)
{
    int older = -1, mine[2];
    long before = nodes(), more;
    char c;

    for (int i = 0; i < GENERATIONS; i++) {
        pid_t pid;

        *(volatile char *)memory = (char)i;
        CHECK_OK(pipe(mine));
        pid = fork();
        CHECK_OK(pid);
        if (older >= 0)
            close(older); /* the parent may go */
        if (pid > 0) {
            close(mine[1]);
            CHECK_EQ(read(mine[0], &c, 1), 0);
            _exit(0);
        }
        close(mine[0]);
        older = mine[1];
    }
    more = nodes() - before;
    CHECK_EQ(write(done[1], &more, sizeof(more)), sizeof(more));
}

int
main(void)
{
    long more = 0;
    pid_t pid;

    CHECK_OK(pipe(done));
    pid = start_child(generations, map_memory(PAGE));
    close(done[1]);
    CHECK_EQ(read(done[0], &more, sizeof(more)), sizeof(more));
    reap_ok(pid);
    printf("%ld nodes more\n", more);
    CHECK(more < MOST);
    return 0;
}
