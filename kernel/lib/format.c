/* SPDX-License-Identifier: MIT */
/*
 * format.c - the printf family's engine.
 *
 * What it knows
 *     %[flags][width][.precision][length]conversion
 *     flags        - 0 + space #         width, precision   digits or *
 *     length       hh h l ll z t         conversion         d i u x X o p c s %
 *   all with C's meaning; a NULL for %s prints as "(null)", and %p prints 0x
 *   and 16 digits.  An unknown conversion is copied as it stands.
 *
 * How
 *   Output goes through put(), which counts every character and stores those
 *   that fit.  A conversion yields a prefix (sign or 0x), a number of zeros
 *   and some text; put_field() pads them to the width.
 *
 * Not done: floating point, %n, wide characters, positional arguments.
 */
#include "lib/format.h"

#include <stdbool.h>
#include <stdint.h>

#include "lib/string.h"

struct out {
    char *buf;
    size_t size; /* of buf, with the final 0 */
    size_t len;  /* of the result, whether it fits or not */
};

static const char flag_chars[] = "-0+ #"; /* in the order of the bits below */
enum { LEFT = 1, ZERO = 2, PLUS = 4, SPACE = 8, ALT = 16 };

struct spec {
    unsigned flags;
    int width;
    int precision;   /* -1: not given */
    unsigned length; /* size of the argument in bytes */
    char conv;
};

enum { MAX_DIGITS = 22 }; /* of 2^64 - 1 in base 8 */

static void
put(struct out *out, char c)
{
    if (out->len + 1 < out->size)
        out->buf[out->len] = c;
    out->len++;
}

static void
put_field(struct out *out, const struct spec *spec, const char *prefix,
          int zeros, const char *text, int n)
{
    int pad = spec->width - (int)strlen(prefix) - zeros - n;

    for (; pad > 0 && !(spec->flags & LEFT); pad--)
        put(out, ' ');
    while (*prefix)
        put(out, *prefix++);
    while (zeros-- > 0)
        put(out, '0');
    while (n-- > 0)
        put(out, *text++);
    while (pad-- > 0)
        put(out, ' ');
}

/* Put v in the base that the conversion says. */
static void
put_number(struct out *out, const struct spec *spec, const char *prefix,
           uint64_t v)
{
    bool hex = spec->conv == 'x' || spec->conv == 'X';
    unsigned base = hex ? 16 : spec->conv == 'o' ? 8 : 10;
    char alpha = spec->conv == 'X' ? 'A' - 10 : 'a' - 10;
    char digits[MAX_DIGITS], *p = digits + MAX_DIGITS;
    int n, least = spec->precision;

    for (; v; v /= base)
        *--p = (char)(v % base + (v % base < 10 ? '0' : alpha));
    n = (int)(digits + MAX_DIGITS - p);
    if (least < 0 && (spec->flags & ZERO) && !(spec->flags & LEFT))
        least = spec->width - (int)strlen(prefix);
    if (least < 1 && spec->precision < 0)
        least = 1;
    if (spec->conv == 'o' && (spec->flags & ALT) && least <= n)
        least = n + 1;
    put_field(out, spec, prefix, least > n ? least - n : 0, p, n);
}

/* v is an argument of spec->length bytes, in the lower part. */
static void
put_integer(struct out *out, const struct spec *spec, uint64_t v)
{
    unsigned unused = 64 - 8 * spec->length;
    const char *prefix = "";
    int64_t value = (int64_t)(v << unused) >> unused;

    v = v << unused >> unused;
    switch (spec->conv) {
    case 'd':
    case 'i':
        prefix = value < 0             ? "-"
                 : spec->flags & PLUS  ? "+"
                 : spec->flags & SPACE ? " "
                                       : "";
        v = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
        break;
    case 'x':
    case 'X':
        if (v && (spec->flags & ALT))
            prefix = spec->conv == 'x' ? "0x" : "0X";
    }
    put_number(out, spec, prefix, v);
}

static void
put_string(struct out *out, const struct spec *spec, const char *s)
{
    size_t max = spec->precision < 0 ? SIZE_MAX : (size_t)spec->precision;

    if (!s)
        s = "(null)";
    put_field(out, spec, "", 0, s, (int)strnlen(s, max));
}

/* Convert the next argument; false if the conversion is unknown. */
static bool
convert(struct out *out, struct spec *spec, va_list *args)
{
    char c;

    switch (spec->conv) {
    case 'd':
    case 'i':
    case 'u':
    case 'x':
    case 'X':
    case 'o':
        put_integer(out, spec,
                    spec->length == sizeof(long) ? va_arg(*args, unsigned long)
                                                 : va_arg(*args, unsigned));
        return true;
    case 'p':
        spec->conv = 'x';
        spec->precision = 2 * sizeof(void *);
        put_number(out, spec, "0x", (uintptr_t)va_arg(*args, void *));
        return true;
    case 's':
        put_string(out, spec, va_arg(*args, const char *));
        return true;
    case 'c':
        c = (char)va_arg(*args, int);
        put_field(out, spec, "", 0, &c, 1);
        return true;
    case '%':
        put(out, '%');
        return true;
    default:
        return false;
    }
}

/* A width or precision: digits (none: 0), or * and the next argument. */
static int
parse_int(const char **fmt, va_list *args)
{
    int value = 0;

    if (**fmt == '*') {
        (*fmt)++;
        return va_arg(*args, int);
    }
    for (; **fmt >= '0' && **fmt <= '9'; (*fmt)++)
        value = value * 10 + (**fmt - '0');
    return value;
}

/* Read what follows a %; returns where the conversion's letter is. */
static const char *
parse_spec(const char *fmt, struct spec *spec, va_list *args)
{
    const char *flag;

    *spec = (struct spec){.precision = -1, .length = sizeof(int)};
    for (; *fmt && (flag = strchr(flag_chars, *fmt)); fmt++)
        spec->flags |= 1U << (flag - flag_chars);
    spec->width = parse_int(&fmt, args);
    if (spec->width < 0) {
        spec->flags |= LEFT;
        spec->width = -spec->width;
    }
    if (*fmt == '.') {
        fmt++;
        spec->precision = parse_int(&fmt, args);
    }
    for (; *fmt && strchr("hlzt", *fmt); fmt++)
        spec->length = *fmt == 'h' ? spec->length / 2 : sizeof(long);
    spec->conv = *fmt;
    return fmt;
}

int
vsnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
    struct out out = {buf, size, 0};
    va_list rest; /* a copy: where va_list is an array, &args is no va_list * */

    va_copy(rest, args);
    for (; *fmt; fmt++) {
        const char *start = fmt;
        struct spec spec;

        if (*fmt != '%') {
            put(&out, *fmt);
            continue;
        }
        fmt = parse_spec(fmt + 1, &spec, &rest);
        if (!convert(&out, &spec, &rest)) {
            while (start < fmt)
                put(&out, *start++);
            fmt--; /* the letter itself is ordinary text */
        }
    }
    va_end(rest);
    if (size)
        buf[out.len < size ? out.len : size - 1] = '\0';
    return (int)out.len;
}

int
snprintf(char *buf, size_t size, const char *fmt, ...)
{
    va_list args;
    int len;

    va_start(args, fmt);
    len = vsnprintf(buf, size, fmt, args);
    va_end(args);
    return len;
}

int
scnprintf(char *buf, size_t size, const char *fmt, ...)
{
    va_list args;
    int len;

    va_start(args, fmt);
    len = vsnprintf(buf, size, fmt, args);
    va_end(args);
    if (len < (int)size)
        return len;
    return size ? (int)size - 1 : 0;
}
