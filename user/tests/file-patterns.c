/* SPDX-License-Identifier: MIT */
/* test: file-patterns ram=16M harts=1-8 swap=0 time=60 */
/*
 * Pieces of many lengths written at many offsets read back as written, around
 * page ends and around the places where an ext2 file goes over to its single,
 * double and triple indirect blocks; what was skipped is a hole that reads as
 * zero and takes no blocks. Fails when a block is mapped to the wrong place,
 * written short, or found with old contents.
 */
#include <sys/statfs.h>
#include "test.h"

enum { PIECE = 3 * PAGE, PER_BLOCK = 1024, DIRECT = 12, SECTOR = 512 };

/* The first byte of each kind of block, and a few in between. */
static const off_t places[] = {
    0,
    5 * PAGE - 1,
    (off_t)DIRECT *PAGE,
    (off_t)(DIRECT + PER_BLOCK) * PAGE,
    (off_t)(DIRECT + PER_BLOCK + 3 * PER_BLOCK + 7) * PAGE + 123,
    ((off_t)DIRECT + PER_BLOCK + (off_t)PER_BLOCK * PER_BLOCK) * PAGE,
    (off_t)5 << 30,
};

enum { PLACES = sizeof(places) / sizeof(places[0]) };

static char buf[PIECE];

/* Write a piece across the boundary at `place`. */
static void
write_piece(int fd, off_t place, uint64_t seed)
{
    off_t at = place < PIECE / 2 ? 0 : place - PIECE / 2;

    fill(buf, PIECE, seed);
    CHECK_EQ(pwrite(fd, buf, PIECE, at), PIECE);
}

static void
check_piece(int fd, off_t place, uint64_t seed)
{
    off_t at = place < PIECE / 2 ? 0 : place - PIECE / 2;

    memset(buf, 0xee, PIECE);
    CHECK_EQ(pread(fd, buf, PIECE, at), PIECE);
    check_fill(buf, PIECE, seed);
}

static void
check_sparse(void)
{
    int fd = (int)CHECK_OK(open("sparse", O_RDWR | O_CREAT, 0644));
    struct stat st;

    for (int i = PLACES - 1; i >= 0; i--)
        write_piece(fd, places[i], (uint64_t)i + 1);
    for (int i = 1; i < PLACES; i++)
        check_piece(fd, places[i], (uint64_t)i + 1);
    CHECK_EQ(pread(fd, buf, PAGE, 1 << 20), PAGE);
    check_zero(buf, PAGE);
    CHECK_OK(fstat(fd, &st));
    CHECK_EQ(st.st_size, places[PLACES - 1] + PIECE / 2);
    CHECK(st.st_blocks * SECTOR < 60 * PAGE);
    CHECK_OK(fsync(fd));
    CHECK_OK(ftruncate(fd, PIECE));
    CHECK_OK(ftruncate(fd, places[4] + PIECE));
    CHECK_EQ(pread(fd, buf, PIECE, places[4]), PIECE);
    check_zero(buf, PIECE);
    CHECK_OK(close(fd));
    CHECK_OK(unlink("sparse"));
}

/* Overlapping pieces, against the same done in memory. */
static void
check_random(void)
{
    enum { SIZE = 40 * PAGE, ROUNDS = 400 };
    int fd = (int)CHECK_OK(open("random", O_RDWR | O_CREAT, 0644));
    char *model = calloc(1, SIZE), *back = malloc(SIZE);
    uint64_t state = 7;
    size_t end = 0;

    CHECK(model != NULL && back != NULL);
    for (uint64_t i = 0; i < ROUNDS; i++) {
        size_t at = next_random(&state) % (SIZE - PIECE);
        size_t size = next_random(&state) % PIECE + 1;

        fill(model + at, size, i);
        CHECK_EQ(pwrite(fd, model + at, size, (off_t)at), size);
        if (at + size > end)
            end = at + size;
        at = next_random(&state) % end;
        size = end - at < PIECE ? end - at : PIECE;
        CHECK_EQ(pread(fd, back, size, (off_t)at), size);
        CHECK(memcmp(back, model + at, size) == 0);
    }
    CHECK_EQ(pread(fd, back, SIZE, 0), end);
    CHECK(memcmp(back, model, end) == 0);
    CHECK_EQ(pread(fd, back, SIZE, (off_t)end), 0);
    CHECK_OK(close(fd));
}

int
main(void)
{
    enter_scratch();
    check_sparse();
    check_random();
    return 0;
}
