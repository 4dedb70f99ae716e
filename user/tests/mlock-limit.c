/* SPDX-License-Identifier: MIT */
/* test: mlock-limit ram=16M harts=1-8 swap=0 time=30 */
/*
 * Locked memory is there at once and counts in VmLck, once a page, through
 * splits, mremap, munmap and a second lock; a child inherits none. A user is
 * held to RLIMIT_MEMLOCK by mlock, mlockall, MAP_LOCKED, brk and mremap; root
 * is not. Fails when the sum drifts, when a page is left out, or a limit is
 * not asked.
 */
#include <sys/resource.h>
#include "test.h"

enum { PAGES = 32, SIZE = PAGES * PAGE, KB = PAGE / 1024, USER = 1000 };

static void
check_locked(int line, int pages)
{
    long kb = proc_number("/proc/self/status", "VmLck:");

    if (kb != pages * KB)
        test_fail(line, "VmLck: expected %d kB, seen %ld kB", pages * KB, kb);
}
#define CHECK_LOCKED(pages) check_locked(__LINE__, (pages))

static char *
map_flags(size_t size, int flags)
{
    return mmap(NULL, size, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
}

static void
no_locks(void *arg)
{
    CHECK_LOCKED(0);
    *(char *)arg = 1; /* a copy: not locked */
    CHECK_LOCKED(0);
}

static void
check_sum(void)
{
    char *p = map_memory(SIZE), *q;

    CHECK_OK(mlock(p + 1, PAGE)); /* two pages, in part */
    CHECK_LOCKED(2);
    CHECK_EQ(pages_resident(p, PAGES), 2);
    CHECK_OK(mlock(p, SIZE));
    CHECK_OK(mlock(p, SIZE));
    CHECK_LOCKED(PAGES);
    CHECK_EQ(pages_resident(p, PAGES), PAGES);
    CHECK_OK(munlock(p + 4 * PAGE, 4 * PAGE));
    CHECK_LOCKED(PAGES - 4);
    CHECK_OK(munmap(p, 2 * PAGE));
    CHECK_LOCKED(PAGES - 6);
    reap_ok(start_child(no_locks, p + 2 * PAGE));
    q = mremap(p + 8 * PAGE, SIZE - 8 * PAGE, SIZE, MREMAP_MAYMOVE);
    CHECK(q != MAP_FAILED);
    CHECK_LOCKED(PAGES + 2);
    CHECK_EQ(pages_resident(q, PAGES), PAGES);
    CHECK_OK(mprotect(q, PAGE, PROT_READ));
    CHECK_LOCKED(PAGES + 2);
    CHECK_OK(munmap(q, SIZE));
    CHECK_LOCKED(2);
    CHECK_OK(munlock(p + 2 * PAGE, 6 * PAGE)); /* locked or not */
    CHECK_LOCKED(0);
    CHECK_OK(munmap(p + 2 * PAGE, 6 * PAGE));
}

static void
check_errors(void)
{
    char *p = map_memory(SIZE);

    CHECK_OK(munmap(p + 8 * PAGE, PAGE));
    CHECK_ERR(mlock(p, SIZE), ENOMEM);
    CHECK_ERR(munlock(p + 8 * PAGE, PAGE), ENOMEM);
    CHECK_ERR(mlock(p, ~0UL - PAGE), EINVAL);
    CHECK_OK(mlock(p, 0));
    CHECK_ERR(mlockall(0), EINVAL);
    CHECK_ERR(mlockall(8), EINVAL);
    CHECK_OK(munlockall());
    CHECK_LOCKED(0);
    CHECK_OK(mprotect(p, PAGE, PROT_NONE));
    CHECK_ERR(mlock(p, PAGE), ENOMEM);
    CHECK_OK(munmap(p, SIZE));
}

static void
check_all(void *arg)
{
    long before = proc_number("/proc/self/status", "VmSize:");
    char *p = map_memory(SIZE);

    (void)arg;
    CHECK_OK(mlockall(MCL_CURRENT));
    CHECK_LOCKED((int)(before / KB) + PAGES);
    CHECK_EQ(pages_resident(p, PAGES), PAGES);
    p = map_memory(SIZE);
    CHECK_EQ(pages_resident(p, PAGES), 0); /* not the future */
    CHECK_OK(munlockall());
    CHECK_LOCKED(0);
    CHECK_OK(mlockall(MCL_FUTURE));
    CHECK_LOCKED(0);
    p = map_memory(SIZE);
    CHECK_LOCKED(PAGES);
    CHECK_EQ(pages_resident(p, PAGES), PAGES);
    p = sbrk(SIZE);
    CHECK_EQ(pages_resident((char *)(((uintptr_t)p + PAGE - 1) / PAGE * PAGE),
                            PAGES - 1),
             PAGES - 1);
    CHECK_LOCKED(2 * PAGES);
    CHECK_OK(munlockall());
    p = map_flags(SIZE, MAP_LOCKED);
    CHECK(p != MAP_FAILED);
    CHECK_LOCKED(PAGES);
    CHECK_EQ(pages_resident(p, PAGES), PAGES);
}

static void
check_limit(void *arg)
{
    struct rlimit limit = {SIZE, SIZE};
    char *p = map_memory(2 * SIZE), *q;

    (void)arg;
    CHECK_OK(setrlimit(RLIMIT_MEMLOCK, &limit));
    CHECK_OK(mlock(p, 2 * SIZE)); /* root may */
    CHECK_OK(munlockall());
    CHECK_OK(setuid(USER));
    CHECK_ERR(mlock(p, SIZE + PAGE), ENOMEM);
    CHECK_LOCKED(0);
    CHECK_OK(mlock(p, SIZE));
    CHECK_OK(mlock(p + PAGE, SIZE - PAGE)); /* no more than there is */
    CHECK_ERR(mlock(p + PAGE, SIZE), ENOMEM);
    CHECK_ERR(mlockall(MCL_CURRENT), ENOMEM);
    CHECK(map_flags(PAGE, MAP_LOCKED) == MAP_FAILED && errno == EAGAIN);
    CHECK_OK(munlock(p + SIZE - PAGE, PAGE));
    q = map_flags(PAGE, MAP_LOCKED);
    CHECK(q != MAP_FAILED);
    CHECK_ERR(mremap(q, PAGE, 2 * PAGE, MREMAP_MAYMOVE), EAGAIN);
    CHECK_LOCKED(PAGES);
    CHECK_OK(munlockall());
    limit.rlim_cur = 0;
    CHECK_OK(setrlimit(RLIMIT_MEMLOCK, &limit));
    CHECK_ERR(mlock(p, PAGE), EPERM);
    CHECK_ERR(mlockall(MCL_FUTURE), EPERM);
    CHECK(map_flags(PAGE, MAP_LOCKED) == MAP_FAILED && errno == EPERM);
    CHECK_OK(munlock(p, SIZE));
}

int
main(void)
{
    check_sum();
    check_errors();
    reap_ok(start_child(check_all, NULL));
    reap_ok(start_child(check_limit, NULL));
    return 0;
}
