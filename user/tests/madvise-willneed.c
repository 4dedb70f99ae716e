/* SPDX-License-Identifier: MIT */
/* test: madvise-willneed ram=16M harts=1-8 swap=64 time=60 */
/*
 * MADV_WILLNEED brings pages back from a swap area before they are touched, and
 * mincore tells that they are there, which it does not while they are out.
 * Touching them then hardly waits for the disk.  Who asks for all of a huge file
 * gets some of it, at once.  Fails when either ignores swapped pages, or when a
 * program can hold the kernel up with an advice.
 */
#include <sched.h>
#include <sys/resource.h>
#include "test.h"

enum { PAGES = 256, ASKED_MB = 4 };
#define SPARSE (64L << 30)

static long
major_faults(void)
{
    struct rusage r;

    CHECK_OK(getrusage(RUSAGE_SELF, &r));
    return r.ru_majflt;
}

/* All of it would take minutes; and what was asked for at its end is there. */
static void
check_large_file(void)
{
    long before = meminfo_kb("Cached:");
    int fd = (int)CHECK_OK(open("sparse", O_RDWR | O_CREAT, 0644));
    char *p, *last;

    CHECK_OK(ftruncate(fd, SPARSE));
    p = mmap(NULL, SPARSE, PROT_READ, MAP_SHARED, fd, 0);
    CHECK(p != MAP_FAILED);
    last = p + SPARSE - PAGE;
    CHECK_EQ(pages_resident(last, 1), 0);
    CHECK_OK(madvise(last, PAGE, MADV_WILLNEED));
    CHECK_EQ(pages_resident(last, 1), 1);
    CHECK_OK(madvise(p, SPARSE, MADV_WILLNEED));
    CHECK(meminfo_kb("Cached:") < before + ASKED_MB * MB / 1024);
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
    check_large_file();
    return 0;
}
