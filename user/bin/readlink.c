/* SPDX-License-Identifier: MIT */
/*
 * readlink: print what a symbolic link holds.
 *
 * Usage: readlink [-f] [-n] file ...
 *   -f   the path with all links followed    -n   no newline
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "util.h"

int
main(int argc, char **argv)
{
    bool follow = false, newline = true;
    int option, status = 0;
    char path[PATH_MAX];

    prog_init(argv);
    while ((option = getopt(argc, argv, "fen")) != -1) {
        if (option == '?')
            usage("[-fn] file ...");
        follow |= option != 'n';
        newline &= option != 'n';
    }
    if (optind == argc)
        usage("[-fn] file ...");
    for (int i = optind; i < argc; i++) {
        ssize_t n = 0;

        if (follow && realpath(argv[i], path) == NULL)
            n = -1;
        else if (!follow)
            n = readlink(argv[i], path, sizeof(path) - 1);
        if (n < 0) {
            status = 1; /* silently, as scripts expect */
            continue;
        }
        if (!follow)
            path[n] = '\0';
        printf("%s%s", path, newline ? "\n" : "");
    }
    return finish(status);
}
