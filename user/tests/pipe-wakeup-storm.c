/* SPDX-License-Identifier: MIT */
/* test: pipe-wakeup-storm ram=16M harts=1-8 swap=0 time=60 */
/*
 * Sixty-four processes sleep on one pipe: each byte that is written is taken by
 * exactly one of them, and the end of the pipe wakes all. Fails when a byte is
 * taken twice or by nobody, or when a sleeper is forgotten.
 */
#include "test.h"

enum { SLEEPERS = 64, BYTES = 2000 };

static int food[2], eaten[2];

static void
eat(void *arg)
{
    unsigned char c;

    (void)arg;
    close(food[1]);
    close(eaten[0]);
    for (;;) {
        long n = CHECK_OK(read(food[0], &c, 1));

        if (n == 0)
            _exit(0);
        put_byte(eaten[1], c);
    }
}

int
main(void)
{
    int sent[256] = {0}, seen[256] = {0};
    pid_t pids[SLEEPERS];

    CHECK_OK(pipe(food));
    CHECK_OK(pipe(eaten));
    for (int i = 0; i < SLEEPERS; i++)
        pids[i] = start_child(eat, NULL);
    CHECK_OK(close(eaten[1]));
    for (int i = 0; i < BYTES; i++) {
        put_byte(food[1], i & 0xff);
        sent[i & 0xff]++;
    }
    CHECK_OK(close(food[1]));
    for (int i = 0; i < BYTES; i++)
        seen[get_byte(eaten[0])]++;
    CHECK_EQ(read(eaten[0], pids, 1), 0);
    for (int i = 0; i < 256; i++)
        CHECK_EQ(seen[i], sent[i]);
    for (int i = 0; i < SLEEPERS; i++)
        reap_ok(pids[i]);
    return 0;
}
