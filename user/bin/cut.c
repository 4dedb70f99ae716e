/* SPDX-License-Identifier: MIT */
/*
 * cut: print parts of each line.
 *
 * Usage: cut -c list [file ...]
 *        cut -f list [-d char] [-s] [file ...]
 *   -c   characters (-b is the same)    -f   fields
 *   -d   what separates fields, a tab if not given
 *   -s   leave out lines without a separator
 * A list is ranges with commas between: 1,3-5,7- ; counted from 1.
 *
 * Not done: lines that hold a zero byte (they end there).
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "util.h"

enum { MAX_RANGES = 64 };

static struct {
    long from, to;
} ranges[MAX_RANGES];
static int range_count;
static bool by_fields, only_separated;
static char separator = '\t';

static bool
wanted(long n)
{
    for (int i = 0; i < range_count; i++)
        if (n >= ranges[i].from && n <= ranges[i].to)
            return true;
    return false;
}

static void
parse_list(char *p)
{
    do {
        long from = 1, to;
        char *start = p;

        if (*p != '-')
            from = strtol(p, &p, 10);
        to = from;
        if (*p == '-') {
            start = ++p;
            to = strtol(p, &p, 10);
            to = start == p ? LONG_MAX : to;
        }
        if (from < 1 || to < from || (*p != ',' && *p != '\0') ||
            range_count == MAX_RANGES)
            die_about(start, "not a list of ranges");
        ranges[range_count].from = from;
        ranges[range_count++].to = to;
    } while (*p++ == ',');
}

static void
cut_characters(const char *line)
{
    for (long n = 1; line[n - 1] != '\0'; n++)
        if (wanted(n))
            putchar(line[n - 1]);
    putchar('\n');
}

static void
cut_fields(const char *line)
{
    const char *gap = "", *end;
    long n = 1;

    if (strchr(line, separator) == NULL) {
        if (!only_separated)
            puts(line);
        return;
    }
    for (const char *p = line; p != NULL; p = end, n++) {
        end = strchr(p, separator);
        if (wanted(n)) {
            int length = end != NULL ? (int)(end - p) : (int)strlen(p);
            char between[2] = {separator, '\0'};

            printf("%s%.*s", gap[0] != '\0' ? between : "", length, p);
            gap = "x";
        }
        if (end != NULL)
            end++;
    }
    putchar('\n');
}

static int
cut_file(const char *name)
{
    bool standard = strcmp(name, "-") == 0;
    FILE *stream = standard ? stdin : fopen(name, "r");
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    int status = 0;

    if (stream == NULL)
        return complain(name);
    while ((length = getline(&line, &room, stream)) >= 0) {
        if (length > 0 && line[length - 1] == '\n')
            line[length - 1] = '\0';
        if (by_fields)
            cut_fields(line);
        else
            cut_characters(line);
    }
    if (ferror(stream))
        status = complain(name);
    free(line);
    if (!standard)
        fclose(stream);
    return status;
}

int
main(int argc, char **argv)
{
    static const char help[] = "-c list | -f list [-d char] [-s] [file ...]";
    int option, status = 0;

    prog_init(argv);
    while ((option = getopt(argc, argv, "b:c:f:d:s")) != -1) {
        if (option == 'b' || option == 'c' || option == 'f') {
            by_fields = option == 'f';
            parse_list(optarg);
        } else if (option == 'd') {
            separator = optarg[0];
        } else if (option == 's') {
            only_separated = true;
        } else {
            usage(help);
        }
    }
    if (range_count == 0)
        usage(help);
    if (optind == argc)
        status = cut_file("-");
    for (int i = optind; i < argc; i++)
        status |= cut_file(argv[i]);
    return finish(status);
}
