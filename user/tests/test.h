/* SPDX-License-Identifier: MIT */
/*
 * test.h: what the tests in this folder share.
 *
 * A test is a program that shows one thing. It exits with 0 when all holds,
 * with 1 after a line that says what was expected and what was seen, with 77
 * after a line that says why this machine cannot show it. Its first lines name
 * the machine it needs (tests/qemu/scenarios.py reads them), say what is shown
 * and how it would fail.
 *
 * Interface:
 *   CHECK, CHECK_EQ, CHECK_OK, CHECK_ERR, CHECK_DIES   the claims
 *   start_child, reap, reap_ok                         processes
 *   struct gate                                        who waits for whom
 *   enter_scratch                                      a folder of one's own
 *   output_of                                          a command's output
 *   fill, check_fill, next_random                      contents that repeat
 *
 * Messages are written at once, so that fork copies no half-written line.
 * Nothing here waits for time to pass: processes wait for each other by pipes.
 */
#ifndef USER_TESTS_TEST_H
#define USER_TESTS_TEST_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    TEST_SKIPPED = 77,
    PAGE = 4096,
    MB = 1 << 20,
};

/* ---- claims ------------------------------------------------------------ */

static inline void
say_line(int line, const char *verdict, const char *format, va_list ap)
{
    char text[512];

    vsnprintf(text, sizeof(text), format, ap);
    dprintf(STDOUT_FILENO, "%s:%d: %s%s\n", program_invocation_short_name, line,
            verdict, text);
}

static inline void __attribute__((noreturn, format(printf, 2, 3)))
test_fail(int line, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    say_line(line, "", format, ap);
    va_end(ap);
    exit(1);
}

static inline void __attribute__((noreturn, format(printf, 2, 3)))
test_skip(int line, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    say_line(line, "skipped: ", format, ap);
    va_end(ap);
    exit(TEST_SKIPPED);
}

static inline void
check_equal(int line, const char *what, long long seen, long long expected)
{
    if (seen != expected)
        test_fail(line, "%s: expected %lld, seen %lld", what, expected, seen);
}

static inline long
check_success(int line, const char *what, long result)
{
    if (result == -1)
        test_fail(line, "%s: expected success, seen \"%s\"", what,
                  strerror(errno));
    return result;
}

static inline void
check_error(int line, const char *what, long result, int error)
{
    if (result != -1)
        test_fail(line, "%s: expected \"%s\", seen success (%ld)", what,
                  strerror(error), result);
    if (errno != error)
        test_fail(line, "%s: expected \"%s\", seen \"%s\"", what,
                  strerror(error), strerror(errno));
}

#define FAIL(...) test_fail(__LINE__, __VA_ARGS__)
#define SKIP(...) test_skip(__LINE__, __VA_ARGS__)

/* The condition holds. */
#define CHECK(condition)                                                       \
    do {                                                                       \
        if (!(condition))                                                      \
            FAIL("expected %s: no", #condition);                               \
    } while (0)

/* The integers are equal. */
#define CHECK_EQ(seen, expected)                                               \
    check_equal(__LINE__, #seen, (long long)(seen), (long long)(expected))

/* The call does not give -1. => what it gives */
#define CHECK_OK(call) check_success(__LINE__, #call, (long)(call))

/* The call gives -1 and errno is this. */
#define CHECK_ERR(call, error)                                                 \
    check_error(__LINE__, #call, (long)(call), (error))

/* A child that calls function(arg) ends by this signal. */
#define CHECK_DIES(function, arg, sig)                                         \
    check_equal(__LINE__, #function "(" #arg ") dies by signal",               \
                death_signal((function), (void *)(arg)), (sig))

/* ---- processes --------------------------------------------------------- */

/* Start a child that calls function(arg) and then exits with 0. */
static inline pid_t
start_child(void (*function)(void *), void *arg)
{
    pid_t pid = fork();

    if (pid < 0)
        FAIL("fork: %s", strerror(errno));
    if (pid == 0) {
        function(arg);
        _exit(0);
    }
    return pid;
}

/* Wait for this child's end. => its status word */
static inline int
reap(pid_t pid)
{
    int status = -1;
    pid_t got = waitpid(pid, &status, 0);

    if (got != pid)
        FAIL("waitpid(%d): expected %d, seen %d (%s)", pid, pid, got,
             got < 0 ? strerror(errno) : "");
    return status;
}

/* Wait for a child that must exit with 0. */
static inline void
reap_ok(pid_t pid)
{
    int status = reap(pid);

    if (WIFSIGNALED(status))
        FAIL("child %d: expected exit 0, seen signal %d", pid,
             WTERMSIG(status));
    if (WEXITSTATUS(status) != 0)
        FAIL("child %d: expected exit 0, seen exit %d", pid,
             WEXITSTATUS(status));
}

/* => the signal that a child dies by when it calls function(arg), or 0 */
static inline int
death_signal(void (*function)(void *), void *arg)
{
    int status = reap(start_child(function, arg));

    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/*
 * A gate: children stop at gate_pass until the parent opens it. It is a pipe
 * that nobody writes to: its end comes when the last writer has closed it.
 */
struct gate {
    int fd[2];
};

static inline void
gate_make(struct gate *gate)
{
    CHECK_OK(pipe(gate->fd));
}

static inline void
gate_pass(struct gate *gate)
{
    char c;

    close(gate->fd[1]);
    CHECK_EQ(read(gate->fd[0], &c, 1), 0);
    close(gate->fd[0]);
}

static inline void
gate_open(struct gate *gate)
{
    close(gate->fd[0]);
    close(gate->fd[1]);
}

static inline void
put_byte(int fd, int value)
{
    char c = (char)value;

    CHECK_EQ(write(fd, &c, 1), 1);
}

static inline int
get_byte(int fd)
{
    unsigned char c;

    CHECK_EQ(read(fd, &c, 1), 1);
    return c;
}

/* ---- memory ------------------------------------------------------------ */

static inline size_t
ram_mb(void)
{
    struct sysinfo info;

    CHECK_OK(sysinfo(&info));
    return info.totalram * info.mem_unit / MB;
}

static inline size_t
free_mb(void)
{
    struct sysinfo info;

    CHECK_OK(sysinfo(&info));
    return info.freeram * info.mem_unit / MB;
}

/* The number behind a name in a file such as /proc/meminfo: in kB, mostly. */
static inline long
proc_number(const char *path, const char *name)
{
    FILE *f = fopen(path, "r");
    char line[256];
    long value = -1;

    if (f == NULL)
        FAIL("%s: %s", path, strerror(errno));
    while (value < 0 && fgets(line, sizeof(line), f) != NULL)
        if (strncmp(line, name, strlen(name)) == 0)
            value = strtol(line + strlen(name), NULL, 10);
    fclose(f);
    if (value < 0)
        FAIL("%s: no %s", path, name);
    return value;
}

/* /proc/sys/vm/NAME, and setting it. => 0, or -1 with errno */
static inline long
get_tunable(const char *name)
{
    char path[64];

    snprintf(path, sizeof(path), "/proc/sys/vm/%s", name);
    return proc_number(path, "");
}

static inline int
set_tunable(const char *name, long value)
{
    char text[64];
    int fd, n, err;

    snprintf(text, sizeof(text), "/proc/sys/vm/%s", name);
    fd = (int)CHECK_OK(open(text, O_WRONLY));
    n = snprintf(text, sizeof(text), "%ld\n", value);
    n = write(fd, text, (size_t)n) == n ? 0 : -1;
    err = errno;
    close(fd);
    errno = err;
    return n;
}

/* Has the kernel's log a line that says this of "process PID"? */
static inline bool
log_says(const char *what, pid_t pid)
{
    static char log[256 * 1024];
    long n = CHECK_OK(klogctl(SYSLOG_ACTION_READ_ALL, log, sizeof(log) - 1));
    char name[32];

    log[n] = '\0';
    snprintf(name, sizeof(name), "process %d ", (int)pid);
    for (char *line = strtok(log, "\n"); line; line = strtok(NULL, "\n"))
        if (strstr(line, what) != NULL && strstr(line, name) != NULL)
            return true;
    return false;
}

/* For CHECK_DIES: a write, a read. */
static inline void __attribute__((unused)) touch_byte(void *address)
{
    *(volatile char *)address = 1;
}

static inline void __attribute__((unused)) look_at_byte(void *address)
{
    (void)*(volatile char *)address;
}

/* How many pages of a range are in memory. */
static inline int
pages_resident(void *address, int pages)
{
    unsigned char vec[1024];
    int count = 0;

    CHECK(pages <= (int)sizeof(vec));
    CHECK_OK(mincore(address, (size_t)pages * PAGE, vec));
    for (int i = 0; i < pages; i++)
        count += vec[i] & 1;
    return count;
}

/* => kB of a line of /proc/meminfo */
static inline long
meminfo_kb(const char *name)
{
    char line[128];
    long kb = -1;
    FILE *f = fopen("/proc/meminfo", "r");

    CHECK(f != NULL);
    while (fgets(line, sizeof(line), f) != NULL)
        if (strncmp(line, name, strlen(name)) == 0)
            kb = atol(line + strlen(name));
    fclose(f);
    return kb;
}

/* An address that the compiler knows nothing of. */
static inline void *
wild(uintptr_t address)
{
    __asm__("" : "+r"(address));
    return (void *)address;
}

/* Fresh private memory, readable and writable. */
static inline char *
map_memory(size_t size)
{
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (p == MAP_FAILED)
        FAIL("mmap of %zu bytes: %s", size, strerror(errno));
    return p;
}

/* ---- contents ---------------------------------------------------------- */

/* xorshift64*: the same numbers from the same state, which is not 0. */
static inline uint64_t
next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545f4914f6cdd1dUL;
}

/* Fill memory with what the seed gives. */
static inline void
fill(void *buf, size_t size, uint64_t seed)
{
    uint64_t state = seed * 2 + 1;
    unsigned char *p = buf;

    for (size_t i = 0; i < size; i++) {
        if (i % sizeof(state) == 0)
            next_random(&state);
        p[i] = (unsigned char)(state >> i % sizeof(state) * 8);
    }
}

/* Memory must hold what fill() put there. */
static inline void
check_fill(const void *buf, size_t size, uint64_t seed)
{
    uint64_t state = seed * 2 + 1;
    const unsigned char *p = buf;

    for (size_t i = 0; i < size; i++) {
        unsigned char want;

        if (i % sizeof(state) == 0)
            next_random(&state);
        want = (unsigned char)(state >> i % sizeof(state) * 8);
        if (p[i] != want)
            FAIL("contents of seed %llu at %zu: expected %#x, seen %#x",
                 (unsigned long long)seed, i, want, p[i]);
    }
}

/* Memory must be zero. */
static inline void
check_zero(const void *buf, size_t size)
{
    const unsigned char *p = buf;

    for (size_t i = 0; i < size; i++)
        if (p[i] != 0)
            FAIL("byte %zu of %zu: expected 0, seen %#x", i, size, p[i]);
}

/* ---- files ------------------------------------------------------------- */

/* Remove a tree, as far as it goes. */
static inline void
remove_tree(const char *path)
{
    struct dirent *entry;
    DIR *dir;

    if (unlink(path) == 0 || (dir = opendir(path)) == NULL)
        return;
    while ((entry = readdir(dir)) != NULL) {
        char *inner;

        if (strcmp(entry->d_name, ".") == 0 ||
            strcmp(entry->d_name, "..") == 0 ||
            asprintf(&inner, "%s/%s", path, entry->d_name) < 0)
            continue;
        remove_tree(inner);
        free(inner);
    }
    closedir(dir);
    rmdir(path);
}

static char scratch_path[64];
static pid_t scratch_owner;

static inline void
leave_scratch(void)
{
    if (getpid() != scratch_owner)
        return;
    if (chdir("/") == 0)
        remove_tree(scratch_path);
}

/* Go to an empty folder on the disk; it vanishes when this process exits. */
static inline void
enter_scratch(void)
{
    strcpy(scratch_path, "/var/tmp/test-XXXXXX");
    if (mkdtemp(scratch_path) == NULL || chdir(scratch_path) < 0)
        FAIL("%s: %s", scratch_path, strerror(errno));
    scratch_owner = getpid();
    atexit(leave_scratch);
}

/* Write a new file of what fill() gives for the seed. */
static inline void
make_file(const char *name, size_t size, uint64_t seed)
{
    char *buf = malloc(size + 1);
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

    CHECK(buf != NULL);
    CHECK_OK(fd);
    fill(buf, size, seed);
    for (size_t done = 0; done < size;)
        done += (size_t)CHECK_OK(write(fd, buf + done, size - done));
    CHECK_OK(close(fd));
    free(buf);
}

/* The file has this size and was made by make_file() with this seed. */
static inline void
check_file(const char *name, size_t size, uint64_t seed)
{
    char *buf = malloc(size + 1);
    int fd = open(name, O_RDONLY);
    size_t done = 0;
    long n;

    CHECK(buf != NULL);
    if (fd < 0)
        FAIL("%.60s: %s", name, strerror(errno));
    while ((n = CHECK_OK(read(fd, buf + done, size + 1 - done))) > 0)
        done += (size_t)n;
    CHECK_OK(close(fd));
    CHECK_EQ(done, size);
    check_fill(buf, size, seed);
    free(buf);
}

/* Run a command of the shell, in a scratch folder. => what it printed */
static inline const char *
output_of(const char *command)
{
    static char text[8192];
    FILE *f;

    snprintf(text, sizeof(text), "%s >output", command);
    CHECK_EQ(system(text), 0);
    f = fopen("output", "r");
    CHECK(f != NULL);
    text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
    fclose(f);
    return text;
}

#endif
