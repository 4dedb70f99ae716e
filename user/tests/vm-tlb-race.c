/* SPDX-License-Identifier: MIT */
/* test: vm-tlb-race ram=16M harts=1-8 swap=64 time=120 */
/*
 * On every hart but one a task writes to every page of one address space, by
 * stores alone, while one on the last hart unmaps, protects, moves, forks, or
 * is so short of memory that pages are swapped. Each task has a word in every
 * page and knows what it wrote there last. `vm-tlb-race N` does N rounds.
 *
 *   unmapped, protected  once the call has returned no store arrives: not in
 *                        the new pages that have got the frames, not in the
 *                        pages that may only be read; the writers die
 *   moved                nor in the pages at their new place
 *   forked               nor in the child's pages; who reads sees the stores
 *   swapped              every word is what was written last, and the pages
 *                        that have got the frames are as they were filled
 *
 * Fails when a hart keeps an old translation: on 3 harts each of the rounds
 * was seen to fail without its flush, those of zap.c, range.c, mremap.c,
 * take_old_page() (fault.c) and tlb_batch_flush() (rmap.c); without that of
 * mm_copy() (mm.c) no shell starts. On one hart a switch of tasks may hide it.
 */
#include <sched.h>
#include "test.h"

enum {
    PAGES = 64,
    SIZE = PAGES * PAGE,
    WORDS = PAGE / sizeof(long),
    MAX_WRITERS = 8,
    STACK = 2 * PAGE,
    ROUNDS = 3,
    LOOKS = 10,
    MANY_SPINS = 100000,
    LARGEST_RAM_MB = 128,
};

static volatile long *area;
static char *other; /* the pages' new place */
static volatile int stop;
static bool stay; /* each writer at a page of its own, so without faults */
static volatile long *turns; /* shared, so that fork takes no copy */
static long spins_per_call = 1;
static char stacks[MAX_WRITERS][STACK] __attribute__((aligned(16)));
static pid_t writer[MAX_WRITERS];
static int writers;
static int go[2]; /* a pipe */
static char copy[SIZE];

/* Turn n finds n - 1 in its word of every page and leaves n. */
static int
write_all(void *arg)
{
    long me = (long)arg;
    int first = stay ? (int)me : 0, end = stay ? first + 1 : PAGES;

    for (long turn = 1; !stop; turn++) {
        for (int i = first; i < end; i++) {
            volatile long *word = &area[i * (long)WORDS + me];

            if (*word != turn - 1)
                return 1;
            *word = turn;
        }
        turns[me] = turn;
    }
    return 0;
}

/* After a failure they must not go on for ever. */
static void
stop_writers(void)
{
    stop = 1;
}

static void
start_writers(void)
{
    stop = 0;
    memset((void *)area, 0, SIZE);
    for (long i = 0; i < writers; i++) {
        turns[i] = 0;
        writer[i] = (pid_t)CHECK_OK(
            clone(write_all, stacks[i] + STACK, CLONE_VM | SIGCHLD, (void *)i));
    }
}

/* Every writer has been to every page, n times from now on. */
static void
await_turns(long n)
{
    for (int i = 0; i < writers; i++) {
        long before = turns[i], spins = 0;

        while (turns[i] < before + n) {
            if (++spins % spins_per_call)
                continue;
            sched_yield();
            if (waitpid(writer[i], NULL, WNOHANG) != 0)
                FAIL("writer %d found another value than it wrote", i);
        }
    }
}

/* Nothing that a writer has written is missing in what we see. */
static void
check_seen(void)
{
    for (int w = 0; w < writers; w++) {
        long done = turns[w];

        for (int i = 0; i < PAGES; i++)
            if (area[i * (long)WORDS + w] < done)
                FAIL("page %d: expected turn %ld of writer %d, seen %ld", i,
                     done, w, area[i * (long)WORDS + w]);
    }
}

static void
reap_writers(int status)
{
    for (int i = 0; i < writers; i++)
        CHECK_EQ(reap(writer[i]), status);
}

static void
check_same(const char *what, const void *pages)
{
    memcpy(copy, pages, SIZE);
    for (int i = 0; i < LOOKS; i++) {
        if (memcmp(copy, pages, SIZE) != 0)
            FAIL("%s: expected no store, seen one", what);
        sched_yield();
    }
}

static void
unmap_round(void)
{
    char *fresh;

    await_turns(1);
    CHECK_OK(munmap((void *)area, SIZE));
    fresh = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    CHECK(fresh != MAP_FAILED);
    if (fresh == (char *)area) { /* the writers would not die there */
        CHECK(mremap(fresh, SIZE, SIZE, MREMAP_MAYMOVE | MREMAP_FIXED, other) ==
              other);
        fresh = other;
    }
    check_same("unmapped", fresh);
    reap_writers(SIGSEGV);
    CHECK_OK(munmap(fresh, SIZE));
    CHECK(mmap((void *)area, SIZE, PROT_READ | PROT_WRITE,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == area);
}

static void
protect_round(void)
{
    await_turns(1);
    CHECK_OK(mprotect((void *)area, SIZE, PROT_READ));
    check_same("protected", (void *)area);
    reap_writers(SIGSEGV);
    CHECK_OK(mprotect((void *)area, SIZE, PROT_READ | PROT_WRITE));
}

static void
move(void *from, void *to)
{
    CHECK(mremap(from, SIZE, SIZE, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to);
}

static void
move_round(void)
{
    await_turns(1);
    move((void *)area, other);
    check_same("moved", other);
    reap_writers(SIGSEGV);
    move(other, (void *)area);
}

static void
look(void *arg)
{
    char c;

    close(go[1]);
    CHECK_EQ(read(go[0], &c, 1), 0); /* till the parent closes its end */
    check_same("forked", (void *)area);
    (void)arg;
}

/*
 * The writers go on meanwhile, and get pages of their own; we, who only read,
 * must not stay with the child's.
 */
static void
fork_round(void)
{
    pid_t child;

    await_turns(1);
    CHECK_OK(pipe(go));
    child = start_child(look, NULL);
    close(go[0]);
    check_seen(); /* and so have read every page before it is copied */
    spins_per_call = MANY_SPINS; /* in a call translations may get lost */
    await_turns(2);
    spins_per_call = 1;
    check_seen();
    close(go[1]);
    reap_ok(child);
    stop = 1;
    reap_writers(0);
}

/* Fill more than there is, twice, so that all goes out and comes back. */
static void
press(void *arg)
{
    size_t size = (size_t)arg;
    char *p = map_memory(size);

    for (size_t i = 0; i < size; i += PAGE)
        fill(p + i, MAX_WRITERS * sizeof(long), i + 1);
    for (size_t i = 0; i < size; i += PAGE)
        check_fill(p + i, MAX_WRITERS * sizeof(long), i + 1);
}

static void
swap_round(void)
{
    size_t more = (size_t)proc_number("/proc/meminfo", "SwapFree:") / 1024 / 4;
    pid_t child = start_child(press, (void *)((free_mb() + more) * MB));

    await_turns(2);
    reap_ok(child);
    await_turns(2);
    stop = 1;
    reap_writers(0);
}

static void
run(void (*round)(void), int rounds)
{
    while (rounds-- > 0) {
        start_writers();
        round();
    }
}

int
main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : ROUNDS;
    cpu_set_t set;

    CHECK_OK(sched_getaffinity(0, sizeof(set), &set));
    writers = CPU_COUNT(&set) - 1; /* one hart is ours */
    writers += writers == 0;
    CHECK(writers <= MAX_WRITERS);
    other = map_memory(2 * SIZE);
    turns = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                 -1, 0);
    CHECK(turns != MAP_FAILED);
    area = (volatile long *)map_memory(SIZE);
    CHECK_OK(munmap(other, 2 * SIZE));
    atexit(stop_writers);
    run(unmap_round, rounds);
    run(protect_round, rounds);
    run(move_round, rounds);
    run(fork_round, rounds);
    if (ram_mb() <= LARGEST_RAM_MB &&
        proc_number("/proc/meminfo", "SwapFree:") > 0) {
        run(swap_round, (rounds + 2) / 3);
        stay = true;
        run(swap_round, (rounds + 2) / 3);
    }
    return 0;
}
