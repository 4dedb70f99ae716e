/* SPDX-License-Identifier: MIT */
/*
 * Helpers of the programs in user/bin: messages, numbers, sizes, power.
 * The helpers for files are in util_file.c, for names in util_name.c.
 *
 * Not done: numbers are decimal only; a fraction has nine digits at most.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>
#include "util.h"

enum { REBOOT_MAGIC1 = 0xfee1dead, REBOOT_MAGIC2 = 672274793 };

static const uint64_t NS_PER_SECOND = 1000000000;

const char *prog = "?";
int trouble_status = 1;

void
prog_init(char **argv)
{
    if (argv[0] != NULL)
        prog = path_tail(argv[0]);
}

int
complain(const char *what)
{
    return complain_about(what, strerror(errno));
}

int
complain_about(const char *what, const char *why)
{
    fflush(stdout);
    fprintf(stderr, "%s: %s: %s\n", prog, what, why);
    return trouble_status;
}

void
die(const char *what)
{
    exit(complain(what));
}

void
die_about(const char *what, const char *why)
{
    exit(complain_about(what, why));
}

void
usage(const char *text)
{
    fprintf(stderr, "usage: %s %s\n", prog, text);
    exit(2);
}

int
finish(int status)
{
    if (fflush(stdout) != 0 || ferror(stdout))
        return complain("write error");
    return status;
}

void *
must_malloc(size_t size)
{
    void *p = malloc(size != 0 ? size : 1);

    if (p == NULL)
        die("out of memory");
    return p;
}

void *
must_realloc(void *old, size_t size)
{
    void *p = realloc(old, size != 0 ? size : 1);

    if (p == NULL)
        die("out of memory");
    return p;
}

char *
must_strdup(const char *s)
{
    size_t size = strlen(s) + 1;

    return memcpy(must_malloc(size), s, size);
}

bool
parse_number(const char *s, long long *value)
{
    char *end;

    errno = 0;
    *value = strtoll(s, &end, 10);
    return end != s && *end == '\0' && errno == 0;
}

/* How far a size's suffix shifts it; -1 for no suffix that we know. */
static int
size_shift(const char *suffix)
{
    if (suffix[0] == '\0')
        return 0;
    if (suffix[1] != '\0' && strcmp(suffix + 1, "B") != 0 &&
        strcmp(suffix + 1, "iB") != 0)
        return -1;
    switch (suffix[0]) {
    case 'b':
        return 9;
    case 'k':
    case 'K':
        return 10;
    case 'M':
        return 20;
    case 'G':
        return 30;
    case 'T':
        return 40;
    default:
        return -1;
    }
}

bool
parse_size(const char *s, uint64_t *value)
{
    char *end;
    int shift;

    if (!isdigit((unsigned char)s[0]))
        return false;
    errno = 0;
    *value = strtoull(s, &end, 10);
    shift = size_shift(end);
    if (errno != 0 || shift < 0 || *value > (UINT64_MAX >> 1 >> shift))
        return false;
    *value <<= shift;
    return true;
}

/* The seconds that a suffix stands for; 0 for one that we do not know. */
static uint64_t
duration_unit(const char *suffix)
{
    if (suffix[0] == '\0')
        return 1;
    if (suffix[1] != '\0')
        return 0;
    switch (suffix[0]) {
    case 's':
        return 1;
    case 'm':
        return 60;
    case 'h':
        return 60 * 60;
    case 'd':
        return 24 * 60 * 60;
    default:
        return 0;
    }
}

bool
parse_duration(const char *s, uint64_t *nanoseconds)
{
    uint64_t total = 0, digit_ns = NS_PER_SECOND, unit;
    const char *start = s;

    for (; isdigit((unsigned char)*s); s++) {
        total = total * 10 + (uint64_t)(*s - '0') * NS_PER_SECOND;
        if (total > UINT64_MAX / 20) /* 29 years; ten times that fits */
            return false;
    }
    if (*s == '.') {
        for (s++; isdigit((unsigned char)*s); s++) {
            digit_ns /= 10;
            total += (uint64_t)(*s - '0') * digit_ns;
        }
    }
    unit = duration_unit(s);
    return unit != 0 && !__builtin_mul_overflow(total, unit, nanoseconds) &&
           isdigit((unsigned char)start[start[0] == '.']);
}

char *
human_size(char buf[HUMAN_CHARS], uint64_t bytes)
{
    static const char units[] = " KMGTPE";
    uint64_t tenths = bytes * 10;
    int unit = 0;

    if (bytes < 1024) {
        snprintf(buf, HUMAN_CHARS, "%u", (unsigned int)bytes);
        return buf;
    }
    if (bytes > UINT64_MAX / 10)
        tenths = UINT64_MAX;
    /* Round up, as df and ls do: a full disk is never shown as less. */
    while (tenths > 1023 * 10 && unit < 6) {
        tenths = tenths / 1024 + (tenths % 1024 != 0);
        unit++;
    }
    if (tenths < 100)
        snprintf(buf, HUMAN_CHARS, "%u.%u%c", (unsigned int)(tenths / 10),
                 (unsigned int)(tenths % 10), units[unit]);
    else
        snprintf(buf, HUMAN_CHARS, "%u%c", (unsigned int)((tenths + 9) / 10),
                 units[unit]);
    return buf;
}

uint64_t
proc_field(const char *text, const char *key)
{
    size_t length = strlen(key);

    while (text != NULL && *text != '\0') {
        char after;

        if (strncmp(text, key, length) == 0) {
            after = text[length];
            if (after == ':' || after == ' ' || after == '\t')
                return strtoull(text + length + 1, NULL, 10);
        }
        text = strchr(text, '\n');
        if (text != NULL)
            text++;
    }
    return 0;
}

int
stop_machine(unsigned int command, int arg)
{
    tcdrain(STDOUT_FILENO); /* what was printed shall be seen */
    sync();
    return (int)syscall(SYS_reboot, REBOOT_MAGIC1, REBOOT_MAGIC2, command,
                        (long)arg);
}
