/* SPDX-License-Identifier: MIT */
/* test: madvise-willneed ram=16M harts=1-8 swap=64 time=60 */
/*
 * MADV_WILLNEED brings pages back from a swap area before they are touched, and
 * mincore tells that they are there, which it does not while they are out.
 * Touching them then hardly waits for the disk.  Of a file without end only a
 * part is fetched.  Fails when either ignores swapped pages, or does not end.
 */
#include <sched.h>
#include <sys/resource.h>
#include "test.h"

enum { PAGES = 256 };
#define SPARSE (64L << 30)

static long
major_faults(void)
{
    struct rusage r;

    CHECK_OK(getrusage(RUSAGE_SELF, &r));
    return r.ru_majflt;
}

/* It is a hole, and all of it would take minutes. */
static void
check_bounded(void)
{
    int fd = (int)CHECK_OK(open("sparse", O_RDWR | O_CREAT, 0644));
    char *p;

    CHECK_OK(ftruncate(fd, SPARSE));
    p = mmap(NULL, SPARSE, PROT_READ, MAP_SHARED, fd, 0);
    CHECK(p != MAP_FAILED);
    CHECK_OK(madvise(p, SPARSE, MADV_WILLNEED));
    CHECK_OK(munmap(p, SPARSE));
    CHECK_OK(close(fd));
}

int
main(void)
{
    size_t pressure = (size_t)ram_mb() * MB;
    char *p = map_memory(PAGES * PAGE), *q;
    long before;

    if (ram_mb() > 32)
        SKIP("too much memory to use it all up");
    fill(p, PAGES * PAGE, 1);
    CHECK_EQ(pages_resident(p, PAGES), PAGES);
    while (pages_resident(p, PAGES) > 0) { /* ends: there is swap for more */
        q = map_memory(pressure);
        for (size_t i = 0; i < pressure; i += PAGE)
            q[i] = 1;
        CHECK_OK(munmap(q, pressure));
    }
    do { /* it is advice: what reclaim takes once more may come again */
        CHECK_OK(madvise(p, PAGES * PAGE, MADV_WILLNEED));
        sched_yield();
    } while (pages_resident(p, PAGES) < PAGES);
    before = major_faults();
    check_fill(p, PAGES * PAGE, 1);
    CHECK(major_faults() - before < PAGES / 4);
    enter_scratch();
    check_bounded();
    return 0;
}
