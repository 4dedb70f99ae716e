/* SPDX-License-Identifier: MIT */
/*
 * rmdir: remove empty directories.
 *
 * Usage: rmdir [-p] dir ...
 *   -p   then its parents, too
 */
#include <string.h>
#include <unistd.h>
#include "util.h"

/* Remove path, then what is left of it without its last part, and so on. */
static int
remove_dir(char *path, bool parents)
{
    char *end;

    do {
        if (rmdir(path) < 0)
            return complain(path);
        end = (char *)path_tail(path);
        while (end > path && end[-1] == '/')
            end--;
        *end = '\0';
    } while (parents && end > path);
    return 0;
}

int
main(int argc, char **argv)
{
    bool parents = false;
    int option, status = 0;

    prog_init(argv);
    while ((option = getopt(argc, argv, "p")) != -1) {
        if (option != 'p')
            usage("[-p] dir ...");
        parents = true;
    }
    if (optind == argc)
        usage("[-p] dir ...");
    for (int i = optind; i < argc; i++)
        status |= remove_dir(argv[i], parents);
    return status;
}
