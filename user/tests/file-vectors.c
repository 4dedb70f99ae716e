/* SPDX-License-Identifier: MIT */
/* test: file-vectors ram=16M harts=1-8 swap=0 time=30 */
/*
 * pread and pwrite leave the position alone; readv and writev fill and drain
 * their pieces in order, empty ones and a thousand included, as one transfer.
 * Fails when a piece is skipped, the position moves, or a wrong count is taken.
 */
#include <sys/uio.h>
#include "test.h"

enum { PIECES = 1024, PIECE = 7, SIZE = PIECES * PIECE };

static char from[SIZE], to[SIZE];
static struct iovec out[PIECES + 1], in[PIECES];

static void
check_positions(int fd)
{
    char buf[10];

    CHECK_EQ(lseek(fd, 3, SEEK_SET), 3);
    CHECK_EQ(pwrite(fd, "0123456789", 10, 100), 10);
    CHECK_EQ(pread(fd, buf, 10, 100), 10);
    CHECK(memcmp(buf, "0123456789", 10) == 0);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 3);
    CHECK_EQ(pread(fd, buf, 10, 105), 5);
    CHECK_EQ(pread(fd, buf, 10, 1000), 0);
    CHECK_EQ(pread(fd, buf, 0, 0), 0);
    CHECK_EQ(pread(fd, buf, 10, 0), 10);
    check_zero(buf, 10);
}

static void
check_vectors(int fd)
{
    for (int i = 0; i < PIECES; i++) {
        out[i] = (struct iovec){from + i * PIECE, PIECE};
        in[i] = (struct iovec){to + i * PIECE, PIECE};
    }
    out[17].iov_len = in[18].iov_len = 0;
    fill(from, SIZE, 1);
    CHECK_OK(ftruncate(fd, 0));
    CHECK_EQ(lseek(fd, 0, SEEK_SET), 0);
    CHECK_EQ(writev(fd, out, PIECES), SIZE - PIECE);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), SIZE - PIECE);
    CHECK_EQ(lseek(fd, 0, SEEK_SET), 0);
    CHECK_EQ(readv(fd, in, PIECES), SIZE - PIECE);
    CHECK(memcmp(to, from, 17 * PIECE) == 0);
    CHECK(memcmp(to + 17 * PIECE, from + 18 * PIECE, PIECE) == 0);
    CHECK(memcmp(to + 19 * PIECE, from + 19 * PIECE, SIZE - 19 * PIECE) == 0);
    CHECK_EQ(readv(fd, in, PIECES), 0);
    CHECK_EQ(writev(fd, out, 0), 0);
    CHECK_ERR(writev(fd, out, PIECES + 1), EINVAL);
    CHECK_ERR(writev(fd, out, -1), EINVAL);
    out[1].iov_len = SIZE_MAX;
    CHECK_ERR(writev(fd, out, 2), EINVAL);
}

/* A pipe gives what it has: it does not sleep to fill the second piece. */
static void
check_pipe(void)
{
    struct iovec parts[3] = {{from, 5}, {NULL, 0}, {from + 5, 6}};
    struct iovec halves[2] = {{to, 4}, {to + 4, 4}};
    char back[20];
    int fds[2];

    CHECK_OK(pipe(fds));
    CHECK_EQ(writev(fds[1], parts, 3), 11);
    CHECK_EQ(read(fds[0], back, sizeof(back)), 11);
    CHECK(memcmp(back, from, 11) == 0);
    CHECK_EQ(write(fds[1], "1234", 4), 4);
    CHECK_EQ(readv(fds[0], halves, 2), 4);
    CHECK_EQ(write(fds[1], "123456", 6), 6);
    CHECK_EQ(readv(fds[0], halves, 2), 6);
    CHECK(memcmp(to, "123456", 6) == 0);
}

int
main(void)
{
    int fd;

    enter_scratch();
    fd = (int)CHECK_OK(open("file", O_RDWR | O_CREAT, 0644));
    check_positions(fd);
    check_vectors(fd);
    check_pipe();
    return 0;
}
