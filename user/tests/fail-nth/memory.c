/* SPDX-License-Identifier: MIT */
/*
 * memory.c: calls about memory and processes, for fail-nth.
 */
#include <sys/swap.h>
#include <time.h>
#include "fail-nth.h"

enum { FAR = (1 << 21) + PAGE }; /* each page has a table of its own */

char *area;
char swap_device[64];

static void
no_swap(void)
{
    if (swap_device[0] != '\0')
        CHECK_OK(swapoff(swap_device));
}

static void
mapped(void)
{
    area = map_memory(SIZE);
    memset(area, 1, SIZE);
}

void
mapped_fresh(void)
{
    area = map_memory(SIZE);
}

static long
call_mmap(void)
{
    area = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                -1, 0);
    return area == MAP_FAILED ? -1 : 0;
}

static long
call_mmap_shared(void)
{
    area = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                -1, 0);
    return area == MAP_FAILED ? -1 : 0;
}

static long
call_munmap(void)
{
    return munmap(area + 4 * PAGE, PAGE);
}

static long
call_mprotect(void)
{
    return mprotect(area + 4 * PAGE, PAGE, PROT_READ);
}

static long
call_mremap(void)
{
    char *to = mremap(area, SIZE, 4 * SIZE, MREMAP_MAYMOVE);

    if (to == MAP_FAILED)
        return -1;
    area = to;
    return 0;
}

static long
call_mremap_part(void)
{
    char *to = mremap(area + 2 * PAGE, PAGE, FAR, MREMAP_MAYMOVE);

    return to == MAP_FAILED ? -1 : munmap(to, FAR);
}

static long
call_mlock(void)
{
    return mlock(area + PAGE, 2 * PAGE);
}

static long
call_mlockall(void)
{
    long result = mlockall(MCL_CURRENT | MCL_FUTURE);

    if (result == 0)
        result = munlockall();
    return result;
}

static long
call_populate(void)
{
    return madvise(area, SIZE, 23 /* MADV_POPULATE_WRITE */);
}

static long
call_madvise(void)
{
    return madvise(area + PAGE, PAGE, MADV_DONTFORK);
}

static long
call_brk(void)
{
    return sbrk(SIZE) == (void *)-1 ? -1 : sbrk(-SIZE) == (void *)-1 ? -1 : 0;
}

static long
call_sleep(void)
{
    struct timespec t = {0, 1000};

    return nanosleep(&t, NULL);
}

static long
call_swapon(void)
{
    return swap_device[0] != '\0' ? swapon(swap_device, 0) : 0;
}

static long
call_swapoff(void)
{
    return swap_device[0] != '\0' ? swapoff(swap_device) : 0;
}

/* What is written after a fork needs memory, too. */
static long
call_fork(void)
{
    pid_t pid = fork();

    if (pid == 0)
        _exit(0);
    if (pid > 0)
        reap_ok(pid);
    return pid;
}

/* Pages that are far apart: tables, too. */
static long
touch_far(int flags, int fd)
{
    volatile char *p =
        mmap(NULL, 3 * FAR, PROT_READ | PROT_WRITE, flags, fd, 0);

    if (p == MAP_FAILED)
        return -1;
    for (size_t i = 0; i < 3; i++) {
        (void)p[i * FAR];
        p[i * FAR] = 1;
    }
    return 0;
}

static long
fault_private(void)
{
    return touch_far(MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

static long
fault_shared(void)
{
    return touch_far(MAP_SHARED | MAP_ANONYMOUS, -1);
}

static long
fault_cow(void)
{
    memset(area, 2, SIZE);
    return 0;
}

static long
fault_stack(void)
{
    volatile char *deep = (char *)__builtin_frame_address(0) - 64 * PAGE;

    *deep = 1;
    return 0;
}

/* The program that is run looks whether the failure still lies ahead. */
static long
call_exec(void)
{
    static char self[] = "/tests/fail-nth", look[] = "look";
    char *argv[] = {self, look, NULL};

    return execv(self, argv);
}

void
end_map(long result)
{
    if (result == 0)
        CHECK_OK(munmap(area, SIZE));
}

void
end_area(long result)
{
    (void)result;
    CHECK_OK(munmap(area, SIZE));
}

static void
end_moved(long result)
{
    CHECK_OK(munmap(area, result == 0 ? 4 * SIZE : SIZE));
}

static void
end_mlockall(long result)
{
    (void)result;
    CHECK_OK(mlockall(MCL_CURRENT));
}

static void
end_swapon(long result)
{
    if (result < 0)
        CHECK_OK(call_swapon());
}

static void
end_swapoff(long result)
{
    if (result == 0)
        CHECK_OK(call_swapon());
}

const struct call memory_calls[] = {
    {"mmap", NULL, call_mmap, end_map, 0, false},
    {"mmap shared", NULL, call_mmap_shared, end_map, 0, false},
    {"munmap", mapped, call_munmap, end_area, 0, false},
    {"mprotect", mapped, call_mprotect, end_area, 0, false},
    {"mremap", mapped, call_mremap, end_moved, 0, false},
    {"mremap part", mapped, call_mremap_part, end_area, 0, false},
    {"mlock", mapped, call_mlock, end_area, EAGAIN, false},
    {"mlockall", NULL, call_mlockall, end_mlockall, EAGAIN, false},
    {"populate", mapped_fresh, call_populate, end_area, 0, false},
    {"madvise", mapped, call_madvise, end_area, EAGAIN, false},
    {"brk", NULL, call_brk, NULL, 0, false},
    {"sleep", NULL, call_sleep, NULL, 0, false},
    {"swapon", no_swap, call_swapon, end_swapon, 0, false},
    {"swapoff", NULL, call_swapoff, end_swapoff, 0, false},
    {"fork", NULL, call_fork, NULL, EAGAIN, true},
    {"fault private", NULL, fault_private, NULL, 0, true},
    {"fault shared", NULL, fault_shared, NULL, 0, true},
    {"fault cow", mapped, fault_cow, end_area, 0, true},
    {"fault stack", NULL, fault_stack, NULL, 0, true},
    {"exec", NULL, call_exec, NULL, 0, true},
    {0},
};
