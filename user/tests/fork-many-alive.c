/* SPDX-License-Identifier: MIT */
/* test: fork-many-alive ram=16M harts=1-8 swap=0 time=60 */
/*
 * Two hundred children alive at once (fifty with little memory), each with its
 * own picture of the parent's memory at the moment of its birth, although the
 * parent has changed it since. Fails when copy-on-write gives a child a page
 * that the parent or a sibling has written to, or when the children's private
 * copies do not all fit.
 */
#include "test.h"

enum { MOST = 200, FEWER = 50, ENOUGH_MB = 64, WORDS = PAGE / 8 };

static struct gate gate;
static volatile uint64_t *page;

static void
live(void *arg)
{
    uint64_t number = (uint64_t)arg;

    gate_pass(&gate);
    for (size_t i = 0; i < WORDS; i++)
        CHECK_EQ(page[i], number);
    page[0] = ~number;
    CHECK_EQ(page[0], ~number);
    CHECK_EQ(page[1], number);
}

int
main(void)
{
    size_t count = ram_mb() < ENOUGH_MB ? FEWER : MOST;
    pid_t pids[MOST];

    page = (uint64_t *)map_memory(PAGE);
    gate_make(&gate);
    for (size_t n = 0; n < count; n++) {
        for (size_t i = 0; i < WORDS; i++)
            page[i] = n;
        pids[n] = start_child(live, (void *)n);
    }
    for (size_t i = 0; i < WORDS; i++)
        page[i] = ~0UL;
    gate_open(&gate);
    for (size_t n = 0; n < count; n++)
        reap_ok(pids[n]);
    CHECK_EQ(page[0], ~0UL);
    return 0;
}
