/* SPDX-License-Identifier: MIT */
/* test: mmap-shared-full ram=16M harts=1-8 swap=0 time=180 */
/*
 * Storing into a hole through a shared mapping when the disk is full is SIGBUS
 * for who stores; what has blocks can be changed still; what was stored before
 * is kept; after deleting, all the space is back. Fails when a page gets dirty
 * without a block, so that its bytes are lost later, or when the failed
 * allocation keeps something (e2fsck looks at the end).
 */
#include <sys/statfs.h>
#include "test.h"

enum { MOST_MB = 256, PAGES = 64, SIZE = PAGES * PAGE };

static uint64_t
free_blocks(void)
{
    struct statfs fs;

    sync();
    CHECK_OK(statfs(".", &fs));
    return fs.f_bfree;
}

/* Nothing is left for files. */
static void
fill_disk(void)
{
    int fd = (int)CHECK_OK(open("large", O_WRONLY | O_CREAT, 0644));
    static char buf[64 * PAGE];

    for (size_t n = sizeof(buf); n >= PAGE; n /= 2)
        while (write(fd, buf, n) == (ssize_t)n)
            continue;
    CHECK_EQ(errno, ENOSPC);
    CHECK_OK(close(fd));
}

static void
touch(void *address)
{
    *(volatile char *)address = 1;
}

int
main(void)
{
    uint64_t before;
    char *p;
    int fd;

    enter_scratch();
    before = free_blocks();
    if (before > (uint64_t)MOST_MB * MB / PAGE)
        SKIP("the disk is too large to fill");
    fd = (int)CHECK_OK(open("file", O_RDWR | O_CREAT, 0644));
    CHECK_OK(ftruncate(fd, SIZE));
    p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK(p != MAP_FAILED);
    fill(p, 4 * PAGE, 1);
    check_zero(p + 8 * PAGE, PAGE); /* a hole that is mapped already */
    fill_disk();
    CHECK_EQ(free_blocks(), 0);
    CHECK_DIES(touch, p + 8 * PAGE, SIGBUS);
    CHECK_DIES(touch, p + 9 * PAGE, SIGBUS);
    CHECK_DIES(touch, p + (PAGES - 1) * PAGE, SIGBUS);
    check_zero(p + 8 * PAGE, PAGE);
    fill(p, 4 * PAGE, 2); /* has its blocks */
    CHECK_OK(msync(p, SIZE, MS_SYNC));
    CHECK_OK(unlink("large"));
    fill(p + 8 * PAGE, PAGE, 3); /* there is room again */
    CHECK_OK(msync(p, SIZE, MS_SYNC));
    check_fill(p, 4 * PAGE, 2);
    check_fill(p + 8 * PAGE, PAGE, 3);
    CHECK_OK(munmap(p, SIZE));
    CHECK_OK(close(fd));
    CHECK_OK(unlink("file"));
    CHECK_EQ(free_blocks(), before);
    return 0;
}
