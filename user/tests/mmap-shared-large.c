/* SPDX-License-Identifier: MIT */
/* test: mmap-shared-large ram=16M harts=1-8 swap=0 time=240 */
/*
 * A file larger than RAM that is filled through a shared mapping comes back
 * whole, through the mapping and by read, while pages are written out and
 * taken away all the time; of dirty pages there are never many more than
 * dirty_ratio allows. Fails when a dirty page is dropped, when a store is lost
 * between write-out and unmapping, or when who stores is never slowed down.
 */
#include "test.h"

enum { MOST_MB = 32, WORDS = PAGE / sizeof(uint64_t), LOOK_PAGES = 64 };

static void
check_dirty(void)
{
    long most =
        meminfo_kb("MemTotal:") * get_tunable("dirty_ratio") / 100 + MB / 1024;
    long dirty = meminfo_kb("Dirty:");

    if (dirty > most)
        FAIL("dirty: expected at most %ld kB, seen %ld kB", most, dirty);
}

int
main(void)
{
    size_t mb = ram_mb() * 5 / 4;
    size_t pages = (mb < MOST_MB ? mb : MOST_MB) * MB / PAGE;
    uint64_t *p, word[2];
    int fd;

    enter_scratch();
    fd = (int)CHECK_OK(open("large", O_RDWR | O_CREAT, 0644));
    CHECK_OK(ftruncate(fd, (off_t)(pages * PAGE)));
    p = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK(p != MAP_FAILED);
    for (size_t i = 0; i < pages; i++) {
        p[i * WORDS] = i + 1;
        p[i / 2 * WORDS + 1] = i; /* again, perhaps after its write-out */
        if (i % LOOK_PAGES == 0)
            check_dirty();
    }
    for (size_t i = 0; i < pages; i++) {
        CHECK_EQ(p[i * WORDS], i + 1);
        CHECK_EQ(pread(fd, word, sizeof(word), (off_t)(i * PAGE)),
                 sizeof(word));
        CHECK_EQ(word[0], i + 1);
        CHECK_EQ(word[1], i < pages / 2 ? i * 2 + 1 : 0);
    }
    CHECK_OK(munmap(p, pages * PAGE));
    CHECK_OK(close(fd));
    return 0;
}
