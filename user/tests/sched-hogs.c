/* SPDX-License-Identifier: MIT */
/* test: sched-hogs ram=16M harts=1-8 swap=0 time=120 */
/*
 * Forty processes that do nothing but compute all come to an end, with the
 * right result, while one that mostly sleeps gets its turns among them. Fails
 * when a process is never scheduled, when registers are mixed up by a switch in
 * the middle of a computation, or when the hogs never let another run.
 */
#include "test.h"

enum { HOGS = 40, STEPS = 2000000, TURNS = 50 };

static struct gate gate;
static int question[2], answer[2];

static uint64_t
compute(uint64_t seed)
{
    uint64_t a = seed, b = seed ^ 0x9e3779b97f4a7c15, c = ~seed, d = 1;

    for (int i = 0; i < STEPS; i++) {
        a += b * 3;
        b ^= c >> 7;
        c += d + a;
        d = d << 1 | d >> 63;
    }
    return a ^ b ^ c ^ d;
}

static void
hog(void *number)
{
    uint64_t seed = (uint64_t)number / 2; /* two of a kind must agree */
    uint64_t result;

    gate_pass(&gate);
    result = compute(seed);
    CHECK_EQ(write(answer[1], &(uint64_t[2]){seed, result}, 16), 16);
}

static void
sleeper(void *arg)
{
    (void)arg;
    for (int i = 0; i < TURNS; i++)
        put_byte(question[1], i);
}

int
main(void)
{
    uint64_t pair[2], results[HOGS / 2] = {0};
    bool known[HOGS / 2] = {false};
    pid_t pids[HOGS], other;

    CHECK_OK(pipe(question));
    CHECK_OK(pipe(answer));
    gate_make(&gate);
    for (long i = 0; i < HOGS; i++)
        pids[i] = start_child(hog, (void *)i);
    gate_open(&gate);
    other = start_child(sleeper, NULL);
    for (int i = 0; i < TURNS; i++)
        CHECK_EQ(get_byte(question[0]), i);
    reap_ok(other);
    for (int i = 0; i < HOGS; i++) {
        CHECK_EQ(read(answer[0], pair, sizeof(pair)), sizeof(pair));
        CHECK(pair[0] < HOGS / 2);
        if (known[pair[0]])
            CHECK(results[pair[0]] == pair[1]);
        known[pair[0]] = true;
        results[pair[0]] = pair[1];
    }
    for (int i = 0; i < HOGS; i++)
        reap_ok(pids[i]);
    return 0;
}
