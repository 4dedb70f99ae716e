/* SPDX-License-Identifier: MIT */
/*
 * scanf.c - sscanf: numbers, words and characters out of a string.
 *
 * Conversions: d i u o x p s c [set] n %, with a width, "*" and the lengths
 * hh h l ll z j t.
 * Not done: floating point.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_NUMBER_CHARS = 70 }; /* 64 binary digits and a prefix */

struct scan {
    const char *start; /* of the text */
    const char *at;
    bool discard; /* "*": convert, but do not assign */
    size_t width; /* SIZE_MAX: no limit */
    int length;   /* in bytes, of the integer to assign to */
};

static void
parse_directive(struct scan *scan, const char **format)
{
    const char *p = *format;

    scan->discard = *p == '*';
    p += scan->discard;
    scan->width = SIZE_MAX;
    if (isdigit(*p))
        scan->width = strtoul(p, (char **)&p, 10);
    for (scan->length = sizeof(int);; p++) {
        if (*p == 'h')
            scan->length /= 2;
        else if (*p != '\0' && strchr("lzjt", *p) != NULL)
            scan->length = sizeof(long);
        else
            break;
    }
    *format = p;
}

static void
assign(const struct scan *scan, void *target, uint64_t value)
{
    if (scan->length == sizeof(long))
        *(uint64_t *)target = value;
    else if (scan->length == sizeof(short))
        *(uint16_t *)target = (uint16_t)value;
    else if (scan->length == sizeof(char))
        *(uint8_t *)target = (uint8_t)value;
    else
        *(uint32_t *)target = (uint32_t)value;
}

static bool
scan_number(struct scan *scan, int base, bool is_signed, va_list *ap)
{
    char copy[MAX_NUMBER_CHARS];
    char *end;
    uint64_t value;
    size_t size = scan->width < sizeof(copy) ? scan->width + 1 : sizeof(copy);

    while (isspace(*scan->at))
        scan->at++;
    strlcpy(copy, scan->at, size);
    value = is_signed ? (uint64_t)strtol(copy, &end, base)
                      : strtoul(copy, &end, base);
    if (end == copy)
        return false;
    scan->at += end - copy;
    if (!scan->discard)
        assign(scan, va_arg(*ap, void *), value);
    return true;
}

/* Is c one of the characters between the brackets of a set? */
static bool
in_set(const char *set, const char *set_end, char c)
{
    bool negated = *set == '^';

    for (const char *p = set + negated; p < set_end; p++) {
        if (p + 2 < set_end && p[1] == '-') {
            if (c >= p[0] && c <= p[2])
                return !negated;
            p += 2;
        } else if (*p == c) {
            return !negated;
        }
    }
    return negated;
}

/*
 * Take characters while they belong to the set; set == NULL: while they are no
 * space.
 */
static bool
scan_text(struct scan *scan, const char *set, const char *set_end, va_list *ap)
{
    char *target = scan->discard ? NULL : va_arg(*ap, char *);
    size_t n = 0;

    for (; n < scan->width && scan->at[n] != '\0'; n++)
        if (set != NULL ? !in_set(set, set_end, scan->at[n])
                        : isspace(scan->at[n]))
            break;
    if (n == 0)
        return false;
    if (target != NULL) {
        memcpy(target, scan->at, n);
        target[n] = '\0';
    }
    scan->at += n;
    return true;
}

static bool
scan_chars(struct scan *scan, va_list *ap)
{
    size_t n = strnlen(scan->at, scan->width == SIZE_MAX ? 1 : scan->width);

    if (n == 0)
        return false;
    if (!scan->discard)
        memcpy(va_arg(*ap, char *), scan->at, n);
    scan->at += n;
    return true;
}

/* The closing bracket of a set; one that comes first is a member. */
static const char *
end_of_set(const char *set)
{
    const char *p = set + (*set == '^');

    return strchrnul(p + (*p == ']'), ']');
}

static bool
scan_one(struct scan *scan, char letter, const char **format, va_list *ap)
{
    const char *set;

    switch (letter) {
    case 'd':
        return scan_number(scan, 10, true, ap);
    case 'i':
        return scan_number(scan, 0, true, ap);
    case 'u':
        return scan_number(scan, 10, false, ap);
    case 'o':
        return scan_number(scan, 8, false, ap);
    case 'p':
        scan->length = sizeof(long);
        return scan_number(scan, 16, false, ap);
    case 'x':
    case 'X':
        return scan_number(scan, 16, false, ap);
    case 's':
        while (isspace(*scan->at))
            scan->at++;
        return scan_text(scan, NULL, NULL, ap);
    case 'c':
        return scan_chars(scan, ap);
    case '[':
        set = *format;
        *format = end_of_set(set);
        return scan_text(scan, set, (*format)++, ap);
    default:
        return false;
    }
}

/* => the number of values assigned, EOF if the text ended before the first */
static int
scan_all(struct scan *scan, const char *format, va_list *ap)
{
    int count = 0;

    while (*format != '\0') {
        char c = *format++;

        if (isspace(c)) {
            while (isspace(*scan->at))
                scan->at++;
            continue;
        }
        if (c != '%' || *format == '%') {
            if (c == '%')
                format++;
            if (*scan->at != c)
                break;
            scan->at++;
            continue;
        }
        parse_directive(scan, &format);
        c = *format++;
        if (c == 'n') {
            assign(scan, va_arg(*ap, void *),
                   (uint64_t)(scan->at - scan->start));
            continue;
        }
        if (!scan_one(scan, c, &format, ap))
            return count == 0 && *scan->at == '\0' ? EOF : count;
        count += !scan->discard;
    }
    return count;
}

int
vsscanf(const char *s, const char *format, va_list ap)
{
    struct scan scan = {.start = s, .at = s};
    va_list args;
    int count;

    va_copy(args, ap);
    count = scan_all(&scan, format, &args);
    va_end(args);
    return count;
}

int
sscanf(const char *s, const char *format, ...)
{
    va_list ap;
    int count;

    va_start(ap, format);
    count = vsscanf(s, format, ap);
    va_end(ap);
    return count;
}
