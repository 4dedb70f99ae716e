/* SPDX-License-Identifier: MIT */
/* test: mlock-reclaim ram=16M harts=1-8 swap=0 time=120 */
/*
 * Locked pages of a file stay in memory while the cache is squeezed by a file
 * that is larger than RAM. Fails when reclaim takes a locked page.
 */
#include "test.h"

enum { PAGES = 64, SIZE = PAGES * PAGE };

int
main(void)
{
    size_t big = (ram_mb() < 32 ? ram_mb() : 32) * MB;
    char *p, buf[PAGE];
    int fd;

    enter_scratch();
    make_file("locked", SIZE, 1);
    sync();
    CHECK_OK(fd = open("locked", O_RDONLY));
    p = mmap(NULL, SIZE, PROT_READ, MAP_PRIVATE, fd, 0);
    CHECK(p != MAP_FAILED);
    CHECK_OK(mlock(p, SIZE));
    close(fd);
    CHECK_OK(fd = open("big", O_RDWR | O_CREAT | O_TRUNC, 0600));
    for (size_t done = 0; done < big; done += PAGE)
        CHECK_EQ(write(fd, p + done % SIZE, PAGE), PAGE);
    CHECK_OK(lseek(fd, 0, SEEK_SET));
    while (CHECK_OK(read(fd, buf, PAGE)) > 0)
        CHECK_EQ(pages_resident(p, PAGES), PAGES);
    close(fd);
    set_tunable("drop_caches", 3);
    CHECK_EQ(pages_resident(p, PAGES), PAGES);
    check_fill(p, SIZE, 1);
    return 0;
}
