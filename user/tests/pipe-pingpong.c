/* SPDX-License-Identifier: MIT */
/* test: pipe-pingpong ram=16M harts=1-8 swap=0 time=60 */
/*
 * Two processes hand a byte to and fro ten thousand times, and a ring of twenty
 * hands one round. Fails when a wakeup is lost (it hangs), or when a byte comes
 * to the wrong one.
 */
#include "test.h"

enum { ROUND_TRIPS = 10000, RING = 20, LAPS = 200 };

static int there[2], back[2], ring[RING][2];

static void
return_bytes(void *arg)
{
    (void)arg;
    for (int i = 0; i < ROUND_TRIPS; i++)
        put_byte(back[1], get_byte(there[0]) + 1);
}

static void
check_two(void)
{
    pid_t pid;

    CHECK_OK(pipe(there));
    CHECK_OK(pipe(back));
    pid = start_child(return_bytes, NULL);
    for (int i = 0; i < ROUND_TRIPS; i++) {
        put_byte(there[1], i);
        CHECK_EQ(get_byte(back[0]), (i + 1) & 0xff);
    }
    reap_ok(pid);
}

static void
hand_on(void *number)
{
    long i = (long)number;

    for (int lap = 0; lap < LAPS; lap++)
        put_byte(ring[(i + 1) % RING][1], get_byte(ring[i][0]) + 1);
}

static void
check_ring(void)
{
    pid_t pids[RING];

    for (int i = 0; i < RING; i++)
        CHECK_OK(pipe(ring[i]));
    for (long i = 1; i < RING; i++)
        pids[i] = start_child(hand_on, (void *)i);
    for (int lap = 0; lap < LAPS; lap++) {
        put_byte(ring[1][1], lap);
        CHECK_EQ(get_byte(ring[0][0]), (lap + RING - 1) & 0xff);
    }
    for (int i = 1; i < RING; i++)
        reap_ok(pids[i]);
}

int
main(void)
{
    check_two();
    check_ring();
    return 0;
}
