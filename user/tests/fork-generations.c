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

static long
nodes(void)
{
    return proc_number("/proc/slabinfo", "anon_vma");
}

int
main(void)
{
    volatile char *memory = map_memory(PAGE);
    int done[2], older = -1, mine[2];
    long before = nodes(), more = 0;
    pid_t pid;
    char c;

    CHECK_OK(pipe(done));
    pid = fork();
    CHECK_OK(pid);
    if (pid > 0) {
        close(done[1]);
        CHECK_EQ(read(done[0], &more, sizeof(more)), sizeof(more));
        reap_ok(pid);
        printf("%ld nodes more\n", more);
        CHECK(more < MOST);
        return 0;
    }
    for (int i = 0; i < GENERATIONS; i++) {
        memory[0] = (char)i;
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
    _exit(0);
}
