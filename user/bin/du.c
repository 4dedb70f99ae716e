/* SPDX-License-Identifier: MIT */
/*
 * du: how much disk space files take.
 *
 * Usage: du [-askhcxl] [-d depth] [file ...]
 *   -a files, not only directories   -s only the sum of each argument
 *   -k in KB (the default)   -h with units   -c a total   -d not deeper
 *   -x not into other file systems   -l count every name of a file
 * A file with several names is counted once.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "util.h"

enum { SECTOR_BYTES = 512 };

/* Files with several names that have been counted. */
struct seen {
    struct seen *next;
    dev_t dev;
    ino_t ino;
};

static struct seen *seen_files;
static bool all, human, one_device, every_name;
static long long max_depth = INT_MAX;
static int status;

static bool
seen_before(const struct stat *st)
{
    struct seen *seen;

    if (every_name || S_ISDIR(st->st_mode) || st->st_nlink < 2)
        return false;
    for (seen = seen_files; seen != NULL; seen = seen->next)
        if (seen->ino == st->st_ino && seen->dev == st->st_dev)
            return true;
    seen = must_malloc(sizeof(*seen));
    *seen = (struct seen){seen_files, st->st_dev, st->st_ino};
    seen_files = seen;
    return false;
}

static void
print_size(uint64_t bytes, const char *path)
{
    char text[HUMAN_CHARS];

    if (human)
        printf("%s\t%s\n", human_size(text, bytes), path);
    else
        printf("%llu\t%s\n", (unsigned long long)(bytes + 1023) / 1024, path);
}

/* => the bytes that path and all below it take */
static uint64_t
measure(const char *path, long long depth, dev_t device)
{
    struct stat st;
    uint64_t bytes;
    char **names;

    if (lstat(path, &st) < 0) {
        status = complain(path);
        return 0;
    }
    if (depth > 0 && one_device && st.st_dev != device)
        return 0;
    if (seen_before(&st))
        return 0;
    bytes = (uint64_t)st.st_blocks * SECTOR_BYTES;
    if (S_ISDIR(st.st_mode)) {
        names = list_dir(path, NULL);
        if (names == NULL)
            status = complain(path);
        for (char **name = names; name != NULL && *name != NULL; name++) {
            char *child = path_join(path, *name);

            bytes += measure(child, depth + 1, st.st_dev);
            free(child);
        }
        if (names != NULL)
            free_list(names);
    }
    if (depth <= max_depth && (depth == 0 || all || S_ISDIR(st.st_mode)))
        print_size(bytes, path);
    return bytes;
}

int
main(int argc, char **argv)
{
    static const char help[] = "[-askhcxl] [-d depth] [file ...]";
    bool with_total = false;
    uint64_t total = 0;
    int option;

    prog_init(argv);
    while ((option = getopt(argc, argv, "askhcxld:")) != -1) {
        if (option == '?' ||
            (option == 'd' && !parse_number(optarg, &max_depth)))
            usage(help);
        if (option == 's')
            max_depth = 0;
        all |= option == 'a';
        human = option == 'h' || (human && option != 'k');
        with_total |= option == 'c';
        one_device |= option == 'x';
        every_name |= option == 'l';
    }
    if (optind == argc)
        total = measure(".", 0, 0);
    for (int i = optind; i < argc; i++)
        total += measure(argv[i], 0, 0);
    if (with_total)
        print_size(total, "total");
    return finish(status);
}
