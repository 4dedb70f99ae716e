/* SPDX-License-Identifier: MIT */
/*
 * dirname: a path without its last part.
 *
 * Usage: dirname path ...
 */
#include <stdio.h>
#include <unistd.h>
#include "util.h"

static void
print_dir(const char *path)
{
    const char *tail = path_tail(path);
    int length = (int)(tail - path);

    while (length > 1 && path[length - 1] == '/')
        length--;
    if (length == 0)
        puts(path[0] == '/' ? "/" : ".");
    else
        printf("%.*s\n", length, path);
}

int
main(int argc, char **argv)
{
    prog_init(argv);
    if (getopt(argc, argv, "") != -1 || optind == argc)
        usage("path ...");
    for (int i = optind; i < argc; i++)
        print_dir(argv[i]);
    return finish(0);
}
