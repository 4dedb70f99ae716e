/* SPDX-License-Identifier: MIT */
/*
 * format.c - the engine of the printf family.
 *
 * A conversion is parsed into a struct spec; a number is written backwards into
 * a small buffer and then padded: spaces, sign or 0x, zeros, digits, spaces.
 * The text goes piece by piece to a sink, so that the same code serves strings,
 * streams and descriptors.
 *
 * Conversions: d i u o x X c s p m % with flags - + space # 0, width,
 * precision, and lengths hh h l ll z j t.
 * Not done: floating point (programs are built without it), %n, %lc, n$.
 */
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include "stdio_impl.h"

enum { NUMBER_CHARS = 24 }; /* 22 octal digits of a 64-bit number, and more */

struct spec {
    bool left;
    bool zero;
    bool alternate;
    char sign; /* what to print for "not negative": '+', ' ' or 0 */
    int width;
    int precision; /* -1: none given */
    int length;    /* in bytes, of the integer argument */
};

static void
pad(struct text_sink *sink, char c, int n)
{
    char block[16];

    memset(block, c, sizeof(block));
    for (; n > 0; n -= (int)sizeof(block))
        sink->put(sink, block,
                  n < (int)sizeof(block) ? (size_t)n : sizeof(block));
}

/* Put prefix, zeros and text, padded to the width. => the length of it all */
static size_t
put_padded(struct text_sink *sink, const struct spec *spec, const char *prefix,
           int zeros, const char *text, size_t len)
{
    int prefix_len = (int)strlen(prefix);
    int total = prefix_len + zeros + (int)len;
    int fill = spec->width > total ? spec->width - total : 0;

    if (!spec->left)
        pad(sink, ' ', fill);
    if (prefix_len > 0)
        sink->put(sink, prefix, (size_t)prefix_len);
    pad(sink, '0', zeros);
    if (len > 0)
        sink->put(sink, text, len);
    if (spec->left)
        pad(sink, ' ', fill);
    return (size_t)(total + fill);
}

static size_t
put_number(struct text_sink *sink, const struct spec *spec, uint64_t n,
           unsigned int base, bool capitals, const char *prefix)
{
    const char *digits = capitals ? "0123456789ABCDEF" : "0123456789abcdef";
    char buf[NUMBER_CHARS];
    char *p = buf + sizeof(buf);
    int len, zeros;

    if (n != 0 || spec->precision != 0)
        do {
            *--p = digits[n % base];
            n /= base;
        } while (n != 0);
    /* "%#o" starts with a zero; those of the precision count. */
    if (base == 8 && spec->alternate &&
        spec->precision <= buf + sizeof(buf) - p &&
        (p == buf + sizeof(buf) || *p != '0'))
        *--p = '0';
    len = (int)(buf + sizeof(buf) - p);
    zeros = spec->precision - len;
    if (spec->zero && !spec->left && spec->precision < 0)
        zeros = spec->width - len - (int)strlen(prefix);
    return put_padded(sink, spec, prefix, zeros > 0 ? zeros : 0, p,
                      (size_t)len);
}

static size_t
put_signed(struct text_sink *sink, const struct spec *spec, int64_t n)
{
    char prefix[2] = {n < 0 ? '-' : spec->sign, '\0'};
    uint64_t magnitude = n < 0 ? -(uint64_t)n : (uint64_t)n;

    return put_number(sink, spec, magnitude, 10, false, prefix);
}

static size_t
put_string(struct text_sink *sink, const struct spec *spec, const char *s)
{
    if (s == NULL)
        s = "(null)";
    return put_padded(sink, spec, "", 0, s,
                      spec->precision >= 0 ? strnlen(s, (size_t)spec->precision)
                                           : strlen(s));
}

static int
parse_count(const char **at, va_list *ap)
{
    int n = 0;

    if (**at == '*') {
        ++*at;
        return va_arg(*ap, int);
    }
    while (**at >= '0' && **at <= '9' && n < INT_MAX / 10 - 1)
        n = n * 10 + (*(*at)++ - '0');
    return n;
}

static void
parse_flags(struct spec *spec, const char **at)
{
    for (;; ++*at) {
        if (**at == '-')
            spec->left = true;
        else if (**at == '0')
            spec->zero = true;
        else if (**at == '#')
            spec->alternate = true;
        else if (**at == '+')
            spec->sign = '+';
        else if (**at == ' ')
            spec->sign = spec->sign != 0 ? spec->sign : ' ';
        else
            break;
    }
}

static void
parse_length(struct spec *spec, const char **at)
{
    for (spec->length = sizeof(int);; ++*at) {
        if (**at == 'h')
            spec->length /= 2;
        else if (strchr("lzjt", **at) != NULL && **at != '\0')
            spec->length = sizeof(long);
        else
            break;
    }
}

/* Parse what stands between '%' and the letter of the conversion. */
static struct spec
parse_spec(const char **at, va_list *ap)
{
    struct spec spec = {.precision = -1};

    parse_flags(&spec, at);
    spec.width = parse_count(at, ap);
    if (spec.width < 0) {
        spec.left = true;
        spec.width = -spec.width;
    }
    if (**at == '.') {
        ++*at;
        spec.precision = parse_count(at, ap);
    }
    parse_length(&spec, at);
    return spec;
}

static int64_t
signed_arg(const struct spec *spec, va_list *ap)
{
    if (spec->length == sizeof(long))
        return va_arg(*ap, long);
    if (spec->length == sizeof(short))
        return (short)va_arg(*ap, int);
    if (spec->length == sizeof(char))
        return (signed char)va_arg(*ap, int);
    return va_arg(*ap, int);
}

static uint64_t
unsigned_arg(const struct spec *spec, va_list *ap)
{
    if (spec->length == sizeof(long))
        return va_arg(*ap, unsigned long);
    if (spec->length == sizeof(short))
        return (unsigned short)va_arg(*ap, int);
    if (spec->length == sizeof(char))
        return (unsigned char)va_arg(*ap, int);
    return va_arg(*ap, unsigned int);
}

static size_t
put_unsigned(struct text_sink *sink, const struct spec *spec, char letter,
             uint64_t n)
{
    bool prefixed = spec->alternate && n != 0;

    switch (letter) {
    case 'o':
        return put_number(sink, spec, n, 8, false, "");
    case 'x':
        return put_number(sink, spec, n, 16, false, prefixed ? "0x" : "");
    case 'X':
        return put_number(sink, spec, n, 16, true, prefixed ? "0X" : "");
    default:
        return put_number(sink, spec, n, 10, false, "");
    }
}

/* Do one conversion. => the number of characters put */
static size_t
convert(struct text_sink *sink, const struct spec *spec, char letter,
        va_list *ap)
{
    char c;

    switch (letter) {
    case 'd':
    case 'i':
        return put_signed(sink, spec, signed_arg(spec, ap));
    case 'u':
    case 'o':
    case 'x':
    case 'X':
        return put_unsigned(sink, spec, letter, unsigned_arg(spec, ap));
    case 'p':
        return put_number(sink, spec, (uintptr_t)va_arg(*ap, void *), 16, false,
                          "0x");
    case 'c':
        c = (char)va_arg(*ap, int);
        return put_padded(sink, spec, "", 0, &c, 1);
    case 's':
        return put_string(sink, spec, va_arg(*ap, const char *));
    case 'm':
        return put_string(sink, spec, strerror(errno));
    default: /* '%', or a letter that we do not know */
        return put_padded(sink, spec, "", 0, &letter, 1);
    }
}

size_t
format_text(struct text_sink *sink, const char *format, va_list ap)
{
    size_t total = 0;
    va_list args;

    va_copy(args, ap); /* so that its address can be passed on */
    while (*format != '\0') {
        size_t plain = (size_t)(strchrnul(format, '%') - format);
        struct spec spec;

        if (plain > 0) {
            sink->put(sink, format, plain);
            total += plain;
            format += plain;
            continue;
        }
        format++;
        spec = parse_spec(&format, &args);
        if (*format == '\0')
            break;
        total += convert(sink, &spec, *format++, &args);
    }
    va_end(args);
    return total;
}
