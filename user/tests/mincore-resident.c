/* SPDX-License-Identifier: MIT */
/* test: mincore-resident ram=16M harts=1-8 swap=0 time=30 */
/*
 * mincore tells page by page what is in memory: anonymous pages that were
 * touched, pages of a file that the cache holds, mapped or not. Holes are
 * ENOMEM. Fails when a page is reported that was never read, or the other way
 * round, or when a long range is cut.
 */
#include "test.h"

enum { PAGES = 700, FILE_PAGES = 200 };

static unsigned char vec[PAGES];

static void
check_anonymous(void)
{
    char *p = map_memory(PAGES * PAGE);

    CHECK_EQ(pages_resident(p, PAGES), 0);
    for (int i = 0; i < PAGES; i += 3)
        p[i * PAGE] = 1;
    CHECK_OK(mincore(p, PAGES * PAGE, vec));
    for (int i = 0; i < PAGES; i++)
        CHECK_EQ(vec[i] & 1, i % 3 == 0);
    look_at_byte(p + PAGE); /* the zero page is there, too */
    CHECK_EQ(pages_resident(p + PAGE, 1), 1);
    memset(vec, 7, sizeof(vec));
    CHECK_OK(mincore(p, PAGE + 1, vec)); /* two pages, no byte more */
    CHECK_EQ(vec[0], 1);
    CHECK_EQ(vec[2], 7);
    CHECK_ERR(mincore(p + 1, PAGE, vec), EINVAL);
    CHECK_ERR(mincore(p, PAGE, wild(8)), EFAULT);
    CHECK_ERR(mincore(p, 1UL << 62, vec), ENOMEM);
    CHECK_ERR(mincore(wild(-4UL * PAGE), 8UL * PAGE, vec), ENOMEM);
    CHECK_OK(mincore(p, 0, vec));
    CHECK_OK(munmap(p + 600 * PAGE, PAGE));
    CHECK_ERR(mincore(p, PAGES * PAGE, vec), ENOMEM);
    CHECK_ERR(mincore(p + 600 * PAGE, PAGE, vec), ENOMEM);
    CHECK_OK(munmap(p, PAGES * PAGE));
}

static void
check_file_mapping(void)
{
    char *p, c;
    int fd, there;

    make_file("f", FILE_PAGES * PAGE, 1);
    sync();
    set_tunable("drop_caches", 1);
    CHECK_OK(fd = open("f", O_RDONLY));
    p = mmap(NULL, FILE_PAGES * PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
    CHECK(p != MAP_FAILED);
    CHECK_OK(madvise(p, FILE_PAGES * PAGE, MADV_RANDOM));
    CHECK_EQ(pages_resident(p, FILE_PAGES), 0);
    CHECK_EQ(pread(fd, &c, 1, 100 * PAGE), 1); /* in the cache, not mapped */
    CHECK_EQ(pages_resident(p + 100 * PAGE, 1), 1);
    look_at_byte(p + 50 * PAGE);
    CHECK_EQ(pages_resident(p + 50 * PAGE, 1), 1);
    there = pages_resident(p, FILE_PAGES);
    CHECK(there < FILE_PAGES / 2); /* RANDOM reads nothing ahead */
    CHECK_OK(madvise(p, FILE_PAGES * PAGE, MADV_NORMAL));
    CHECK_OK(madvise(p, FILE_PAGES * PAGE, MADV_POPULATE_READ));
    CHECK_EQ(pages_resident(p, FILE_PAGES), FILE_PAGES);
    check_fill(p, FILE_PAGES * PAGE, 1);
    close(fd);
}

int
main(void)
{
    enter_scratch();
    check_anonymous();
    check_file_mapping();
    return 0;
}
