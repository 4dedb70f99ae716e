/* SPDX-License-Identifier: MIT */
/* test: file-sync ram=16M harts=1-8 swap=0 time=60 */
/*
 * fsync, fdatasync, sync and syncfs bring what was written to the disk: it is
 * found there, read through the disk's own device, after the caches have been
 * dropped. Fails when sync returns before the data is written, when an error is
 * swallowed, or when a file reads otherwise after its pages were dropped.
 */
#include "test.h"

enum { SIZE = 40 * PAGE, MARK_WORDS = PAGE / 8, DISK_CHUNK = 64 * PAGE };

static void
drop_caches(void)
{
    int fd = (int)CHECK_OK(open("/proc/sys/vm/drop_caches", O_WRONLY));

    CHECK_EQ(write(fd, "3\n", 2), 2);
    CHECK_OK(close(fd));
}

/* Is a page full of this word on the disk? */
static bool
on_disk(uint64_t mark)
{
    static uint64_t buf[DISK_CHUNK / 8];
    int fd = (int)CHECK_OK(open("/dev/vda1", O_RDONLY));
    bool found = false;
    long n;

    while (!found && (n = CHECK_OK(read(fd, buf, sizeof(buf)))) > 0)
        for (long i = 0; i < n / 8; i += MARK_WORDS)
            if (buf[i] == mark && buf[i + MARK_WORDS - 1] == mark)
                found = true;
    CHECK_OK(close(fd));
    return found;
}

static int
write_mark(const char *name, uint64_t mark)
{
    uint64_t page[MARK_WORDS];
    int fd = (int)CHECK_OK(open(name, O_RDWR | O_CREAT, 0644));

    for (int i = 0; i < MARK_WORDS; i++)
        page[i] = mark;
    CHECK_EQ(write(fd, page, PAGE), PAGE);
    return fd;
}

static void
check_reaches_disk(void)
{
    const uint64_t base = 0x5eedf0110a000000 + ((uint64_t)getpid() << 8);
    int fd;

    fd = write_mark("fsynced", base + 1);
    CHECK_OK(fsync(fd));
    CHECK_OK(close(fd));
    fd = write_mark("datasynced", base + 2);
    CHECK_OK(fdatasync(fd));
    CHECK_OK(close(fd));
    fd = write_mark("synced", base + 3);
    sync();
    CHECK_OK(close(fd));
    fd = write_mark("fs-synced", base + 4);
    CHECK_OK(syncfs(fd));
    CHECK_OK(close(fd));
    drop_caches();
    for (uint64_t i = 1; i <= 4; i++)
        if (!on_disk(base + i))
            FAIL("mark %d: expected on the disk, not found", (int)i);
}

int
main(void)
{
    int fds[2];

    enter_scratch();
    check_reaches_disk();
    make_file("file", SIZE, 1);
    sync();
    drop_caches();
    check_file("file", SIZE, 1);
    make_file("file", SIZE, 2); /* dirty pages stay when caches drop */
    drop_caches();
    check_file("file", SIZE, 2);
    CHECK_OK(pipe(fds));
    CHECK_ERR(fsync(fds[0]), EINVAL);
    CHECK_ERR(fsync(99), EBADF);
    return 0;
}
