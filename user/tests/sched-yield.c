/* SPDX-License-Identifier: MIT */
/* test: sched-yield ram=16M harts=1-8 swap=0 time=60 */
/*
 * sched_yield lets others of the same hart run: more processes than there are
 * harts, which poll for each other by yielding, get on, though none sleeps.
 * Fails when yield returns to its caller again and again while others wait.
 */
#include <sched.h>
#include "test.h"

enum { PEERS = 9, LAPS = 50 };

static int ring[PEERS][2];

static int
await_byte(int fd)
{
    unsigned char c;

    while (read(fd, &c, 1) != 1) {
        CHECK_EQ(errno, EAGAIN);
        CHECK_OK(sched_yield());
    }
    return c;
}

static void
hand_on(void *number)
{
    long i = (long)number;

    for (int lap = 0; lap < LAPS; lap++)
        put_byte(ring[(i + 1) % PEERS][1], await_byte(ring[i][0]) + 1);
}

int
main(void)
{
    pid_t pids[PEERS];

    for (int i = 0; i < PEERS; i++)
        CHECK_OK(pipe2(ring[i], O_NONBLOCK));
    for (long i = 1; i < PEERS; i++)
        pids[i] = start_child(hand_on, (void *)i);
    for (int lap = 0; lap < LAPS; lap++) {
        put_byte(ring[1][1], lap);
        CHECK_EQ(await_byte(ring[0][0]), (lap + PEERS - 1) & 0xff);
    }
    for (int i = 1; i < PEERS; i++)
        reap_ok(pids[i]);
    return 0;
}
