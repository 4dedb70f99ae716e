/* SPDX-License-Identifier: MIT */
/* test: fd-dup-fcntl ram=16M harts=1-8 swap=0 time=30 */
/*
 * Descriptors made by dup, by fork and by F_DUPFD share one position and one
 * set of status flags; close-on-exec belongs to each alone; the lowest free
 * number is given. Fails when a position is copied in place of shared, or when
 * a closed file is closed again.
 */
#include "test.h"

static void
read_ten(void *fd)
{
    char c[10];

    CHECK_EQ(read((int)(long)fd, c, 10), 10);
}

static void
check_position(int fd)
{
    int other = (int)CHECK_OK(dup(fd));
    int own = (int)CHECK_OK(open("file", O_RDONLY));

    CHECK_EQ(lseek(fd, 5, SEEK_SET), 5);
    CHECK_EQ(lseek(other, 0, SEEK_CUR), 5);
    CHECK_EQ(lseek(own, 0, SEEK_CUR), 0);
    reap_ok(start_child(read_ten, (void *)(long)other));
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 15);
    CHECK_OK(close(fd));
    CHECK_ERR(lseek(fd, 0, SEEK_CUR), EBADF);
    CHECK_EQ(lseek(other, 0, SEEK_CUR), 15);
    CHECK_EQ(dup(other), fd); /* the lowest */
    CHECK_OK(close(other));
    CHECK_OK(close(own));
}

static void
check_numbers(int fd)
{
    CHECK_EQ(dup2(fd, 50), 50);
    CHECK_EQ(dup2(fd, fd), fd);
    CHECK_ERR(dup3(fd, fd, 0), EINVAL);
    CHECK_ERR(dup2(99, 51), EBADF);
    CHECK_ERR(dup2(fd, -1), EBADF);
    CHECK_ERR(dup2(fd, 1 << 20), EBADF);
    CHECK_ERR(dup3(fd, 51, 1), EINVAL);
    CHECK_EQ(fcntl(fd, F_DUPFD, 50), 51);
    CHECK_ERR(fcntl(fd, F_DUPFD, 1 << 20), EINVAL);
    CHECK_OK(close(50));
    CHECK_OK(close(51));
    CHECK_ERR(close(51), EBADF);
}

static void
check_flags(int fd)
{
    int other = (int)CHECK_OK(fcntl(fd, F_DUPFD_CLOEXEC, 0));
    int flags = (int)CHECK_OK(fcntl(fd, F_GETFL));

    CHECK_EQ(fcntl(fd, F_GETFD), 0);
    CHECK_EQ(fcntl(other, F_GETFD), FD_CLOEXEC);
    CHECK_OK(fcntl(other, F_SETFD, 0));
    CHECK_EQ(fcntl(other, F_GETFD), 0);
    CHECK_EQ(flags & O_ACCMODE, O_RDWR);
    CHECK_OK(fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK));
    flags = (int)CHECK_OK(fcntl(other, F_GETFL));
    CHECK_EQ(flags & (O_APPEND | O_NONBLOCK | O_ACCMODE),
             O_APPEND | O_NONBLOCK | O_RDWR);
    CHECK_EQ(lseek(fd, 0, SEEK_SET), 0);
    CHECK_EQ(write(other, "x", 1), 1);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 101); /* appended */
    CHECK_ERR(fcntl(fd, 999, 0), EINVAL);
    CHECK_ERR(fcntl(99, F_GETFD), EBADF);
    CHECK_OK(close(other));
}

static void
check_pipes(void)
{
    int fds[2];

    CHECK_OK(pipe2(fds, O_CLOEXEC | O_NONBLOCK));
    CHECK_EQ(fcntl(fds[0], F_GETFD), FD_CLOEXEC);
    CHECK_EQ(fcntl(fds[1], F_GETFL) & (O_ACCMODE | O_NONBLOCK),
             O_WRONLY | O_NONBLOCK);
    CHECK_ERR(lseek(fds[0], 0, SEEK_CUR), ESPIPE);
    CHECK_ERR(pread(fds[0], &fds, 1, 0), ESPIPE);
    CHECK_ERR(read(fds[1], &fds, 1), EBADF);
    CHECK_ERR(write(fds[0], &fds, 1), EBADF);
    CHECK_ERR(pipe2(fds, 1), EINVAL);
    CHECK_ERR(pipe2(fds, O_DIRECT), EINVAL); /* there are no packets */
}

int
main(void)
{
    int fd;

    enter_scratch();
    make_file("file", 100, 1);
    fd = (int)CHECK_OK(open("file", O_RDWR));
    check_position(fd); /* closes and opens it again */
    check_numbers(fd);
    check_flags(fd);
    check_pipes();
    return 0;
}
