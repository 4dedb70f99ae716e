/* SPDX-License-Identifier: MIT */
/* test: device-busy ram=16M harts=1-8 swap=0 time=30 */
/*
 * The partition that is mounted, and the disk that holds it, can be read but
 * not opened for writing; another partition can be both, and reads back what
 * was written. Reading shows an ext2 superblock and the boot record; the end of
 * the device is the end of the file. Fails when a program can write under the
 * file system's feet.
 */
#include <sys/ioctl.h>
#include "test.h"

enum { SUPER_AT = 1024, MAGIC_AT = 56, RECORD_END = 510 };

static void
check_read(void)
{
    unsigned char buf[PAGE];
    int fd = (int)CHECK_OK(open("/dev/vda1", O_RDONLY));
    uint64_t bytes = 0;

    CHECK_EQ(pread(fd, buf, sizeof(buf), 0), sizeof(buf));
    CHECK_EQ(buf[SUPER_AT + MAGIC_AT], 0x53);
    CHECK_EQ(buf[SUPER_AT + MAGIC_AT + 1], 0xef);
    CHECK_OK(ioctl(fd, BLKGETSIZE64, &bytes));
    CHECK_EQ(lseek(fd, 0, SEEK_END), bytes);
    CHECK_EQ(pread(fd, buf, sizeof(buf), (off_t)bytes - 100), 100);
    CHECK_EQ(pread(fd, buf, sizeof(buf), (off_t)bytes), 0);
    CHECK_OK(close(fd));
    fd = (int)CHECK_OK(open("/dev/vda", O_RDONLY));
    CHECK_EQ(pread(fd, buf, 3, RECORD_END - 1), 3);
    CHECK_EQ(buf[1], 0x55);
    CHECK_EQ(buf[2], 0xaa);
    CHECK_OK(close(fd));
}

/* Write to the end of the swap area, which nobody reads, and put it back. */
static void
check_other(void)
{
    int fd = open("/dev/vda2", O_RDWR);
    char saved[PAGE], buf[PAGE];
    off_t at;

    if (fd < 0 && errno == ENXIO)
        return; /* no second partition on this disk */
    CHECK_OK(fd);
    at = lseek(fd, 0, SEEK_END) - PAGE;
    CHECK(at > 0);
    CHECK_EQ(pread(fd, saved, PAGE, at), PAGE);
    fill(buf, PAGE, 1);
    CHECK_EQ(pwrite(fd, buf, PAGE, at), PAGE);
    CHECK_OK(fsync(fd));
    CHECK_ERR(pwrite(fd, buf, 1, at + PAGE), ENOSPC);
    memset(buf, 0, PAGE);
    CHECK_EQ(pread(fd, buf, PAGE, at), PAGE);
    check_fill(buf, PAGE, 1);
    CHECK_EQ(pwrite(fd, saved, PAGE, at), PAGE);
    CHECK_OK(close(fd));
}

int
main(void)
{
    CHECK_ERR(open("/dev/vda1", O_WRONLY), EBUSY);
    CHECK_ERR(open("/dev/vda1", O_RDWR), EBUSY);
    CHECK_ERR(open("/dev/vda", O_RDWR), EBUSY);
    check_read();
    check_other();
    return 0;
}
