/* SPDX-License-Identifier: MIT */
/* test: file-seek ram=16M harts=1-8 swap=0 time=30 */
/*
 * lseek: from the start, here and the end; beyond the end, where nothing is
 * written until something is; before the start and past what a file can hold,
 * which is refused and leaves the position. Fails when a refused seek moves it,
 * or when seeking alone makes the file longer.
 */
#include "test.h"

enum { SIZE = 1000 };

int
main(void)
{
    struct stat st;
    char c;
    int fd;

    enter_scratch();
    make_file("file", SIZE, 1);
    fd = (int)CHECK_OK(open("file", O_RDWR));
    CHECK_EQ(lseek(fd, 10, SEEK_SET), 10);
    CHECK_EQ(lseek(fd, 5, SEEK_CUR), 15);
    CHECK_EQ(lseek(fd, -15, SEEK_CUR), 0);
    CHECK_EQ(lseek(fd, -1, SEEK_END), SIZE - 1);
    CHECK_EQ(read(fd, &c, 1), 1);
    CHECK_EQ(read(fd, &c, 1), 0);
    CHECK_ERR(lseek(fd, -1, SEEK_SET), EINVAL);
    CHECK_ERR(lseek(fd, -SIZE - 1, SEEK_CUR), EINVAL);
    CHECK_ERR(lseek(fd, 0, 17), EINVAL);
    CHECK_ERR(lseek(fd, INT64_MAX, SEEK_SET), EINVAL);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), SIZE);
    CHECK_ERR(lseek(99, 0, SEEK_SET), EBADF);
    CHECK_ERR(pread(fd, &c, 1, -1), EINVAL);
    CHECK_ERR(pwrite(fd, &c, 1, -1), EINVAL);

    CHECK_EQ(lseek(fd, 5 * PAGE, SEEK_SET), 5 * PAGE);
    CHECK_EQ(read(fd, &c, 1), 0);
    CHECK_OK(fstat(fd, &st));
    CHECK_EQ(st.st_size, SIZE);
    CHECK_EQ(write(fd, "x", 1), 1);
    CHECK_OK(fstat(fd, &st));
    CHECK_EQ(st.st_size, 5 * PAGE + 1);
    CHECK_EQ(pread(fd, &c, 1, SIZE), 1);
    CHECK_EQ(c, 0);
    CHECK_ERR(pwrite(fd, "x", 1, INT64_MAX - 1), EFBIG);
    CHECK_OK(close(fd));
    return 0;
}
