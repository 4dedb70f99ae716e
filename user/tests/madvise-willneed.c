/* SPDX-License-Identifier: MIT */
/* test: madvise-willneed ram=16M harts=1-8 swap=64 time=60 */
/*
 * MADV_WILLNEED brings pages back from a swap area before they are touched, and
 * mincore tells that they are there, which it does not while they are out.
 * Touching them then hardly waits for the disk.  Who asks for a file without end
 * can be killed.  Fails when either ignores swapped pages, or does not stop.
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

static void
ask(void *p)
{
    madvise(p, SPARSE, MADV_WILLNEED);
}

/* It is a hole, and would take minutes. */
static void
check_killable(void)
{
    long before = meminfo_kb("Cached:");
    int fd = (int)CHECK_OK(open("sparse", O_RDWR | O_CREAT, 0644));
    char *p;
    pid_t pid;

    CHECK_OK(ftruncate(fd, SPARSE));
    p = mmap(NULL, SPARSE, PROT_READ, MAP_SHARED, fd, 0);
    CHECK(p != MAP_FAILED);
    pid = start_child(ask, p);
    while (meminfo_kb("Cached:") < before + MB / 1024)
        sched_yield();
    CHECK_OK(kill(pid, SIGKILL));
    CHECK_EQ(reap(pid), SIGKILL);
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
    check_killable();
    return 0;
}
