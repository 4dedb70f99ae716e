/* SPDX-License-Identifier: MIT */
/* test: file-bigger-than-ram ram=16M harts=1-8 swap=0 time=180 */
/*
 * A file of three times the RAM (as far as the disk has room) is written,
 * read through, read backwards in part, and overwritten here and there: the
 * page cache takes what it can get and gives it back. Fails when memory runs
 * out, when a page that was dropped comes back with other contents, or when it
 * takes too long.
 */
#include <sys/statfs.h>
#include "test.h"

enum { CHUNK = 16 * PAGE, TIMES = 3, MOST_MB = 192, STRIDE = 37 };

static char buf[CHUNK];

static size_t
choose_chunks(void)
{
    size_t size = ram_mb() * TIMES, room;
    struct statfs fs;

    CHECK_OK(statfs(".", &fs));
    room = fs.f_bfree / 10 * 9 * PAGE / MB;
    if (size > room)
        size = room;
    if (size > MOST_MB)
        size = MOST_MB;
    if (size < 4)
        SKIP("the disk is too small");
    return size * MB / CHUNK;
}

static void
check_chunk(int fd, size_t i, uint64_t seed)
{
    CHECK_EQ(pread(fd, buf, CHUNK, (off_t)(i * CHUNK)), CHUNK);
    check_fill(buf, CHUNK, seed);
}

int
main(void)
{
    size_t chunks;
    int fd;

    enter_scratch();
    chunks = choose_chunks();
    fd = (int)CHECK_OK(open("large", O_RDWR | O_CREAT, 0644));
    for (size_t i = 0; i < chunks; i++) {
        fill(buf, CHUNK, i);
        CHECK_EQ(write(fd, buf, CHUNK), CHUNK);
    }
    for (size_t i = 0; i < chunks; i++)
        check_chunk(fd, i, i);
    for (size_t i = chunks; i > 0; i -= i > STRIDE ? STRIDE : i) {
        fill(buf, CHUNK, i + chunks);
        CHECK_EQ(pwrite(fd, buf, CHUNK, (off_t)((i - 1) * CHUNK)), CHUNK);
    }
    for (size_t i = chunks; i > 0; i -= i > STRIDE ? STRIDE : i)
        check_chunk(fd, i - 1, i + chunks);
    CHECK_OK(close(fd));
    return 0;
}
