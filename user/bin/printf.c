/* SPDX-License-Identifier: MIT */
/*
 * printf: print words by a format.
 *
 * Usage: printf format [word ...]
 *   %d %i %o %u %x %X %c %s with flags, width and precision; %b for a text with
 *   escapes; %%. Escapes: \n \t \r \a \b \f \v \e \\ \" \NNN \xHH, \c ends it.
 * The format is used again until no words are left. A number may be in C's
 * notation, or a quote and a character.
 *
 * Not done: floating point.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "util.h"

enum { SPEC_CHARS = 40 };

static char **words, **last;
static int status;

static const char *
next_text(void)
{
    return words < last ? *words++ : "";
}

static long long
next_number(void)
{
    const char *text = next_text();
    char *end;
    long long value;

    if (text[0] == '\'' || text[0] == '"')
        return (unsigned char)text[1];
    errno = 0;
    value = strtoll(text, &end, 0);
    if (errno == ERANGE && text[0] != '-')
        value = (long long)strtoull(text, &end, 0);
    if (*end != '\0')
        status = complain_about(text, "not a number");
    return value;
}

static int
digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 99;
}

/* Print one escape; p stands behind the backslash. => where it ends */
static const char *
print_escape(const char *p, bool zero_first)
{
    static const char from[] = "abefnrtv\\\"'",
                      to[] = "\a\b\033\f\n\r\t\v\\\"'";
    const char *found = *p != '\0' ? strchr(from, *p) : NULL;
    int value = 0, base = 8, digits = 3;

    if (*p == 'c')
        exit(finish(status));
    if (found != NULL) {
        putchar(to[found - from]);
        return p + 1;
    }
    if (*p == 'x') {
        base = 16;
        digits = 2;
        p++;
    } else if (*p == '0' && zero_first) {
        p++;
    } else if (digit_of(*p) >= 8) {
        putchar('\\');
        return p;
    }
    for (; digits > 0 && digit_of(*p) < base; digits--)
        value = value * base + digit_of(*p++);
    putchar(value & 0xff);
    return p;
}

static void
print_escaped(const char *text)
{
    while (*text != '\0') {
        if (*text == '\\')
            text = print_escape(text + 1, true);
        else
            putchar(*text++);
    }
}

/* Copy flags, width and precision to spec, words for stars. => behind them */
static const char *
copy_spec(const char *p, char spec[SPEC_CHARS])
{
    size_t used = 1;

    spec[0] = '%';
    while (*p != '\0' && strchr("-+ #0123456789.*", *p) != NULL &&
           used < SPEC_CHARS - 16) {
        if (*p == '*')
            used += (size_t)snprintf(spec + used, SPEC_CHARS - used, "%d",
                                     (int)next_number());
        else
            spec[used++] = *p;
        p++;
    }
    spec[used] = '\0';
    return p;
}

#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
/* Print one conversion; p stands behind the %. => where it ends */
static const char *
print_conversion(const char *p)
{
    char spec[SPEC_CHARS];
    char letter[2];

    if (*p == '%') {
        putchar('%');
        return p + 1;
    }
    p = copy_spec(p, spec);
    while (*p == 'l' || *p == 'h' || *p == 'j' || *p == 'z')
        p++;
    letter[0] = *p;
    letter[1] = '\0';
    if (*p == '\0' || strchr("diouxXcsb", *p) == NULL)
        die_about(spec, "unknown conversion");
    if (*p == 'b') {
        print_escaped(next_text());
    } else if (*p == 's') {
        printf(strcat(spec, "s"), next_text());
    } else if (*p == 'c') {
        letter[0] = next_text()[0];
        printf(strcat(spec, "s"), letter);
    } else {
        strcat(spec, "ll");
        printf(strcat(spec, letter), next_number());
    }
    return p + 1;
}

static void
print_format(const char *p)
{
    while (*p != '\0') {
        if (*p == '%')
            p = print_conversion(p + 1);
        else if (*p == '\\')
            p = print_escape(p + 1, false);
        else
            putchar(*p++);
    }
}

int
main(int argc, char **argv)
{
    char **before;
    int format = 1;

    prog_init(argv);
    if (argc > 1 && strcmp(argv[1], "--") == 0)
        format++;
    if (argc <= format)
        usage("format [word ...]");
    words = argv + format + 1;
    last = argv + argc;
    do {
        before = words;
        print_format(argv[format]);
    } while (words < last && words > before);
    return finish(status);
}
