/* SPDX-License-Identifier: MIT */
/*
 * uniq: print repeated lines once.
 *
 * Usage: uniq [-cdui] [input [output]]
 *   -c with their number   -d only those repeated   -u only those not
 *   -i upper and lower case are the same
 *
 * Not done: -f, -s, lines that hold a zero byte (they end there).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include "util.h"

static bool with_counts, only_repeated, only_single, fold;

static void
print_group(const char *line, unsigned long count)
{
    if (count == 0 || (only_repeated && count == 1) ||
        (only_single && count > 1))
        return;
    if (with_counts)
        printf("%7lu ", count);
    puts(line);
}

static bool
same(const char *a, const char *b)
{
    return fold ? strcasecmp(a, b) == 0 : strcmp(a, b) == 0;
}

static void
filter(void)
{
    char *line = NULL, *last = must_strdup("");
    size_t room = 0;
    unsigned long count = 0;
    ssize_t length;

    while ((length = getline(&line, &room, stdin)) >= 0) {
        if (length > 0 && line[length - 1] == '\n')
            line[length - 1] = '\0';
        if (count > 0 && same(line, last)) {
            count++;
            continue;
        }
        print_group(last, count);
        free(last);
        last = must_strdup(line);
        count = 1;
    }
    print_group(last, count);
    free(last);
    free(line);
}

int
main(int argc, char **argv)
{
    static const char help[] = "[-cdui] [input [output]]";
    int option;

    prog_init(argv);
    while ((option = getopt(argc, argv, "cdui")) != -1) {
        if (option == 'c')
            with_counts = true;
        else if (option == 'd')
            only_repeated = true;
        else if (option == 'u')
            only_single = true;
        else if (option == 'i')
            fold = true;
        else
            usage(help);
    }
    if (argc - optind > 2)
        usage(help);
    if (optind < argc && strcmp(argv[optind], "-") != 0 &&
        freopen(argv[optind], "r", stdin) == NULL)
        die(argv[optind]);
    if (optind + 1 < argc && freopen(argv[optind + 1], "w", stdout) == NULL)
        die(argv[optind + 1]);
    filter();
    return finish(ferror(stdin) ? complain("read error") : 0);
}
