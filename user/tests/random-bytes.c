/* SPDX-License-Identifier: MIT */
/* test: random-bytes ram=16M harts=1-8 swap=0 time=30 */
/*
 * getrandom gives bytes that differ from call to call and from process to
 * process, of any length, and about half of their bits are set. Fails when a
 * fork copies the generator's state to both sides, or when a long request is
 * filled in part.
 */
#include <sys/random.h>
#include "test.h"

enum { LONG = 100000, CHILDREN = 20, BITS = LONG * 8 };

static char buf[LONG];
static int answer[2];

static void
send_some(void *arg)
{
    uint64_t value;

    (void)arg;
    CHECK_EQ(getrandom(&value, sizeof(value), 0), sizeof(value));
    CHECK_EQ(write(answer[1], &value, sizeof(value)), sizeof(value));
}

static void
check_children(void)
{
    uint64_t values[CHILDREN];

    CHECK_OK(pipe(answer));
    for (int i = 0; i < CHILDREN; i++) {
        reap_ok(start_child(send_some, NULL));
        CHECK_EQ(read(answer[0], &values[i], 8), 8);
        for (int k = 0; k < i; k++)
            CHECK(values[i] != values[k]);
    }
}

int
main(void)
{
    long bits = 0;
    int zeroes = 0;

    CHECK_EQ(getrandom(buf, LONG, 0), LONG);
    for (int i = 0; i < LONG; i++) {
        zeroes = buf[i] == 0 ? zeroes + 1 : 0;
        CHECK(zeroes < 8);
        for (int bit = 0; bit < 8; bit++)
            bits += buf[i] >> bit & 1;
    }
    CHECK(bits > BITS / 100 * 49 && bits < BITS / 100 * 51);
    CHECK_EQ(getrandom(buf, 0, 0), 0);
    CHECK_EQ(getrandom(buf, 1, GRND_NONBLOCK), 1);
    CHECK_ERR(getrandom(buf, 1, 0x1000), EINVAL);
    CHECK_ERR(getrandom(wild(16), 1, 0), EFAULT);
    check_children();
    return 0;
}
