/* SPDX-License-Identifier: MIT */
/* test: vm-threads ram=16M harts=1-8 swap=64 time=120 */
/*
 * Tasks that share an address space do all that can be done to one stretch of
 * it at once: map, unmap, protect, move, lock, advise, fork, grow the heap,
 * map a file and cut it, let the kernel read and write there. Each also has
 * memory of its own, which must keep what it holds. In the end nothing is
 * locked, and size, heap and commit are what they were. Fails when a call goes
 * wrong because another task makes one in the middle of it.
 */
#include <sched.h>
#include "test.h"

enum { TASKS = 4, STEPS = 40, PAGES = 1200, MOST = 600, OWN = 3, ODDS = 14 };

#define BASE 0x20000000UL

static char stacks[TASKS][8 * PAGE];
static int file, zero;

static int
below(uint64_t *state, int n)
{
    return (int)(next_random(state) >> 33) % n;
}

/* In a process of its own: who forks has others beside it. */
static void
look_around(char *p, size_t size)
{
    pid_t pid = fork();

    if (pid == 0) {
        pwrite(file, p, size, 0);
        pread(zero, p, size, 0);
        _exit(0);
    }
    if (pid > 0)
        waitpid(pid, NULL, 0);
}

static void
step(uint64_t *state)
{
    static const int advice[] = {
        MADV_DONTNEED,      MADV_FREE,           MADV_WILLNEED, MADV_DONTFORK,
        MADV_POPULATE_READ, MADV_POPULATE_WRITE, MADV_DOFORK,   MADV_RANDOM};
    int first = below(state, PAGES), n = 1 + below(state, MOST);
    int prot = below(state, 4) ? PROT_READ | PROT_WRITE : below(state, 8);
    char *p = (char *)wild(BASE) + first * PAGE;
    size_t size = (size_t)n * PAGE;

    switch (below(state, ODDS)) {
    case 0:
        mmap(p, size, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        break;
    case 1:
        mmap(p, size, PROT_READ, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        break;
    case 2:
        mmap(p, size, PROT_READ | PROT_WRITE,
             MAP_FIXED | (below(state, 2) ? MAP_SHARED : MAP_PRIVATE), file, 0);
        break;
    case 3:
        munmap(p, size);
        break;
    case 4:
        mprotect(p, size, prot);
        break;
    case 5:
        mremap(p, size, (size_t)(1 + below(state, MOST)) * PAGE,
               MREMAP_MAYMOVE | MREMAP_FIXED,
               (char *)wild(BASE) + below(state, PAGES) * PAGE);
        break;
    case 6:
        (below(state, 2) ? mlock : munlock)(p, PAGE);
        break;
    case 7:
        madvise(p, size, advice[below(state, 8)]);
        break;
    case 8:
        pread(zero, p, size, 0);
        break;
    case 9:
        pwrite(file, p, size, below(state, 4) * PAGE);
        break;
    case 10:
        ftruncate(file, below(state, MOST) * PAGE);
        break;
    case 11:
        look_around(p, size);
        break;
    case 12:
        (void)(below(state, 2) ? mlockall(MCL_FUTURE) : munlockall());
        break;
    default:
        mmap(p, size, prot,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_GROWSDOWN, -1, 0);
    }
}

static int
work(void *arg)
{
    uint64_t state = (uint64_t)(uintptr_t)arg * 77 + 1;

    for (int i = 0; i < STEPS; i++) {
        char *own = map_memory(OWN * PAGE);

        fill(own, OWN * PAGE, (uint64_t)i);
        for (int n = 1 + below(&state, 4); n > 0; n--)
            step(&state);
        check_fill(own, OWN * PAGE, (uint64_t)i);
        CHECK_OK(munmap(own, OWN * PAGE));
    }
    _exit(0);
}

int
main(void)
{
    long committed, size;
    pid_t pid[TASKS];

    enter_scratch();
    CHECK_OK(zero = open("/dev/zero", O_RDONLY));
    CHECK_OK(file = open("f", O_RDWR | O_CREAT, 0644));
    size = proc_number("/proc/self/status", "VmSize:");
    committed = meminfo_kb("Committed_AS:");
    for (int i = 0; i < TASKS; i++) {
        pid[i] = clone(work, stacks[i] + sizeof(stacks[i]), CLONE_VM | SIGCHLD,
                       (void *)(uintptr_t)(i + 1));
        CHECK_OK(pid[i]);
    }
    for (int i = 0; i < TASKS; i++)
        reap_ok(pid[i]);
    CHECK_OK(munlockall());
    CHECK_OK(munmap(wild(BASE), (PAGES + MOST) * PAGE));
    CHECK_EQ(proc_number("/proc/self/status", "VmLck:"), 0);
    CHECK_EQ(proc_number("/proc/self/status", "VmSize:"), size);
    CHECK_EQ(meminfo_kb("Committed_AS:"), committed);
    return 0;
}
