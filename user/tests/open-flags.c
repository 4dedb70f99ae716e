/* SPDX-License-Identifier: MIT */
/* test: open-flags ram=16M harts=1-8 swap=0 time=30 */
/*
 * What the flags of open promise: O_EXCL makes or fails, also when eight
 * processes try at once; O_NOFOLLOW, O_DIRECTORY, O_TRUNC, O_CREAT, O_PATH
 * and the access modes do what they say. Fails when two processes both believe that
 * they have made the file, or when a flag is ignored.
 */
#include <poll.h>
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

/* A descriptor that only stands for a name. */
static void
check_path_only(void)
{
    int fd = (int)CHECK_OK(open("file", O_PATH));
    int folder = (int)CHECK_OK(open("folder", O_PATH | O_DIRECTORY));
    struct pollfd p = {.fd = fd, .events = POLLIN};
    struct stat st;
    char c;

    CHECK_ERR(read(fd, &c, 1), EBADF);
    CHECK_ERR(write(fd, &c, 1), EBADF);
    CHECK_ERR(lseek(fd, 0, SEEK_SET), EBADF);
    CHECK_ERR(ftruncate(fd, 0), EBADF);
    CHECK_ERR(fchmod(fd, 0600), EBADF);
    CHECK_ERR(fchown(fd, 0, 0), EBADF);
    CHECK_ERR(fsync(fd), EBADF);
    CHECK(mmap(NULL, 1, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED);
    CHECK_EQ(errno, EBADF);
    CHECK_EQ(poll(&p, 1, 0), 1);
    CHECK_EQ(p.revents, POLLNVAL);
    CHECK_OK(fstat(fd, &st));
    CHECK(S_ISREG(st.st_mode));
    CHECK_OK(close((int)CHECK_OK(dup(fd))));
    CHECK(CHECK_OK(fcntl(fd, F_GETFL)) & O_PATH);
    CHECK_OK(fstatat(folder, "../file", &st, 0));
    CHECK_OK(fchdir(folder));
    CHECK_OK(chdir(".."));
    CHECK_OK(close(fd));
    CHECK_OK(close(folder));
}

int
main(void)
{
    enter_scratch();
    check_exclusive();
    check_modes();
    check_kinds();
    check_path_only();
    return 0;
}
