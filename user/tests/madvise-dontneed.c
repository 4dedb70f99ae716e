/* SPDX-License-Identifier: MIT */
/* test: madvise-dontneed ram=16M harts=1-8 swap=0 time=30 */
/*
 * MADV_DONTNEED drops pages at once: anonymous memory reads as zeroes, a
 * private mapping of a file shows the file again. MADV_FREE may drop what is
 * not written again, and must keep what is. A hole is ENOMEM, but the rest of
 * the range is served. Fails when an old page shows, when the frames do not
 * come back, or when a write after MADV_FREE is lost.
 */
#include "test.h"

enum { SIZE = 16 * PAGE, BIG = 2 * MB };

static void
check_anonymous(void)
{
    char *p = map_memory(BIG);

    for (int i = 0; i < 20; i++) {
        fill(p, BIG, (uint64_t)i);
        CHECK_EQ(pages_resident(p, BIG / PAGE), BIG / PAGE);
        CHECK_OK(madvise(p, BIG, MADV_DONTNEED));
        CHECK_EQ(pages_resident(p, BIG / PAGE), 0);
    }
    check_zero(p, BIG);
    fill(p, BIG, 1);
    CHECK_OK(madvise(p + PAGE, PAGE + 1, MADV_DONTNEED)); /* whole pages */
    check_zero(p + PAGE, 2 * PAGE);
    fill(p + PAGE, 2 * PAGE, 2);
    CHECK_OK(munmap(p, BIG));
}

static void
child_drops(void *arg)
{
    CHECK_OK(madvise(arg, SIZE, MADV_DONTNEED));
    check_zero(arg, SIZE);
}

/* Dropping a page that is shared by fork takes it from one only. */
static void
check_shared_by_fork(void)
{
    char *p = map_memory(SIZE);

    fill(p, SIZE, 3);
    reap_ok(start_child(child_drops, p));
    check_fill(p, SIZE, 3);
    CHECK_OK(munmap(p, SIZE));
}

static void
check_file_mapping(void)
{
    char *p;
    int fd;

    make_file("f", SIZE, 4);
    CHECK_OK(fd = open("f", O_RDONLY));
    p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    CHECK(p != MAP_FAILED);
    CHECK_OK(madvise(p, SIZE, MADV_WILLNEED));
    CHECK_OK(madvise(p, SIZE, MADV_SEQUENTIAL));
    memset(p, 0, SIZE);
    CHECK_ERR(madvise(p, SIZE, MADV_FREE), EINVAL);
    CHECK_OK(madvise(p, SIZE, MADV_DONTNEED));
    check_fill(p, SIZE, 4);
    CHECK_OK(madvise(p, SIZE, MADV_RANDOM));
    CHECK_OK(madvise(p, SIZE, MADV_DONTNEED));
    check_fill(p, SIZE, 4);
    CHECK_OK(munmap(p, SIZE));
    close(fd);
}

static void
check_free(void)
{
    char *p = map_memory(BIG), *old = map_memory(BIG);

    fill(p, BIG, 5);
    fill(old, BIG, 5);
    CHECK_OK(madvise(p, BIG, MADV_FREE));
    for (size_t i = 0; i < BIG; i += PAGE) /* the old page, or zeroes */
        if (memcmp(p + i, old + i, PAGE) != 0)
            check_zero(p + i, PAGE);
    CHECK_OK(munmap(old, BIG));
    for (size_t i = 0; i < BIG; i += 2 * PAGE)
        fill(p + i, PAGE, i);
    set_tunable("drop_caches", 3);
    for (size_t i = 0; i < BIG; i += 2 * PAGE)
        check_fill(p + i, PAGE, i);
    CHECK_OK(madvise(p, BIG, MADV_FREE)); /* twice, and shared by fork */
    fill(p, BIG, 6);
    CHECK_OK(madvise(p, BIG, MADV_FREE));
    reap_ok(start_child(child_drops, p));
    fill(p, BIG, 7);
    check_fill(p, BIG, 7);
    CHECK_OK(munmap(p, BIG));
}

static void
check_errors(void)
{
    char *p = map_memory(SIZE);

    fill(p, SIZE, 8);
    CHECK_ERR(madvise(p, SIZE, 77), EINVAL);
    CHECK_ERR(madvise(p, SIZE, -1), EINVAL);
    CHECK_ERR(madvise(p + 1, PAGE, MADV_DONTNEED), EINVAL);
    CHECK_ERR(madvise(p, ~0UL, MADV_DONTNEED), EINVAL);
    CHECK_OK(madvise(p, 0, MADV_DONTNEED));
    CHECK_OK(mlock(p + 4 * PAGE, PAGE));
    CHECK_ERR(madvise(p + 4 * PAGE, PAGE, MADV_DONTNEED), EINVAL);
    CHECK_ERR(madvise(p + 4 * PAGE, PAGE, MADV_FREE), EINVAL);
    CHECK_OK(munlock(p + 4 * PAGE, PAGE));
    check_fill(p, SIZE, 8);
    CHECK_OK(munmap(p + 5 * PAGE, PAGE));
    CHECK_ERR(madvise(p, SIZE, MADV_DONTNEED), ENOMEM);
    check_zero(p, 5 * PAGE); /* on both sides of the hole */
    check_zero(p + 6 * PAGE, SIZE - 6 * PAGE);
}

int
main(void)
{
    enter_scratch();
    check_anonymous();
    check_shared_by_fork();
    check_file_mapping();
    check_free();
    check_errors();
    return 0;
}
