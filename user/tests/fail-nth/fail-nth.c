/* SPDX-License-Identifier: MIT */
/* test: fail-nth ram=16M harts=1-8 swap=64 time=180 debug=1 */
/*
 * Allocations fail on purpose: /proc/self/fail-nth makes the N-th allocation
 * of this process fail. Each system call of a table is made with N = 1, 2, 3
 * and so on until it needs fewer than N. It must succeed, or say that there is
 * no memory; a fault may end its process by SIGBUS or SIGKILL, as may exec.
 * Fails when a call gives another error, or when it does not work any more
 * afterwards. A panic or a leak shows outside of the test: in the ledger.
 */
#include "fail-nth.h"

enum { MOST = 2000, SMALL_MB = 40, THRASHERS = 20 };
enum { EXIT_DONE, EXIT_INJECTED = 2 }; /* 1 is what FAIL gives */

static int nth_fd;

static void
set_nth(int n)
{
    char number[16];
    int len = snprintf(number, sizeof(number), "%d", n);

    if (pwrite(nth_fd, number, (size_t)len, 0) != len)
        FAIL("fail-nth: %s", strerror(errno));
}

/*
 * => how many allocations before the one that fails; 0: it has failed, if only
 * now, in this call
 */
static int
get_nth(void)
{
    char number[16] = "";
    long n = pread(nth_fd, number, sizeof(number) - 1, 0);

    if (n < 0 && errno != ENOMEM && errno != EFAULT)
        FAIL("fail-nth: %s", strerror(errno));
    return n < 0 ? 0 : atoi(number);
}

/* The first area of /proc/swaps, if there is one. */
static void
find_swap(void)
{
    char lines[512] = "";
    int fd = (int)CHECK_OK(open("/proc/swaps", O_RDONLY));

    CHECK(read(fd, lines, sizeof(lines) - 1) > 0);
    sscanf(strchr(lines, '\n'), " %63s", swap_device);
    CHECK_OK(close(fd));
}

static int
look(void)
{
    nth_fd = open("/proc/self/fail-nth", O_RDWR);
    return nth_fd >= 0 && get_nth() > 0 ? EXIT_DONE : EXIT_INJECTED;
}

static void
check_result(const struct call *c, int n, long result, int err)
{
    if (result < 0 && err != ENOMEM && (err != c->error || c->error == 0))
        FAIL("%s: allocation %d fails: expected success or ENOMEM, seen \"%s\"",
             c->name, n, strerror(err));
}

/* => has an allocation failed? */
static bool
try_call(const struct call *c, int n)
{
    long result;
    int left, err;

    if (c->begin != NULL)
        c->begin();
    set_nth(n);
    result = c->call();
    err = errno;
    left = get_nth();
    set_nth(0);
    check_result(c, n, result, err);
    if (left > 0 && result < 0)
        FAIL("%s: no allocation failed, seen \"%s\"", c->name, strerror(err));
    if (c->end != NULL)
        c->end(result);
    return left == 0;
}

static void
child_call(const struct call *c, int n)
{
    long result;
    int left;

    nth_fd = (int)CHECK_OK(open("/proc/self/fail-nth", O_RDWR));
    set_nth(n);
    result = c->call();
    check_result(c, n, result, errno);
    left = get_nth();
    if (left > 0 && result < 0)
        FAIL("%s: no allocation failed, seen an error", c->name);
    _exit(left > 0 ? EXIT_DONE : EXIT_INJECTED);
}

/* The same in a child. */
static bool
try_child(const struct call *c, int n)
{
    int status;
    pid_t pid;

    if (c->begin != NULL)
        c->begin();
    pid = (pid_t)CHECK_OK(fork());
    if (pid == 0)
        child_call(c, n);
    status = reap(pid);
    if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL &&
        WTERMSIG(status) != SIGBUS)
        FAIL("%s: allocation %d fails: killed by signal %d", c->name, n,
             WTERMSIG(status));
    if (WIFEXITED(status) && WEXITSTATUS(status) != EXIT_INJECTED)
        CHECK_EQ(WEXITSTATUS(status), EXIT_DONE);
    if (c->end != NULL)
        c->end(0);
    return WIFSIGNALED(status) || WEXITSTATUS(status) != EXIT_DONE;
}

/*
 * Reclaim and swap: use more than the memory there is while every so many
 * allocations one fails. A fault that gets no page ends the child.
 */
static void
thrash(void *arg)
{
    size_t size = ram_mb() * MB * 3 / 2;
    uint64_t state = 1 + *(int *)arg;

    area = map_memory(size);
    nth_fd = (int)CHECK_OK(open("/proc/self/fail-nth", O_RDWR));
    for (size_t i = 0; i < size; i += PAGE)
        area[i] = 1;
    for (size_t i = 0; i < size / PAGE; i++) {
        size_t page = next_random(&state) % (size / PAGE);

        set_nth(2 + (int)(next_random(&state) % 30));
        if (area[page * PAGE] != 1)
            FAIL("page %zu: lost", page);
    }
}

static void
try_thrash(void)
{
    for (int i = 0; i < THRASHERS; i++) {
        int status = reap(start_child(thrash, &i));

        if (WIFEXITED(status)
                ? WEXITSTATUS(status) != 0
                : WTERMSIG(status) != SIGBUS && WTERMSIG(status) != SIGKILL)
            FAIL("thrash: status %#x", (unsigned)status);
    }
}

static void
try_calls(const struct call *c, const char *only)
{
    for (; c->name != NULL; c++) {
        int n = 1;

        if (only != NULL && strcmp(only, c->name) != 0)
            continue;
        while (c->child ? try_child(c, n) : try_call(c, n))
            if (++n > MOST)
                FAIL("%s: allocations fail without end", c->name);
        if (only != NULL)
            printf("%s: %d allocations\n", c->name, n - 1);
    }
}

/* With an argument: only the call of that name. */
int
main(int argc, char **argv)
{
    const char *only = argc > 1 ? argv[1] : NULL;

    if (only != NULL && strcmp(only, "look") == 0)
        return look();
    nth_fd = open("/proc/self/fail-nth", O_RDWR);
    if (nth_fd < 0)
        SKIP("no /proc/self/fail-nth: not a DEBUG kernel");
    enter_scratch();
    CHECK_OK(mlockall(MCL_CURRENT)); /* no faults of our own */
    find_swap();
    try_calls(memory_calls, only);
    try_calls(file_calls, only);
    if (swap_device[0] != '\0' && ram_mb() < SMALL_MB)
        try_thrash();
    return 0;
}
