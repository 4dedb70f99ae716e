/* SPDX-License-Identifier: MIT */
/*
 * strtol.c - text to integers. long and long long are both 64 bits wide, so one
 * scanner serves the whole family.
 */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

struct scanned {
    unsigned long magnitude;
    bool negative;
    bool overflow; /* the magnitude did not fit */
};

static int
digit_value(int c)
{
    if (isdigit(c))
        return c - '0';
    if (isalpha(c))
        return (c | 32) - 'a' + 10;
    return INT_MAX;
}

/* Find the base that a prefix tells, and skip the prefix. */
static int
find_base(const char **s, int base)
{
    const char *p = *s;

    if ((base == 0 || base == 16) && p[0] == '0' && (p[1] | 32) == 'x' &&
        isxdigit(p[2])) {
        *s += 2;
        return 16;
    }
    if (base == 0)
        return p[0] == '0' ? 8 : 10;
    return base;
}

/* => *end is where the number ends, or s if there is none */
static struct scanned
scan(const char *s, char **end, int base)
{
    struct scanned result = {0};
    const char *start = s;
    bool any = false;

    while (isspace(*s))
        s++;
    if (*s == '-' || *s == '+')
        result.negative = *s++ == '-';
    base = find_base(&s, base);
    for (; digit_value(*s) < base; s++, any = true) {
        unsigned long digit = (unsigned long)digit_value(*s);

        if (__builtin_mul_overflow(result.magnitude, (unsigned long)base,
                                   &result.magnitude) ||
            __builtin_add_overflow(result.magnitude, digit, &result.magnitude))
            result.overflow = true;
    }
    if (end != NULL)
        *end = (char *)(any ? s : start);
    return result;
}

long
strtol(const char *restrict s, char **restrict end, int base)
{
    struct scanned n = scan(s, end, base);
    unsigned long limit = (unsigned long)LONG_MAX + n.negative;

    if (n.overflow || n.magnitude > limit) {
        errno = ERANGE;
        return n.negative ? LONG_MIN : LONG_MAX;
    }
    return (long)(n.negative ? -n.magnitude : n.magnitude);
}

unsigned long
strtoul(const char *restrict s, char **restrict end, int base)
{
    struct scanned n = scan(s, end, base);

    if (n.overflow) {
        errno = ERANGE;
        return ULONG_MAX;
    }
    return n.negative ? -n.magnitude : n.magnitude;
}

long long
strtoll(const char *restrict s, char **restrict end, int base)
{
    return strtol(s, end, base);
}

unsigned long long
strtoull(const char *restrict s, char **restrict end, int base)
{
    return strtoul(s, end, base);
}

int
atoi(const char *s)
{
    return (int)strtol(s, NULL, 10);
}

long
atol(const char *s)
{
    return strtol(s, NULL, 10);
}

long long
atoll(const char *s)
{
    return strtol(s, NULL, 10);
}
