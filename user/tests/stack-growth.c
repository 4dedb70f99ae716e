/* SPDX-License-Identifier: MIT */
/* test: stack-growth ram=16M harts=1-8 swap=0 time=30 */
/*
 * The stack grows as far as its limit says, by recursion as by a jump over
 * many pages, and what was put on it stays; beyond the limit is SIGSEGV, also
 * when the limit is lowered later. It cannot be executed. Fails when the stack
 * stops at its first pages, or runs on without end.
 */
#include <sys/resource.h>
#include "test.h"

enum { FRAME = 8192, DEPTH = 300, LIMIT = MB, ENDLESS = 1 << 30 };

static int
recurse(int depth)
{
    volatile unsigned char frame[FRAME];
    int below;

    memset((void *)(uintptr_t)frame, depth & 0xff, FRAME);
    below = depth > 0 ? recurse(depth - 1) : 0;
    for (int i = 0; i < FRAME; i += 512)
        if (frame[i] != (depth & 0xff))
            FAIL("frame %d: expected %#x, seen %#x", depth, depth & 0xff,
                 frame[i]);
    return below + 1;
}

static void
limit_and_recurse(void *depth)
{
    struct rlimit limit = {LIMIT, LIMIT};

    CHECK_OK(setrlimit(RLIMIT_STACK, &limit));
    recurse((int)(long)depth);
}

static void
reach_down(void *distance)
{
    char here;
    volatile char *p = (char *)wild((uintptr_t)&here - (uintptr_t)distance);

    *p = 1;
    CHECK_EQ(*p, 1);
}

static void
run_stack(void *arg)
{
    uint32_t code[4] = {0x8067, 0x8067, 0x8067, 0x8067}; /* ret */
    void (*function)(void) = (void (*)(void))wild((uintptr_t)code);

    (void)arg;
    function();
}

int
main(void)
{
    CHECK_EQ(recurse(DEPTH), DEPTH + 1);
    CHECK_DIES(limit_and_recurse, LIMIT / FRAME / 2, 0);
    CHECK_DIES(limit_and_recurse, ENDLESS, SIGSEGV);
    CHECK_DIES(reach_down, 4 * MB, 0);
    CHECK_DIES(reach_down, 64 * MB, SIGSEGV);
    CHECK_DIES(run_stack, NULL, SIGSEGV);
    return 0;
}
