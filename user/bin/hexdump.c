/* SPDX-License-Identifier: MIT */
/*
 * hexdump: show bytes as numbers.
 *
 * Usage: hexdump [-C] [-v] [-s skip] [-n bytes] [file ...]
 *   -C   bytes and characters; otherwise 16-bit numbers
 *   -v   every line; otherwise lines like the one before are one *
 * Several files are one stream of bytes.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "util.h"

enum { LINE_BYTES = 16 };

static char **names;
static FILE *stream;
static int status;

/* The next byte of all files, EOF at the end of the last. */
static int
next_byte(void)
{
    for (;;) {
        int c = stream != NULL ? getc(stream) : EOF;

        if (c != EOF)
            return c;
        if (stream != NULL && ferror(stream))
            status = complain("read error");
        if (stream != NULL && stream != stdin)
            fclose(stream);
        stream = NULL;
        if (*names == NULL)
            return EOF;
        stream = strcmp(*names, "-") == 0 ? stdin : fopen(*names, "r");
        if (stream == NULL)
            status = complain(*names);
        names++;
    }
}

static size_t
read_line(unsigned char line[LINE_BYTES], uint64_t *left)
{
    size_t n = 0;

    while (n<LINE_BYTES && * left> 0) {
        int c = next_byte();

        if (c == EOF)
            break;
        line[n++] = (unsigned char)c;
        --*left;
    }
    return n;
}

static void
print_canonical(uint64_t offset, const unsigned char *line, size_t n)
{
    printf("%08llx ", (unsigned long long)offset);
    for (size_t i = 0; i < LINE_BYTES; i++) {
        if (i % 8 == 0)
            putchar(' ');
        if (i < n)
            printf("%02x ", line[i]);
        else
            fputs("   ", stdout);
    }
    fputs(" |", stdout);
    for (size_t i = 0; i < n; i++)
        putchar(isprint(line[i]) ? line[i] : '.');
    puts("|");
}

static void
print_words(uint64_t offset, const unsigned char *line, size_t n)
{
    printf("%07llx", (unsigned long long)offset);
    for (size_t i = 0; i < LINE_BYTES; i += 2) {
        unsigned int high = i + 1 < n ? line[i + 1] : 0;

        if (i < n)
            printf(" %04x", line[i] | high << 8);
        else
            fputs("     ", stdout);
    }
    putchar('\n');
}

static void
dump(bool canonical, bool all, uint64_t offset, uint64_t left)
{
    unsigned char line[LINE_BYTES], last[LINE_BYTES];
    bool have_last = false, starred = false;
    size_t n;

    while ((n = read_line(line, &left)) > 0) {
        if (!all && have_last && n == LINE_BYTES &&
            memcmp(line, last, LINE_BYTES) == 0) {
            if (!starred)
                puts("*");
            starred = true;
        } else {
            starred = false;
            if (canonical)
                print_canonical(offset, line, n);
            else
                print_words(offset, line, n);
        }
        memcpy(last, line, LINE_BYTES);
        have_last = true;
        offset += n;
    }
    printf(canonical ? "%08llx\n" : "%07llx\n", (unsigned long long)offset);
}

int
main(int argc, char **argv)
{
    static const char help[] = "[-Cv] [-s skip] [-n bytes] [file ...]";
    static char dash[] = "-", *only_stdin[] = {dash, NULL};
    uint64_t skip = 0, left = UINT64_MAX, skipped = 0;
    bool canonical = false, all = false;
    int option;

    prog_init(argv);
    while ((option = getopt(argc, argv, "Cvs:n:")) != -1) {
        if (option == 'C')
            canonical = true;
        else if (option == 'v')
            all = true;
        else if (option == '?' ||
                 !parse_size(optarg, option == 's' ? &skip : &left))
            usage(help);
    }
    names = optind < argc ? argv + optind : only_stdin;
    while (skipped < skip && next_byte() != EOF)
        skipped++;
    dump(canonical, all, skip, left);
    return finish(status);
}
