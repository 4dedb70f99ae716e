/* SPDX-License-Identifier: MIT */
/*
 * string.c - strings, and numbers in strings.
 *
 * What: the part of C's string functions that the kernel uses, with C's
 * meaning, and readers of numbers for boot arguments and files of /proc.
 *
 * How: kernel strings are short, so the loops are the plain ones.  Blocks of
 * memory, which are not short, are in memops.c; the note on compiler flags
 * there holds here too.
 *
 * Interface: strlcpy instead of strcpy and strncpy: it always terminates and
 * says what it cut.  There is no strcat and no strtok: callers know lengths.
 *
 * Not done: locales; signed numbers (procfs handles the sign itself).
 */
#include "lib/string.h"

#include "include/errno.h"
#include "lib/macros.h"

size_t
strlen(const char *s)
{
    return strnlen(s, (size_t)-1);
}

size_t
strnlen(const char *s, size_t max)
{
    size_t n = 0;

    while (n < max && s[n])
        n++;
    return n;
}

int
strncmp(const char *a, const char *b, size_t n)
{
    for (; n; n--, a++, b++)
        if (*a != *b || !*a)
            return (unsigned char)*a - (unsigned char)*b;
    return 0;
}

int
strcmp(const char *a, const char *b)
{
    return strncmp(a, b, (size_t)-1);
}

char *
strchr(const char *s, int c)
{
    for (; *s != (char)c; s++)
        if (!*s)
            return NULL;
    return (char *)s;
}

char *
strrchr(const char *s, int c)
{
    const char *last = NULL;

    do {
        if (*s == (char)c)
            last = s;
    } while (*s++);
    return (char *)last;
}

size_t
strlcpy(char *dst, const char *src, size_t size)
{
    size_t len = strlen(src), n = MIN(len, size - 1);

    memcpy(dst, src, n);
    dst[n] = '\0';
    return len;
}

const char *
skip_spaces(const char *s)
{
    while (*s == ' ' || *s == '\t' || *s == '\n')
        s++;
    return s;
}

/* The value of a digit in any base; of any other character, a large one. */
static unsigned
digit_value(char c)
{
    char lower = c | ('a' ^ 'A');

    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    return lower >= 'a' && lower <= 'f' ? (unsigned)(lower - 'a' + 10) : ~0U;
}

int
parse_u64(const char *s, const char **end, unsigned base, uint64_t *value)
{
    uint64_t v = 0;

    if ((base == 0 || base == 16) && s[0] == '0' && (s[1] | 32) == 'x' &&
        digit_value(s[2]) < 16) {
        s += 2;
        base = 16;
    }
    if (base == 0)
        base = s[0] == '0' ? 8 : 10;
    if (digit_value(*s) >= base)
        return -EINVAL;
    for (; digit_value(*s) < base; s++) {
        if (__builtin_mul_overflow(v, base, &v) ||
            __builtin_add_overflow(v, digit_value(*s), &v))
            return -ERANGE;
    }
    *value = v;
    *end = s;
    return 0;
}

int
memparse(const char *s, const char **end, uint64_t *value)
{
    static const char suffixes[] = "kmgt";
    int err = parse_u64(s, end, 0, value);
    const char *suffix = err ? NULL : strchr(suffixes, **end | ('a' ^ 'A'));
    unsigned shift;

    if (!suffix)
        return err;
    shift = (unsigned)(suffix - suffixes + 1) * 10;
    if (*value << shift >> shift != *value)
        return -ERANGE;
    *value <<= shift;
    ++*end;
    return 0;
}
