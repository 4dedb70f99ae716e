/* SPDX-License-Identifier: MIT */
/* test: pipe-sigpipe ram=16M harts=1-8 swap=0 time=30 */
/*
 * Writing to a pipe that nobody reads kills the writer by SIGPIPE, or is EPIPE
 * when that is ignored; a writer that sleeps on a full pipe learns of it when
 * the last reader goes. Fails when the writer sleeps for ever.
 */
#include "test.h"

static int fds[2];

static void
write_on(void *arg)
{
    char c[PAGE] = {0};

    (void)arg;
    close(fds[0]);
    for (;;)
        CHECK_OK(write(fds[1], c, sizeof(c)));
}

int
main(void)
{
    pid_t pid;

    CHECK_OK(pipe(fds));
    CHECK_OK(close(fds[0]));
    CHECK_DIES(write_on, NULL, SIGPIPE);
    CHECK(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
    CHECK_ERR(write(fds[1], "x", 1), EPIPE);
    CHECK_EQ(write(fds[1], "", 0), 0);
    CHECK(signal(SIGPIPE, SIG_DFL) != SIG_ERR);
    CHECK_OK(close(fds[1]));

    CHECK_OK(pipe(fds));
    pid = start_child(write_on, NULL);
    CHECK_OK(close(fds[1]));
    CHECK_EQ(get_byte(fds[0]), 0); /* it is writing */
    CHECK_OK(close(fds[0]));
    CHECK_EQ(WTERMSIG(reap(pid)), SIGPIPE);
    return 0;
}
