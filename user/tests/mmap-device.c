/* SPDX-License-Identifier: MIT */
/* test: mmap-device ram=16M harts=1-8 swap=0 time=30 */
/*
 * The registers of the real-time clock, mapped read-only from /dev/rtcmem,
 * tell the time; the mapping goes through fork, split, mremap, mlock, mincore,
 * madvise and exit although its memory has no struct page. Writing is refused.
 * Fails when somebody looks for the struct page, or counts one.
 */
#include <time.h>
#include "test.h"

enum { NS_PER_S = 1000000000, SLACK_S = 5 };

static volatile unsigned *regs;

/* The goldfish clock: reading the low word latches the high one. */
static void
check_time(void *arg)
{
    unsigned long low = regs[0], high = regs[1];
    long seconds = (long)((high << 32 | low) / NS_PER_S);

    (void)arg;
    if (labs(seconds - (long)time(NULL)) > SLACK_S)
        FAIL("clock: expected %ld, seen %ld", (long)time(NULL), seconds);
}

static void
check_refused(int fd)
{
    CHECK_ERR(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0), EINVAL);
    CHECK_ERR(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0),
              EACCES);
    CHECK_ERR(mmap(NULL, PAGE + 1, PROT_READ, MAP_SHARED, fd, 0), EINVAL);
    CHECK_ERR(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, PAGE), EINVAL);
    CHECK_ERR(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 1L << 61), EINVAL);
}

/* What there is to ask and to say of such memory. */
static void
check_calls(void *p)
{
    int probe[2];
    char line[256];
    bool found = false;
    FILE *f;

    CHECK_EQ(pages_resident(p, 1), 1);
    CHECK_OK(mlock(p, PAGE));
    CHECK_EQ(proc_number("/proc/self/status", "VmLck:"), 0);
    CHECK_ERR(madvise(p, PAGE, MADV_DONTNEED), EINVAL);
    CHECK_ERR(madvise(p, PAGE, MADV_FREE), EINVAL);
    CHECK_ERR(madvise(p, PAGE, MADV_DOFORK), EINVAL);
    CHECK_ERR(madvise(p, PAGE, MADV_POPULATE_READ), EINVAL);
    CHECK_OK(pipe(probe)); /* the kernel reads it for us */
    CHECK_EQ(write(probe[1], p, 32), 32);
    CHECK_ERR(read(probe[0], p, 32), EFAULT);
    CHECK((f = fopen("/proc/self/maps", "r")) != NULL);
    while (fgets(line, sizeof(line), f) != NULL)
        found |= strstr(line, "r--s") && strstr(line, "/dev/rtcmem");
    fclose(f);
    CHECK(found);
}

int
main(void)
{
    long rss = proc_number("/proc/self/status", "VmRSS:");
    int fd = open("/dev/rtcmem", O_RDWR);
    void *p;

    CHECK_OK(fd);
    p = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED && errno == EINVAL)
        SKIP("this machine has no goldfish clock");
    CHECK(p != MAP_FAILED);
    check_refused(fd);
    CHECK_OK(mlockall(MCL_FUTURE));
    CHECK_OK(mmap(NULL, PAGE, PROT_READ, MAP_SHARED | MAP_LOCKED | MAP_POPULATE,
                  fd, 0));
    CHECK_EQ(proc_number("/proc/self/status", "VmLck:"), 0);
    CHECK_OK(munlockall());
    close(fd);
    regs = p;
    check_time(NULL);
    CHECK(proc_number("/proc/self/status", "VmRSS:") <= rss + 64);
    reap_ok(start_child(check_time, NULL));
    CHECK_DIES(touch_byte, p, SIGSEGV);
    CHECK_ERR(mprotect(p, PAGE, PROT_READ | PROT_WRITE), EACCES);
    CHECK_OK(mprotect(p, PAGE, PROT_NONE));
    CHECK_DIES(look_at_byte, p, SIGSEGV);
    CHECK_OK(mprotect(p, PAGE, PROT_READ));
    check_time(NULL);
    CHECK_ERR(mremap(p, PAGE, 2 * PAGE, MREMAP_MAYMOVE), EFAULT);
    p = mremap(p, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, map_memory(PAGE));
    CHECK(p != MAP_FAILED);
    CHECK_DIES(look_at_byte, (void *)regs, SIGSEGV);
    regs = p;
    check_time(NULL);
    check_calls(p);
    CHECK_DIES(look_at_byte, (char *)p + PAGE / 2, SIGSEGV); /* no register */
    CHECK_OK(munmap(p, PAGE));
    CHECK_DIES(look_at_byte, p, SIGSEGV);
    return 0;
}
