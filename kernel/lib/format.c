/* SPDX-License-Identifier: MIT */
/*
 * format.c - the printf family's engine.
 *
 * What it knows
 *     %[flags][width][.*][length]conversion
 *     flags        - 0            width        digits or *     .*  for %s only
 *     length       l ll z         conversion   d u x o p c s %
 *   all with C's meaning; a NULL for %s prints as "(null)", and %p prints 0x
 *   and 16 digits.  Any other conversion is copied as it stands.
 *
 * How
 *   Output goes through put(), which counts every character and stores those
 *   that fit.  A conversion yields a prefix (a sign, or 0x) and some text;
 *   put_field() pads them to the width.
 *
 * Not done: a negative width from * (it pads nothing), other precisions, the
 * flags + # and space, floating point, %n: the kernel has no use for them.
 */
#include "lib/format.h"

#include <stdbool.h>

#include "lib/string.h"

struct out {
    char *buf;
    size_t size; /* of buf, with the final 0 */
    size_t len;  /* of the result, whether it fits or not */
};

struct spec {
    bool left; /* pad on the right */
    bool zero; /* pad with zeros, behind the prefix */
    bool wide; /* the argument has 64 bits */
    int width; /* at least so many characters */
    int max;   /* at most so many of a %s, or -1 */
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
          const char *text, size_t n)
{
    int pad = spec->width - (int)(strlen(prefix) + n);

    for (; !spec->zero && !spec->left && pad > 0; pad--)
        put(out, ' ');
    while (*prefix)
        put(out, *prefix++);
    for (; !spec->left && pad > 0; pad--)
        put(out, '0');
    while (n--)
        put(out, *text++);
    while (pad-- > 0)
        put(out, ' ');
}

/* Convert the next argument; false if the conversion is unknown. */
static bool
convert(struct out *out, struct spec *spec, va_list *args)
{
    char conv = spec->conv, digits[MAX_DIGITS], *end = digits + MAX_DIGITS;
    unsigned base = conv == 'x' || conv == 'p' ? 16 : conv == 'o' ? 8 : 10;
    const char *prefix = "", *s;
    char *p = end;
    uint64_t v;

    switch (conv) {
    case 's':
        s = va_arg(*args, const char *) ?: "(null)";
        put_field(out, spec, "", s, strnlen(s, (size_t)spec->max));
        return true;
    case '%':
        *--p = '%';
        break;
    case 'c':
        *--p = (char)va_arg(*args, int);
        break;
    case 'p':
        spec->zero = spec->wide = true;
        spec->width = 2 + 2 * sizeof(void *);
        prefix = "0x";
        fallthrough;
    case 'd':
    case 'u':
    case 'x':
    case 'o':
        v = spec->wide    ? va_arg(*args, uint64_t)
            : conv == 'd' ? (uint64_t)va_arg(*args, int)
                          : va_arg(*args, unsigned);
        if (conv == 'd' && (int64_t)v < 0) {
            prefix = "-";
            v = -v;
        }
        do
            *--p = "0123456789abcdef"[v % base];
        while (v /= base);
        break;
    default:
        return false;
    }
    put_field(out, spec, prefix, p, (size_t)(end - p));
    return true;
}

/* Read what follows a %; returns where the conversion's letter is. */
static const char *
parse_spec(const char *fmt, struct spec *spec, va_list *args)
{
    *spec = (struct spec){.max = -1};
    for (; *fmt == '-' || *fmt == '0'; fmt++) {
        spec->left |= *fmt == '-';
        spec->zero |= *fmt == '0';
    }
    for (; *fmt >= '0' && *fmt <= '9'; fmt++)
        spec->width = spec->width * 10 + (*fmt - '0');
    if (*fmt == '*') {
        fmt++;
        spec->width = va_arg(*args, int);
    }
    if (fmt[0] == '.' && fmt[1] == '*') {
        fmt += 2;
        spec->max = va_arg(*args, int);
    }
    for (; *fmt == 'l' || *fmt == 'z'; fmt++)
        spec->wide = true;
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
