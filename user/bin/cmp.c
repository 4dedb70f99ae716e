/* SPDX-License-Identifier: MIT */
/*
 * cmp: compare two files byte by byte.
 *
 * Usage: cmp [-ls] file1 file2    "-" is the standard input
 *   -l   every difference: its place and both bytes in octal
 *   -s   say nothing
 * Exit status: 0 the same, 1 different, 2 trouble.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "util.h"

enum { SAME, DIFFERENT, TROUBLE };

static FILE *
open_file(const char *name)
{
    FILE *f = strcmp(name, "-") == 0 ? stdin : fopen(name, "r");

    if (f == NULL)
        die(name);
    return f;
}

int
main(int argc, char **argv)
{
    bool list = false, silent = false;
    unsigned long place = 0, line = 1;
    int option, a, b, status = SAME;
    FILE *f, *g;

    prog_init(argv);
    trouble_status = TROUBLE;
    while ((option = getopt(argc, argv, "ls")) != -1) {
        if (option == '?')
            usage("[-ls] file1 file2");
        list |= option == 'l';
        silent |= option == 's';
    }
    if (argc - optind != 2)
        usage("[-ls] file1 file2");
    f = open_file(argv[optind]);
    g = open_file(argv[optind + 1]);
    for (;;) {
        a = getc(f);
        b = getc(g);
        place++;
        if (a == EOF || b == EOF)
            break;
        if (a != b) {
            status = DIFFERENT;
            if (silent)
                return status;
            if (!list) {
                printf("%s %s differ: char %lu, line %lu\n", argv[optind],
                       argv[optind + 1], place, line);
                return finish(status);
            }
            printf("%lu %3o %3o\n", place, (unsigned int)a, (unsigned int)b);
        }
        line += a == '\n';
    }
    if (ferror(f) || ferror(g))
        die("read error");
    if (a != b) {
        status = DIFFERENT;
        if (!silent)
            complain_about("EOF on", argv[a == EOF ? optind : optind + 1]);
    }
    return finish(status);
}
