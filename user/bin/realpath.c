/* SPDX-License-Identifier: MIT */
/*
 * realpath: print paths from the root, without links, "." and "..".
 *
 * Usage: realpath file ...
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "util.h"

int
main(int argc, char **argv)
{
    char path[PATH_MAX];
    int status = 0;

    prog_init(argv);
    if (getopt(argc, argv, "") != -1 || optind == argc)
        usage("file ...");
    for (int i = optind; i < argc; i++) {
        if (realpath(argv[i], path) != NULL)
            puts(path);
        else
            status = complain(argv[i]);
    }
    return finish(status);
}
