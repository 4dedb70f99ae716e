/* SPDX-License-Identifier: MIT */
/* test: fd-limit ram=16M harts=1-8 swap=0 time=30 */
/*
 * Descriptors run out with EMFILE at RLIMIT_NOFILE, for open, dup and pipe
 * alike, and closing one makes room for one. Fails when a failed call keeps a
 * descriptor, or when numbers above the limit are given.
 */
#include <sys/resource.h>
#include "test.h"

enum { LIMIT = 200 };

/* Open until that fails. => how many are open in all */
static int
open_all(void)
{
    int fd, highest = -1;

    while ((fd = open("/dev/null", O_RDONLY)) >= 0)
        highest = fd;
    CHECK_EQ(errno, EMFILE);
    return highest + 1;
}

int
main(void)
{
    struct rlimit limit = {LIMIT, LIMIT};
    int fds[2];

    CHECK_OK(setrlimit(RLIMIT_NOFILE, &limit));
    CHECK_EQ(open_all(), LIMIT);
    CHECK_ERR(dup(0), EMFILE);
    CHECK_ERR(pipe(fds), EMFILE);
    CHECK_OK(close(100));
    CHECK_ERR(pipe(fds), EMFILE); /* it needs two */
    CHECK_EQ(open("/dev/null", O_RDONLY), 100);
    CHECK_OK(close(50));
    CHECK_OK(close(150));
    CHECK_OK(pipe(fds));
    CHECK_EQ(fds[0], 50);
    CHECK_EQ(fds[1], 150);
    CHECK_ERR(dup2(0, LIMIT), EBADF);
    CHECK_EQ(dup2(0, LIMIT - 1), LIMIT - 1);
    for (int fd = 3; fd < LIMIT; fd++)
        CHECK_OK(close(fd));
    CHECK_EQ(open_all(), LIMIT);
    limit.rlim_cur = 0;
    CHECK_OK(setrlimit(RLIMIT_NOFILE, &limit));
    CHECK_ERR(open("/dev/null", O_RDONLY), EMFILE);
    CHECK_ERR(dup(0), EMFILE);
    return 0;
}
