/* SPDX-License-Identifier: MIT */
/* test: disk-full ram=16M harts=1-8 swap=0 time=180 */
/*
 * Writing until the disk is full ends in ENOSPC, for data, names and folders
 * alike; what was written before stays as it was and can still be changed in
 * place; after deleting, all the space is back and can be used. Fails when
 * ENOSPC comes too late (at writeback, with data lost), when a half-made file
 * keeps blocks, or when something else breaks with it.
 */
#include <sys/statfs.h>
#include "test.h"

enum { MOST_MB = 256, CHUNK = 16 * PAGE, KEEP = 40 * PAGE };

static struct statfs
now(void)
{
    struct statfs fs;

    sync();
    CHECK_OK(statfs(".", &fs));
    return fs;
}

/* Write to a file until nothing goes. => how many chunks went whole */
static uint64_t
fill_file(const char *name, size_t chunk)
{
    static char buf[CHUNK];
    int fd = (int)CHECK_OK(open(name, O_RDWR | O_CREAT, 0644));
    uint64_t count = 0;
    ssize_t n;

    for (;; count++) {
        fill(buf, chunk, count);
        n = write(fd, buf, chunk);
        if (n < 0 || (size_t)n < chunk)
            break;
    }
    if (n < 0)
        CHECK_EQ(errno, ENOSPC);
    CHECK_OK(fsync(fd));
    CHECK_OK(close(fd));
    return count;
}

static void
check_chunks(const char *name, uint64_t count)
{
    static char buf[CHUNK];
    int fd = (int)CHECK_OK(open(name, O_RDONLY));

    for (uint64_t i = 0; i < count; i++) {
        CHECK_EQ(read(fd, buf, CHUNK), CHUNK);
        check_fill(buf, CHUNK, i);
    }
    CHECK_OK(close(fd));
}

/* Not a block is free: nothing new, but what is there can be changed. */
static void
use_full_disk(void)
{
    int fd = (int)CHECK_OK(open("kept", O_RDWR));
    char buf[PAGE];

    CHECK_ERR(mkdir("folder", 0755), ENOSPC);
    fill(buf, PAGE, 5);
    CHECK_EQ(pwrite(fd, buf, PAGE, PAGE), PAGE);
    CHECK_EQ(pread(fd, buf, PAGE, PAGE), PAGE);
    check_fill(buf, PAGE, 5);
    CHECK_ERR(pwrite(fd, buf, PAGE, 2 * KEEP), ENOSPC);
    CHECK_OK(close(fd));
    CHECK_OK(rename("kept", "kept2"));
    CHECK_OK(rename("kept2", "kept"));
    make_file("empty", 0, 0);
    CHECK_OK(unlink("empty"));
}

int
main(void)
{
    struct statfs before = {0};
    uint64_t count;

    enter_scratch();
    before = now();
    if (before.f_bfree > (uint64_t)MOST_MB * MB / PAGE)
        SKIP("the disk is too large to fill");
    make_file("kept", KEEP, 1);
    count = fill_file("large", CHUNK);
    fill_file("small", PAGE);
    CHECK_EQ(now().f_bfree, 0);
    use_full_disk();
    check_chunks("large", count);
    CHECK_OK(unlink("large"));
    CHECK_OK(unlink("small"));
    CHECK(now().f_bfree + KEEP / PAGE + 2 >= before.f_bfree);
    make_file("again", KEEP, 2);
    check_file("again", KEEP, 2);
    CHECK_OK(unlink("again"));
    CHECK_OK(unlink("kept"));
    CHECK_EQ(now().f_bfree, before.f_bfree);
    CHECK_EQ(now().f_ffree, before.f_ffree);
    return 0;
}
