/* SPDX-License-Identifier: MIT */
/* test: mremap-threads ram=16M harts=1-8 swap=0 time=60 */
/*
 * Two tasks share an address space. One moves pages away and back; the other
 * goes on writing to the first place, through system calls, which fail while
 * nothing is there. What has been moved away must not change. Fails when a
 * hart still has the old translation after mremap has returned; the same for
 * what is unmapped and mapped anew.
 */
#include <sched.h>
#include <time.h>
#include "test.h"

enum { PAGES = 24, SIZE = PAGES * PAGE, ROUNDS = 150, LOOKS = 4 };

static char *here;
static volatile bool stop;
static volatile long written, refused;
static char stack[4 * PAGE], copy[SIZE];

static int
write_here(void *arg)
{
    (void)arg;
    while (!stop)
        for (int i = 0; i < PAGES; i++) {
            /* the kernel writes: no signal where nothing is mapped */
            if (clock_gettime(CLOCK_MONOTONIC,
                              (struct timespec *)(here + i * PAGE)) == 0)
                written++;
            else
                refused++;
        }
    return 0;
}

/* However we end: the other shares our memory, and sees it. */
static void
end_writer(void)
{
    stop = true;
}

/* Nobody writes to this. */
static void
check_still(const char *p)
{
    memcpy(copy, p, SIZE);
    for (int i = 0; i < LOOKS; i++) {
        sched_yield();
        if (memcmp(copy, p, SIZE) != 0)
            FAIL("moved pages: expected no change, seen one");
    }
}

static void
move(char *from, char *to)
{
    CHECK(mremap(from, SIZE, SIZE, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to);
}

/* Until the other has been at it again. */
static void
await(volatile long *count)
{
    for (long before = *count; *count == before;)
        sched_yield();
}

int
main(void)
{
    char *there = map_memory(2 * SIZE);
    pid_t pid;

    here = map_memory(SIZE);
    CHECK_OK(munmap(there, 2 * SIZE));
    atexit(end_writer);
    pid = clone(write_here, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL);
    CHECK_OK(pid);
    for (int i = 0; i < ROUNDS; i++) {
        await(&written);
        move(here, there);
        check_still(there);
        await(&refused);
        move(there, here);
        await(&written);
        CHECK(mmap(there, SIZE, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == there);
        move(there, here); /* other pages in their place */
        CHECK_OK(madvise(here, SIZE, i % 2 ? MADV_DONTNEED : MADV_FREE));
    }
    end_writer();
    reap_ok(pid);
    CHECK_OK(munmap(here, SIZE));
    return 0;
}
