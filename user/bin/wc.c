/* SPDX-License-Identifier: MIT */
/*
 * wc: count lines, words and bytes.
 *
 * Usage: wc [-lwcm] [file ...]    "-" or no file: the standard input
 */
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "util.h"

struct counts {
    unsigned long lines, words, bytes;
};

static bool show_lines, show_words, show_bytes;

static void
print_counts(const struct counts *counts, const char *name, int width)
{
    const char *gap = "";

    if (show_lines) {
        printf("%*lu", width, counts->lines);
        gap = " ";
    }
    if (show_words) {
        printf("%s%*lu", gap, width, counts->words);
        gap = " ";
    }
    if (show_bytes)
        printf("%s%*lu", gap, width, counts->bytes);
    printf("%s%s\n", name != NULL ? " " : "", name != NULL ? name : "");
}

static bool
count_fd(int fd, struct counts *counts)
{
    static char buf[16384];
    bool in_word = false;
    ssize_t n;

    *counts = (struct counts){0, 0, 0};
    while ((n = read(fd, buf, sizeof(buf))) > 0) {
        counts->bytes += (unsigned long)n;
        for (ssize_t i = 0; i < n; i++) {
            bool blank = isspace((unsigned char)buf[i]) != 0;

            counts->lines += buf[i] == '\n';
            counts->words += !blank && !in_word;
            in_word = !blank;
        }
    }
    return n == 0;
}

static int
count_file(const char *name, struct counts *total, int width)
{
    bool standard = name == NULL || strcmp(name, "-") == 0;
    int fd = standard ? STDIN_FILENO : open(name, O_RDONLY);
    struct counts counts;
    int status = 0;

    if (fd < 0)
        return complain(name);
    if (!count_fd(fd, &counts))
        status = complain(standard ? "standard input" : name);
    print_counts(&counts, name, width);
    total->lines += counts.lines;
    total->words += counts.words;
    total->bytes += counts.bytes;
    if (!standard)
        close(fd);
    return status;
}

/* A single number stands alone; several stand in columns. */
static int
column_width(int files)
{
    return files <= 1 && show_lines + show_words + show_bytes == 1 ? 1 : 7;
}

int
main(int argc, char **argv)
{
    struct counts total = {0, 0, 0};
    int option, status = 0, files, width;

    prog_init(argv);
    while ((option = getopt(argc, argv, "lwcm")) != -1) {
        if (option == 'l')
            show_lines = true;
        else if (option == 'w')
            show_words = true;
        else if (option == 'c' || option == 'm')
            show_bytes = true;
        else
            usage("[-lwc] [file ...]");
    }
    if (!show_lines && !show_words && !show_bytes)
        show_lines = show_words = show_bytes = true;
    files = argc - optind;
    width = column_width(files);
    if (files == 0)
        status = count_file(NULL, &total, width);
    for (int i = optind; i < argc; i++)
        status |= count_file(argv[i], &total, width);
    if (files > 1)
        print_counts(&total, "total", width);
    return finish(status);
}
