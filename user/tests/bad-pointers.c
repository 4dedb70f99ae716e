/* SPDX-License-Identifier: MIT */
/* test: bad-pointers ram=16M harts=1-8 swap=0 time=180 */
/*
 * Every system call, with arguments that make no sense: pointers to nothing, to
 * the kernel, to the last byte of a page; descriptors of every kind and of
 * none; lengths from 0 to all. Each child makes the same call many times and
 * must come to an end, by itself or by a signal for a bad access: as an
 * ordinary user with good buffers among the bad, as root with bad ones only.
 * Fails when the kernel panics or hangs; what it leaves behind is for the
 * ledger. The random numbers are the same each time.
 *
 * Left out: calls that do their work with any arguments (exit, reboot, kill,
 * clone) or sleep for as long as they are told. Of those that may sleep only
 * the bad pointers are tried.
 */
#include <sys/resource.h>
#include <sys/syscall.h>
#include "test.h"

enum {
    NUMBERS = 464,
    CALLS = 40,
    USER = 1000,
    ARGS = 6,
    FILE_LIMIT = MB,
    SIGNAL_QUEUE = 138, /* rt_sigqueueinfo */
    SIGNAL_QUEUE_THREAD = 240,
};

static uint64_t seed;
static uint64_t good[24], bad[24];
static size_t good_count, bad_count;

static bool
left_out(int number, bool root)
{
    switch (number) {
    case SYS_exit:
    case SYS_exit_group:
    case SYS_reboot:
    case SYS_kill:
    case SYS_tgkill:
    case SIGNAL_QUEUE:
    case SIGNAL_QUEUE_THREAD:
    case SYS_clone:
        return true;
    case SYS_settimeofday: /* bad numbers that root may set */
    case SYS_clock_settime:
    case SYS_setpriority:
    case SYS_prlimit64:
    case SYS_syslog:
    case SYS_sethostname:
        return root;
    default:
        return false;
    }
}

static bool
may_sleep(int number)
{
    return number == SYS_ppoll || number == SYS_pselect6 ||
           number == SYS_nanosleep || number == SYS_clock_nanosleep ||
           number == SYS_futex || number == SYS_rt_sigtimedwait ||
           number == SYS_rt_sigsuspend || number == SYS_flock ||
           number == SYS_fcntl;
}

static void
add(uint64_t *pool, size_t *count, uint64_t value)
{
    pool[(*count)++] = value;
}

static void
make_pools(void)
{
    static const uint64_t wild_values[] = {
        1,
        0x1000,
        0xffff,
        0x3fffffefff,
        0x3ffffff000,
        0x4000000000,
        0x7fffffffffffffff,
        0x8000000000000000,
        0xffffffc000000000,
        0xffffffc000200000,
        0xfffffff000000000,
        0xfffffffffffff000,
        0xffffffffffffffff,
        0xfffffffffffffff1,
    };
    char *page = map_memory(3 * PAGE), *name = map_memory(PAGE);
    char *fixed =
        mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    CHECK(fixed != MAP_FAILED);
    CHECK_OK(munmap(page + PAGE, PAGE));
    memset(page, 0xff, PAGE);
    strcpy(name, "name");
    for (size_t i = 0; i < sizeof(wild_values) / 8; i++)
        add(bad, &bad_count, wild_values[i]);
    add(bad, &bad_count, (uint64_t)(page + PAGE - 1)); /* one good byte */
    add(bad, &bad_count, (uint64_t)(page + PAGE));
    memcpy(good, bad, sizeof(bad));
    good_count = bad_count;
    for (uint64_t i = 0; i < 5; i++) /* small numbers, descriptors */
        add(good, &good_count, i);
    add(good, &good_count, (uint64_t)page);
    add(good, &good_count, (uint64_t)name);
    add(good, &good_count, (uint64_t)fixed);
}

/* One of each kind as 0 .. 4, nothing that sleeps, and no way out of here. */
static void
make_descriptors(void)
{
    int fds[2];

    for (int fd = 0; fd < 20; fd++)
        close(fd);
    CHECK_EQ(open("file", O_RDWR | O_CREAT, 0666), 0);
    CHECK_EQ(open(".", O_RDONLY), 1);
    CHECK_EQ(open("/dev/null", O_RDWR), 2);
    CHECK_OK(pipe2(fds, O_NONBLOCK));
}

static void
call_it(long number, const uint64_t *pool, size_t count)
{
    for (int i = 0; i < CALLS; i++) {
        uint64_t a[ARGS];
        long result;

        for (int k = 0; k < ARGS; k++)
            a[k] = pool[next_random(&seed) % count];
        result = syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
        if (result == -1 && errno == ENOSYS)
            _exit(0);
    }
    _exit(0);
}

static void
try_number(int number, bool root)
{
    struct rlimit limit = {FILE_LIMIT, FILE_LIMIT};

    setrlimit(RLIMIT_FSIZE, &limit);
    signal(SIGXFSZ, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    seed = (uint64_t)number * 2 + root + 1;
    make_descriptors();
    if (!root && setuid(USER) < 0)
        _exit(1);
    if (root || may_sleep(number))
        call_it(number, bad, bad_count);
    else
        call_it(number, good, good_count);
}

static void
check_end(int number, bool root, int status)
{
    switch (WIFSIGNALED(status) ? WTERMSIG(status) : 0) {
    case 0:
        if (WEXITSTATUS(status) == 0)
            return;
        break;
    case SIGSEGV:
    case SIGBUS:
    case SIGILL:
    case SIGXFSZ:
    case SIGPIPE:
    case SIGALRM:
    case SIGVTALRM:
    case SIGPROF:
        return;
    default:
        break;
    }
    FAIL("call %d%s: seen status %#x", number, root ? " as root" : "",
         (unsigned)status);
}

int
main(void)
{
    enter_scratch();
    CHECK_OK(mkdir("inner", 0777));
    CHECK_OK(chmod(".", 0777));
    CHECK_OK(chmod("inner", 0777));
    make_pools();
    for (int number = 0; number < NUMBERS; number++)
        for (int root = 0; root <= 1; root++) {
            pid_t pid;

            if (left_out(number, root))
                continue;
            remove_tree("inner/name"); /* no later call may meet a fifo */
            pid = fork();
            CHECK_OK(pid);
            if (pid == 0) {
                CHECK_OK(chdir("inner"));
                try_number(number, root);
            }
            check_end(number, root, reap(pid));
        }
    return 0;
}
