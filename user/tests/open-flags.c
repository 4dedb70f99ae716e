/* SPDX-License-Identifier: MIT */
/* test: open-flags ram=16M harts=1-8 swap=0 time=30 */
/*
 * What the flags of open promise: O_EXCL makes or fails, also when eight
 * processes try at once; O_NOFOLLOW, O_DIRECTORY, O_TRUNC, O_CREAT and the
 * access modes do what they say. Fails when two processes both believe that
 * they have made the file, or when a flag is ignored.
 */
#include "test.h"

enum { RIVALS = 8, ROUNDS = 20 };

static struct gate gate;

static void
compete(void *arg)
{
    (void)arg;
    gate_pass(&gate);
    if (open("prize", O_WRONLY | O_CREAT | O_EXCL, 0644) >= 0)
        _exit(1);
    CHECK_EQ(errno, EEXIST);
}

static void
check_exclusive(void)
{
    for (int round = 0; round < ROUNDS; round++) {
        pid_t pids[RIVALS];
        int winners = 0;

        gate_make(&gate);
        for (int i = 0; i < RIVALS; i++)
            pids[i] = start_child(compete, NULL);
        gate_open(&gate);
        for (int i = 0; i < RIVALS; i++)
            winners += WEXITSTATUS(reap(pids[i]));
        CHECK_EQ(winners, 1);
        CHECK_OK(unlink("prize"));
    }
    CHECK_OK(symlink("target", "dangling"));
    CHECK_ERR(open("dangling", O_WRONLY | O_CREAT | O_EXCL, 0644), EEXIST);
    CHECK_ERR(open("target", O_RDONLY), ENOENT);
}

static void
check_modes(void)
{
    char c;
    int fd;

    make_file("file", 100, 1);
    fd = (int)CHECK_OK(open("file", O_RDONLY));
    CHECK_ERR(write(fd, "x", 1), EBADF);
    CHECK_ERR(write(fd, wild(-1), 1), EBADF);
    CHECK_ERR(read(fd, wild(-1), 1), EFAULT);
    CHECK_OK(close(fd));
    fd = (int)CHECK_OK(open("file", O_WRONLY));
    CHECK_ERR(read(fd, &c, 1), EBADF);
    CHECK_OK(close(fd));
    fd = (int)CHECK_OK(open("file", O_RDWR | O_CREAT, 0));
    CHECK_EQ(read(fd, &c, 1), 1);
    CHECK_EQ(write(fd, &c, 1), 1);
    CHECK_OK(close(fd));
    fd = (int)CHECK_OK(open("file", O_WRONLY | O_TRUNC));
    CHECK_EQ(lseek(fd, 0, SEEK_END), 0);
    CHECK_OK(close(fd));
    /* made with mode 0, yet open for writing this once */
    fd = (int)CHECK_OK(open("sealed", O_RDWR | O_CREAT, 0));
    CHECK_EQ(write(fd, "x", 1), 1);
    CHECK_OK(close(fd));
}

static void
check_kinds(void)
{
    int fd;

    CHECK_OK(mkdir("folder", 0755));
    CHECK_OK(symlink("file", "link"));
    CHECK_ERR(open("file", O_RDONLY | O_DIRECTORY), ENOTDIR);
    CHECK_OK(close((int)CHECK_OK(open("folder", O_RDONLY | O_DIRECTORY))));
    CHECK_ERR(open("folder", O_RDWR), EISDIR);
    CHECK_ERR(open("folder", O_RDONLY | O_CREAT, 0644), EISDIR);
    CHECK_ERR(open("link", O_RDONLY | O_NOFOLLOW), ELOOP);
    CHECK_OK(close((int)CHECK_OK(open("link", O_RDONLY))));
    CHECK_ERR(open("link/x", O_RDONLY), ENOTDIR);
    fd = (int)CHECK_OK(open("folder", O_RDONLY));
    CHECK_ERR(read(fd, &fd, 1), EISDIR);
    CHECK_OK(close(fd));
}

int
main(void)
{
    enter_scratch();
    check_exclusive();
    check_modes();
    check_kinds();
    return 0;
}
