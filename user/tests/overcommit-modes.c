/* SPDX-License-Identifier: MIT */
/* test: overcommit-modes ram=16M harts=1-8 swap=0 time=60 */
/*
 * vm.overcommit_memory: 0 refuses one request larger than RAM and swap, 1
 * none, 2 what exceeds CommitLimit. Committed_AS follows mmap, brk, mprotect,
 * mremap, the stack, fork, exit, shared memory and what fails on the way, and
 * returns to what it was. Fails when a promise is forgotten or kept too long.
 */
#include <sys/resource.h>
#include "test.h"

enum { SIZE = 8 * MB, KB = 1024, RESERVE_KB = 8 * MB / KB, USER = 1000 };
enum { GUESS, ALWAYS, NEVER };

static long mode, ratio;

static long
meminfo(const char *name)
{
    return proc_number("/proc/meminfo", name);
}

/* kB that are promised more than at the last call */
static long
promised(void)
{
    static long last;
    long now = meminfo("Committed_AS:"), more = now - last;

    last = now;
    return more;
}

static void *
try_map(size_t size, int prot, int flags)
{
    return mmap(NULL, size, prot, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
}

static void
nothing(void *arg)
{
    (void)arg;
}

static void
hold(void *arg)
{
    CHECK(promised() >= *(long *)arg); /* the child has all of the parent's */
}

static void
check_sum(void)
{
    const int rw = PROT_READ | PROT_WRITE;
    char *p, *q;
    long kb;

    CHECK_OK(set_tunable("overcommit_memory", ALWAYS));
    promised();
    p = try_map(SIZE, rw, 0);
    CHECK_EQ(promised(), SIZE / KB);
    CHECK(try_map(SIZE, PROT_READ, 0) != MAP_FAILED);
    q = try_map(SIZE, rw, MAP_NORESERVE);
    CHECK_EQ(promised(), 0);
    CHECK_OK(mprotect(q, SIZE, PROT_READ));
    CHECK_OK(mprotect(q, SIZE, rw));
    CHECK_OK(munmap(q, SIZE));
    CHECK_EQ(promised(), 0);
    q = try_map(SIZE, PROT_NONE, 0);
    CHECK_OK(mprotect(q, SIZE / 2, rw));
    CHECK_EQ(promised(), SIZE / 2 / KB);
    CHECK_OK(mprotect(q, SIZE, rw));
    CHECK_EQ(promised(), SIZE / 2 / KB);
    CHECK_OK(mprotect(q, SIZE, PROT_READ)); /* written pages remain */
    CHECK_EQ(promised(), 0);
    CHECK_OK(munmap(q + SIZE / 4, SIZE / 4));
    CHECK_EQ(promised(), -SIZE / 4 / KB);
    CHECK_OK(munmap(q, SIZE));
    CHECK_EQ(promised(), -SIZE / 4 * 3 / KB);
    CHECK(mmap(p + PAGE, PAGE, PROT_READ,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == p + PAGE);
    CHECK_EQ(promised(), -PAGE / KB);
    CHECK_OK(mmap(p + PAGE, PAGE, rw, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
                  -1, 0));
    CHECK_EQ(promised(), PAGE / KB);
    q = mremap(p, SIZE, 2 * SIZE, MREMAP_MAYMOVE);
    CHECK(q != MAP_FAILED);
    CHECK_EQ(promised(), SIZE / KB);
    CHECK(mremap(q, 2 * SIZE, SIZE, 0) == q);
    CHECK_EQ(promised(), -SIZE / KB);
    CHECK_OK(mmap(q + SIZE, PAGE, PROT_READ,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
    p = mremap(q, SIZE, SIZE + PAGE, MREMAP_MAYMOVE); /* now it must move */
    CHECK(p != MAP_FAILED && p != q);
    CHECK_EQ(promised(), PAGE / KB);
    kb = (SIZE + PAGE) / KB;
    reap_ok(start_child(hold, &kb));
    CHECK_EQ(promised(), 0);
    CHECK_OK(munmap(p, SIZE + PAGE));
    CHECK_EQ(promised(), -kb);
    CHECK(sbrk(SIZE) != (void *)-1);
    CHECK_EQ(promised(), SIZE / KB);
    CHECK(sbrk(-SIZE) != (void *)-1);
    CHECK_EQ(promised(), -SIZE / KB);
}

/* Shared memory is promised once, and by who makes it. */
static void
check_shared(void)
{
    const int rw = PROT_READ | PROT_WRITE, kind = MAP_SHARED | MAP_ANONYMOUS;
    static const char name[] = "/dev/shm/overcommit";
    char *p = mmap(NULL, SIZE, rw, kind, -1, 0);

    CHECK_EQ(promised(), SIZE / KB);
    CHECK(mmap(NULL, SIZE, rw, kind | MAP_NORESERVE, -1, 0) != MAP_FAILED);
    fill(p, PAGE, 1);
    reap_ok(start_child(nothing, NULL));
    CHECK_OK(munmap(p + PAGE, SIZE - PAGE)); /* some of it is still mapped */
    CHECK_EQ(promised(), 0);
    CHECK_OK(munmap(p, PAGE));
    CHECK_EQ(promised(), -SIZE / KB);
    make_file(name, MB, 1);
    CHECK_EQ(promised(), MB / KB);
    CHECK_OK(truncate(name, PAGE));
    CHECK_EQ(promised(), -(MB - PAGE) / KB);
    CHECK_OK(unlink(name));
    CHECK_EQ(promised(), -PAGE / KB);
}

static void
check_guess(void *arg)
{
    size_t all = ram_mb() * MB;

    (void)arg;
    CHECK_OK(set_tunable("overcommit_memory", GUESS));
    CHECK(try_map(all / 4 * 3, PROT_READ | PROT_WRITE, 0) != MAP_FAILED);
    CHECK(try_map(all / 4 * 3, PROT_READ | PROT_WRITE, 0) != MAP_FAILED);
    CHECK_ERR(try_map(16UL * all + 1024 * MB, PROT_READ | PROT_WRITE, 0),
              ENOMEM);
    CHECK(try_map(16UL * all, PROT_READ, 0) != MAP_FAILED);
    CHECK(try_map(16UL * all, PROT_READ | PROT_WRITE, MAP_NORESERVE) !=
          MAP_FAILED);
    CHECK_OK(set_tunable("overcommit_memory", ALWAYS));
    CHECK(try_map(16UL * all, PROT_READ | PROT_WRITE, 0) != MAP_FAILED);
}

/* Little may be promised now: see leave_room(). */
static void
check_never(void *arg)
{
    size_t room =
        (size_t)(meminfo("CommitLimit:") - meminfo("Committed_AS:")) * KB;
    char *p, *q;

    (void)arg;
    CHECK(room >= 2 * SIZE && room <= 3 * SIZE);
    CHECK_ERR(try_map(room + PAGE, PROT_READ | PROT_WRITE, 0), ENOMEM);
    CHECK_ERR(try_map(room + PAGE, PROT_READ | PROT_WRITE, MAP_NORESERVE),
              ENOMEM);
    CHECK_ERR(
        mmap(NULL, room + PAGE, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0),
        ENOMEM);
    p = try_map(SIZE, PROT_READ | PROT_WRITE, 0);
    q = try_map(room, PROT_READ, 0);
    CHECK(p != MAP_FAILED && q != MAP_FAILED);
    CHECK_ERR(mprotect(q, room, PROT_READ | PROT_WRITE), ENOMEM);
    CHECK_ERR(mremap(p, SIZE, room + PAGE, MREMAP_MAYMOVE), ENOMEM);
    fill(p, PAGE, 1);
    CHECK(sbrk((intptr_t)room) == (void *)-1 && errno == ENOMEM);
    p = mremap(p, SIZE, 2 * SIZE, MREMAP_MAYMOVE);
    CHECK(p != MAP_FAILED);
    check_fill(p, PAGE, 1);
    CHECK_ERR(fork(), ENOMEM); /* all of it once more */
    CHECK_OK(munmap(p, 2 * SIZE));
    reap_ok(start_child(nothing, NULL));
}

/* A little is left for root. */
static void
check_reserve(void *arg)
{
    size_t room =
        (size_t)(meminfo("CommitLimit:") - meminfo("Committed_AS:")) * KB;
    size_t reserve = ram_mb() * MB / 32;

    (void)arg;
    if (reserve > RESERVE_KB * KB)
        reserve = RESERVE_KB * KB;
    CHECK_OK(setuid(USER));
    CHECK_ERR(try_map(room - reserve / 2, PROT_READ | PROT_WRITE, 0), ENOMEM);
    CHECK(try_map(room - reserve - reserve / 8, PROT_READ | PROT_WRITE, 0) !=
          MAP_FAILED);
}

static void
check_settings(void)
{
    long ram = meminfo("MemTotal:"), swap = meminfo("SwapTotal:");

    CHECK_ERR(set_tunable("overcommit_memory", 3), EINVAL);
    CHECK_OK(set_tunable("overcommit_ratio", 50));
    CHECK(labs(meminfo("CommitLimit:") - swap - ram / 2) <= PAGE / KB);
    CHECK_OK(set_tunable("overcommit_kbytes", SIZE / KB));
    CHECK_EQ(meminfo("CommitLimit:") - swap, SIZE / KB);
    CHECK_EQ(get_tunable("overcommit_ratio"), 0);
    CHECK_OK(set_tunable("overcommit_ratio", 100));
    CHECK_EQ(meminfo("CommitLimit:") - swap, ram);
    CHECK_EQ(get_tunable("overcommit_kbytes"), 0);
}

/* A limit that leaves so much, whatever RAM and swap there are. */
static void
leave_room(size_t bytes)
{
    long kb = meminfo("Committed_AS:") - meminfo("SwapTotal:");

    kb += (long)(bytes / KB);
    if (kb <= 0)
        SKIP("more swap than this test can use up");
    CHECK_OK(set_tunable("overcommit_kbytes", kb));
    CHECK_OK(set_tunable("overcommit_memory", NEVER));
}

static void
run_tests(void *arg)
{
    (void)arg;
    check_settings();
    check_sum();
    check_shared();
    reap_ok(start_child(check_guess, NULL));
    leave_room(5 * SIZE / 2);
    reap_ok(start_child(check_never, NULL));
    reap_ok(start_child(check_reserve, NULL));
}

int
main(void)
{
    long before;
    int status;

    mode = get_tunable("overcommit_memory");
    ratio = get_tunable("overcommit_ratio");
    CHECK_EQ(mode, GUESS);
    before = meminfo("Committed_AS:");
    status = reap(start_child(run_tests, NULL));
    CHECK_OK(set_tunable("overcommit_ratio", ratio));
    CHECK_OK(set_tunable("overcommit_memory", mode));
    CHECK_EQ(meminfo("Committed_AS:"), before);
    if (WIFEXITED(status))
        exit(WEXITSTATUS(status));
    FAIL("died of signal %d", WTERMSIG(status));
}
