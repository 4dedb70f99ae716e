/* SPDX-License-Identifier: MIT */
/* test: swap-off-shared ram=16M harts=1-8 swap=64 time=120 */
/*
 * swapoff while the shared memory that it brings back goes away: children, each
 * with many objects of one page, give them up one after the other, forwards or
 * backwards, while there is little memory to bring pages back to. Fails when
 * swapoff puts a page where an object has just been emptied (the kernel panics
 * as it frees it), or when it does not end.
 */
#include <sys/swap.h>
#include "test.h"

#define AREA "/dev/vda2"

enum { MOST_RAM_MB = 64, CHILDREN = 4, OBJECTS = 300, ROUNDS = 6 };

/* Make objects, say so, wait for the word, and give them up. */
static void
own_objects(int backwards, int ready, int go)
{
    static uint64_t *objects[OBJECTS];

    for (uint64_t i = 0; i < OBJECTS; i++) {
        objects[i] = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        CHECK(objects[i] != MAP_FAILED);
        objects[i][0] = i + 1;
    }
    put_byte(ready, 1);
    get_byte(go);
    for (uint64_t i = 0; i < OBJECTS; i++) {
        uint64_t n = backwards ? OBJECTS - 1 - i : i;

        CHECK_OK(munmap(objects[n], PAGE));
    }
}

int
main(void)
{
    size_t size = ram_mb() * MB * 3 / 4;

    if (ram_mb() > MOST_RAM_MB)
        SKIP("too much memory to fill it");
    for (int round = 0; round < ROUNDS; round++) {
        int ready[2], go[2], err;
        pid_t children[CHILDREN];
        char *big;

        CHECK_OK(pipe(ready));
        CHECK_OK(pipe(go));
        for (int i = 0; i < CHILDREN; i++) {
            children[i] = fork();
            CHECK_OK(children[i]);
            if (children[i] == 0) {
                own_objects(i % 2, ready[1], go[0]);
                _exit(0);
            }
        }
        for (int i = 0; i < CHILDREN; i++)
            get_byte(ready[0]);
        big = map_memory(size); /* push them out */
        for (size_t n = 0; n < size; n += PAGE)
            big[n] = (char)(n / PAGE + 1);
        for (int i = 0; i < CHILDREN; i++)
            put_byte(go[1], 1);
        err = swapoff(AREA);
        CHECK(err == 0 || errno == ENOMEM);
        for (int i = 0; i < CHILDREN; i++)
            reap_ok(children[i]);
        CHECK_OK(munmap(big, size));
        if (err == 0)
            CHECK_OK(swapon(AREA, 0));
        for (int i = 0; i < 2; i++) {
            close(ready[i]);
            close(go[i]);
        }
    }
    return 0;
}
