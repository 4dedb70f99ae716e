/* SPDX-License-Identifier: MIT */
/*
 * basename: the last part of a path.
 *
 * Usage: basename path [suffix]    the suffix is taken off, if it is there
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "util.h"

int
main(int argc, char **argv)
{
    size_t length, suffix;
    const char *tail;

    prog_init(argv);
    if (getopt(argc, argv, "") != -1 || argc - optind < 1 || argc - optind > 2)
        usage("path [suffix]");
    argv += optind;
    tail = path_tail(argv[0]);
    length = strlen(tail);
    while (length > 1 && tail[length - 1] == '/')
        length--;
    if (argv[1] != NULL) {
        suffix = strlen(argv[1]);
        if (suffix < length &&
            strncmp(tail + length - suffix, argv[1], suffix) == 0)
            length -= suffix;
    }
    printf("%.*s\n", (int)length, tail);
    return finish(0);
}
