/* SPDX-License-Identifier: MIT */
/*
 * stdlib.c - what is left of stdlib.h: absolute values, pseudo-random numbers,
 * temporary files, real paths.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEMPORARY_CHARS = 6, TEMPORARY_TRIES = 100 };

static unsigned int rand_state = 1;

int
abs(int n)
{
    return n < 0 ? -n : n;
}

long
labs(long n)
{
    return n < 0 ? -n : n;
}

long long
llabs(long long n)
{
    return n < 0 ? -n : n;
}

/* One step of Marsaglia's xorshift; its state must never be 0. */
int
rand_r(unsigned int *seed)
{
    uint32_t x = *seed != 0 ? *seed : 0x9e3779b9;

    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    *seed = x;
    return (int)(x & RAND_MAX);
}

int
rand(void)
{
    return rand_r(&rand_state);
}

void
srand(unsigned int seed)
{
    rand_state = seed;
}

long
random(void)
{
    return rand();
}

void
srandom(unsigned int seed)
{
    srand(seed);
}

/* Put random characters in place of the six X at the end. */
static void
fill_pattern(char *pattern)
{
    static const char set[] = "abcdefghijklmnopqrstuvwxyz012345";
    char *x = pattern + strlen(pattern) - TEMPORARY_CHARS;
    uint8_t bytes[TEMPORARY_CHARS];

    getrandom(bytes, sizeof(bytes), 0);
    for (int i = 0; i < TEMPORARY_CHARS; i++)
        x[i] = set[bytes[i] % (sizeof(set) - 1)];
}

/* => false (EINVAL) if the pattern does not end in XXXXXX */
static bool
pattern_ok(const char *pattern)
{
    size_t len = strlen(pattern);

    if (len >= TEMPORARY_CHARS &&
        strcmp(pattern + len - TEMPORARY_CHARS, "XXXXXX") == 0)
        return true;
    errno = EINVAL;
    return false;
}

int
mkstemp(char *pattern)
{
    int fd = -1;

    if (!pattern_ok(pattern))
        return -1;
    for (int i = 0; i < TEMPORARY_TRIES && fd < 0; i++) {
        fill_pattern(pattern);
        fd = open(pattern, O_RDWR | O_CREAT | O_EXCL, 0600);
        if (fd < 0 && errno != EEXIST)
            break;
    }
    return fd;
}

char *
mkdtemp(char *pattern)
{
    if (!pattern_ok(pattern))
        return NULL;
    for (int i = 0; i < TEMPORARY_TRIES; i++) {
        fill_pattern(pattern);
        if (mkdir(pattern, 0700) == 0)
            return pattern;
        if (errno != EEXIST)
            break;
    }
    return NULL;
}

/*
 * The path without symbolic links, "." and "..": open it and ask /proc where
 * the descriptor leads.
 */
char *
realpath(const char *restrict path, char *restrict resolved)
{
    char link[32], result[PATH_MAX];
    int fd = open(path, O_PATH | O_CLOEXEC);
    ssize_t len;

    if (fd < 0)
        return NULL;
    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    len = readlink(link, result, sizeof(result) - 1);
    close(fd);
    if (len < 0)
        return NULL;
    result[len] = '\0';
    return resolved != NULL ? strcpy(resolved, result) : strdup(result);
}

char *
basename(char *path)
{
    size_t len = path != NULL ? strlen(path) : 0;
    char *slash;

    if (len == 0)
        return (char *)".";
    while (len > 1 && path[len - 1] == '/')
        path[--len] = '\0';
    slash = strrchr(path, '/');
    return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

char *
dirname(char *path)
{
    size_t len = path != NULL ? strlen(path) : 0;

    while (len > 1 && path[len - 1] == '/')
        len--;
    while (len > 0 && path[len - 1] != '/')
        len--;
    while (len > 1 && path[len - 1] == '/')
        len--;
    if (len == 0)
        return (char *)".";
    path[len] = '\0';
    return path;
}

void
assert_failed(const char *expr, const char *file, int line, const char *func)
{
    fflush(stdout);
    dprintf(STDERR_FILENO, "%s:%d: %s: assertion failed: %s\n", file, line,
            func, expr);
    abort();
}
