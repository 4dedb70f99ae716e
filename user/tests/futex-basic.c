/* SPDX-License-Identifier: MIT */
/* test: futex-basic ram=16M harts=1-8 swap=0 time=20 */
/*
 * futex: who waits sleeps until it is woken, as many wake as were asked for,
 * timeouts end a wait at their time and by their clock, and errors are Linux's.
 * Processes that map the same memory meet at a word of it at different
 * addresses; by a private key they do not. Fails (hangs) when a wakeup is lost,
 * when keys of private and shared memory are mixed up, or when a waiter that
 * was requeued is not found.
 */
#include <sched.h>
#include <sys/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include "test.h"

enum { WAITERS = 5, ROUNDS = 2000, TEN_MS = 10000000, ALL = INT32_MAX };

static uint32_t *word; /* in shared memory: two words, two counters */

static long
call(uint32_t *at, int op, uint32_t val, const void *four, uint32_t *five,
     uint32_t six)
{
    return syscall(SYS_futex, at, op, val, four, five, six);
}

static void
test_errors(void)
{
    const struct timespec bad = {0, 1000000000};
    uint32_t here = 7;

    CHECK_ERR(futex(&here, FUTEX_WAIT, 8, NULL), EAGAIN);
    CHECK_ERR(futex(&here, FUTEX_WAIT_BITSET, 7, NULL), EINVAL); /* no bits */
    CHECK_ERR(futex(&here, FUTEX_WAIT, 7, &bad), EINVAL);
    CHECK_ERR(futex(&here, FUTEX_WAIT, 7, wild(8)), EFAULT);
    CHECK_ERR(futex(wild((uintptr_t)&here + 1), FUTEX_WAKE, 1, NULL), EINVAL);
    CHECK_ERR(futex(wild(PAGE), FUTEX_WAIT, 0, NULL), EFAULT);
    CHECK_ERR(futex(wild(PAGE), FUTEX_WAKE, 1, NULL), EFAULT);
    CHECK_ERR(
        futex(wild(UINTPTR_MAX - 3), FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL),
        EFAULT);
    CHECK_ERR(futex(&here, FUTEX_WAIT | FUTEX_CLOCK_REALTIME, 7, NULL), ENOSYS);
    CHECK_ERR(futex(&here, 99, 0, NULL), ENOSYS);
    CHECK_ERR(call(&here, FUTEX_CMP_REQUEUE, 1, wild(1), &here, 8), EAGAIN);
    CHECK_ERR(call(&here, FUTEX_REQUEUE, 1, wild(UINT32_MAX), &here, 0),
              EINVAL);
    CHECK_EQ(futex(&here, FUTEX_WAKE, ALL, NULL), 0);
    /* A page that is not there yet is 0. */
    CHECK_ERR(futex((uint32_t *)map_memory(PAGE), FUTEX_WAIT, 1, NULL), EAGAIN);
}

static uint64_t
now(clockid_t clock)
{
    struct timespec t;

    CHECK_OK(clock_gettime(clock, &t));
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void
test_timeouts(void)
{
    static const int flags[] = {FUTEX_CLOCK_REALTIME, 0};
    const struct timespec length = {0, TEN_MS};
    uint64_t start = now(CLOCK_MONOTONIC);
    uint32_t here = 7;

    CHECK_ERR(futex(&here, FUTEX_WAIT, 7, &length), ETIMEDOUT);
    CHECK(now(CLOCK_MONOTONIC) - start >= TEN_MS);
    for (int clock = 0; clock < 2; clock++) { /* REALTIME is 0 */
        uint64_t end = now(clock) + TEN_MS;
        struct timespec at = {(time_t)(end / 1000000000),
                              (long)(end % 1000000000)};

        CHECK_ERR(
            call(&here, FUTEX_WAIT_BITSET | flags[clock], 7, &at, NULL, 1),
            ETIMEDOUT);
        CHECK(now(clock) >= end);
        CHECK_ERR(
            call(&here, FUTEX_WAIT_BITSET | flags[clock], 7, &at, NULL, 1),
            ETIMEDOUT); /* over already */
    }
}

/* Wait at word 0 with these bits. */
static void
wait_there(void *bits)
{
    long ret =
        call(word, FUTEX_WAIT_BITSET, 0, NULL, NULL, (uint32_t)(uintptr_t)bits);

    CHECK_EQ(ret, 0);
    __atomic_fetch_add(&word[2], 1, __ATOMIC_SEQ_CST);
}

/* Wake until so many were woken: who was just started may not sleep yet. */
static void
wake_exactly(uint32_t *at, int nr, uint32_t bits)
{
    while (nr > 0) {
        long woken =
            call(at, FUTEX_WAKE_BITSET, (uint32_t)nr, NULL, NULL, bits);

        CHECK(woken >= 0 && woken <= nr);
        nr -= (int)woken;
        sched_yield();
    }
}

static void
test_counts(void)
{
    pid_t child[WAITERS];
    long moved = 0;

    word[2] = 0;
    for (int i = 0; i < WAITERS; i++)
        child[i] = start_child(wait_there, (void *)(1L << i));
    wake_exactly(word, 1, 1 << 3); /* nobody else has this bit */
    reap_ok(child[3]);
    CHECK_EQ(word[2], 1);
    CHECK_EQ(futex(word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, ALL, NULL), 0);
    while (moved < 4) { /* the others: each may wait at either word now */
        moved +=
            CHECK_OK(call(word, FUTEX_CMP_REQUEUE, 0, wild(4), word + 1, 0));
        moved += CHECK_OK(futex(word + 1, FUTEX_WAKE, ALL, NULL));
        sched_yield();
    }
    CHECK_EQ(futex(word, FUTEX_WAKE, ALL, NULL), 0);
    for (int i = 0; i < WAITERS; i++)
        if (i != 3)
            reap_ok(child[i]);
    CHECK_EQ(word[2], WAITERS);
}

/* Take turns with the parent, at another address than it. */
static void
other_side(void *fd)
{
    volatile uint32_t *mine = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
                                   MAP_SHARED, (int)(intptr_t)fd, 0);

    CHECK(mine != MAP_FAILED && mine != word);
    for (uint32_t i = 0; i < ROUNDS; i++) {
        while (*mine == 2 * i)
            futex((uint32_t *)mine, FUTEX_WAIT, 2 * i, NULL);
        *mine = 2 * i + 2;
        futex((uint32_t *)mine, FUTEX_WAKE, 1, NULL);
    }
}

static void
test_between_processes(void)
{
    int fd = (int)CHECK_OK(open("/tmp/futex", O_RDWR | O_CREAT, 0600));
    volatile uint32_t *mine;
    pid_t child;

    CHECK_OK(unlink("/tmp/futex"));
    CHECK_OK(ftruncate(fd, PAGE));
    mine = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK(mine != MAP_FAILED);
    child = start_child(other_side, (void *)(intptr_t)fd);
    for (uint32_t i = 0; i < ROUNDS; i++) {
        *mine = 2 * i + 1;
        futex((uint32_t *)mine, FUTEX_WAKE, 1, NULL);
        while (*mine == 2 * i + 1)
            futex((uint32_t *)mine, FUTEX_WAIT, 2 * i + 1, NULL);
    }
    reap_ok(child);
}

/* A stop does not end a wait, SIGKILL does. */
static void
test_signals(void)
{
    pid_t child = start_child(wait_there, (void *)1);
    int status;

    CHECK_OK(kill(child, SIGSTOP));
    CHECK_EQ(waitpid(child, &status, WUNTRACED), child);
    CHECK(WIFSTOPPED(status));
    CHECK_OK(kill(child, SIGCONT));
    wake_exactly(word, 1, 1);
    reap_ok(child);
    child = start_child(wait_there, (void *)1);
    CHECK_OK(kill(child, SIGKILL));
    CHECK_EQ(reap(child), SIGKILL);
    CHECK_EQ(futex(word, FUTEX_WAKE, ALL, NULL), 0);
}

int
main(void)
{
    word = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                -1, 0);
    CHECK(word != MAP_FAILED);
    test_errors();
    test_timeouts();
    test_counts();
    test_between_processes();
    test_signals();
    return 0;
}
