/* SPDX-License-Identifier: MIT */
/*
 * basename: the last part of a path.
 *
 * Usage: basename path [suffix]    the suffix is taken off, if it is there
 */
#include <stdio.h>
#include <string.h>
#include "util.h"

int
main(int argc, char **argv)
{
    size_t length, suffix;
    const char *tail;

    prog_init(argv);
    if (argc < 2 || argc > 3)
        usage("path [suffix]");
    tail = path_tail(argv[1]);
    length = strlen(tail);
    while (length > 1 && tail[length - 1] == '/')
        length--;
    if (argc == 3) {
        suffix = strlen(argv[2]);
        if (suffix < length &&
            strncmp(tail + length - suffix, argv[2], suffix) == 0)
            length -= suffix;
    }
    printf("%.*s\n", (int)length, tail);
    return finish(0);
}
