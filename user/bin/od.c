/* SPDX-License-Identifier: MIT */
/*
 * od: show bytes as numbers of a chosen kind.
 *
 * Usage: od [-bcdox] [-A d|o|x|n] [-t type] [-v] [-j skip] [-N bytes] [file]
 *   -t   x1 x2 x4 x8 hexadecimal, o1..o8 octal, u1..u8 unsigned, d1..d8 signed,
 *        c characters
 *   -b o1   -c c   -d u2   -o o2 (the default)   -x x2
 *   -A   offsets in that base, or none
 *   -v   every line; otherwise lines like the one before are one *
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "util.h"

enum { LINE_BYTES = 16 };

static char kind = 'o'; /* x o u d c */
static int unit = 2;    /* bytes of a number */
static char base = 'o'; /* of the offsets */

static void
set_type(const char *type)
{
    kind = type[0];
    unit = type[1] != '\0' ? type[1] - '0' : 4;
    if (kind == 'c')
        unit = 1;
    if (strchr("xoudc", kind) == NULL ||
        (unit != 1 && unit != 2 && unit != 4 && unit != 8))
        die_about(type, "unknown type");
}

static void
print_offset(uint64_t offset)
{
    if (base == 'o')
        printf("%07llo", (unsigned long long)offset);
    else if (base == 'd')
        printf("%07llu", (unsigned long long)offset);
    else if (base == 'x')
        printf("%06llx", (unsigned long long)offset);
}

static void
print_character(int c)
{
    static const char from[] = "\a\b\f\n\r\t\v", to[] = "abfnrtv";
    const char *found = c != '\0' ? strchr(from, c) : NULL;

    if (c == '\0')
        fputs("  \\0", stdout);
    else if (found != NULL)
        printf("  \\%c", to[found - from]);
    else if (isprint(c))
        printf("   %c", c);
    else
        printf(" %03o", (unsigned int)c);
}

/* The columns that the largest number of a kind needs, by log2 of its size. */
static int
number_width(void)
{
    static const int octal[] = {3, 6, 11, 22}, decimal[] = {3, 5, 10, 20};
    int log = unit == 8 ? 3 : unit / 2;

    if (kind == 'o')
        return octal[log];
    if (kind == 'x')
        return 2 * unit;
    return decimal[log] + (kind == 'd' && unit < 8);
}

static void
print_number(const unsigned char *bytes)
{
    unsigned long long value = 0;
    int width = number_width(), shift = 64 - 8 * unit;

    for (int i = unit - 1; i >= 0; i--)
        value = value << 8 | bytes[i];
    if (kind == 'x')
        printf(" %0*llx", width, value);
    else if (kind == 'o')
        printf(" %0*llo", width, value);
    else if (kind == 'u')
        printf(" %*llu", width, value);
    else
        printf(" %*lld", width, (long long)(value << shift) >> shift);
}

static void
print_line(const unsigned char *line, size_t n)
{
    for (size_t i = 0; i < n; i += (size_t)unit) {
        if (kind == 'c')
            print_character(line[i]);
        else
            print_number(line + i);
    }
    putchar('\n');
}

static void
dump(FILE *stream, uint64_t offset, uint64_t left, bool all)
{
    unsigned char line[LINE_BYTES] = {0}, last[LINE_BYTES] = {0};
    bool have_last = false, starred = false;
    size_t n;

    for (;; offset += n) {
        n = left < LINE_BYTES ? (size_t)left : LINE_BYTES;
        memset(line, 0, sizeof(line));
        n = fread(line, 1, n, stream);
        left -= n;
        if (n == 0)
            break;
        if (!all && have_last && n == LINE_BYTES &&
            memcmp(line, last, LINE_BYTES) == 0) {
            if (!starred)
                puts("*");
            starred = true;
            continue;
        }
        starred = false;
        print_offset(offset);
        print_line(line, n);
        memcpy(last, line, LINE_BYTES);
        have_last = true;
    }
    if (base != 'n') {
        print_offset(offset);
        putchar('\n');
    }
}

int
main(int argc, char **argv)
{
    static const char help[] =
        "[-bcdoxv] [-A base] [-t type] [-j skip] [-N bytes] [file]";
    uint64_t skip = 0, left = UINT64_MAX;
    FILE *stream = stdin;
    bool all = false;
    int option;

    prog_init(argv);
    while ((option = getopt(argc, argv, "bcdoxvA:t:j:N:")) != -1) {
        if (option == 't')
            set_type(optarg);
        else if (option == 'A')
            base = optarg[0];
        else if (option == 'v')
            all = true;
        else if (option == 'b')
            set_type("o1");
        else if (option == 'c')
            set_type("c");
        else if (option == 'd')
            set_type("u2");
        else if (option == 'o')
            set_type("o2");
        else if (option == 'x')
            set_type("x2");
        else if (option == '?' ||
                 !parse_size(optarg, option == 'j' ? &skip : &left))
            usage(help);
    }
    if (argc - optind > 1)
        usage(help);
    if (optind < argc && strcmp(argv[optind], "-") != 0)
        stream = fopen(argv[optind], "r");
    if (stream == NULL)
        die(argv[optind]);
    for (uint64_t i = 0; i < skip && getc(stream) != EOF; i++)
        ;
    dump(stream, skip, left, all);
    return finish(ferror(stream) ? complain("read error") : 0);
}
