/* SPDX-License-Identifier: MIT */
/*
 * mktemp: make a new file with a name of its own, and print the name.
 *
 * Usage: mktemp [-d] [-p dir] [template]
 *   -d   a directory    -p   in that directory, otherwise in /tmp
 * A template ends with XXXXXX and is a path of its own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "util.h"

int
main(int argc, char **argv)
{
    const char *dir = getenv("TMPDIR");
    bool directory = false;
    char *template;
    int option;

    prog_init(argv);
    while ((option = getopt(argc, argv, "dp:")) != -1) {
        if (option == 'd')
            directory = true;
        else if (option == 'p')
            dir = optarg;
        else
            usage("[-d] [-p dir] [template]");
    }
    if (optind < argc)
        template = must_strdup(argv[optind]);
    else
        template = path_join(dir != NULL ? dir : "/tmp", "tmp.XXXXXX");
    if (directory ? mkdtemp(template) == NULL : mkstemp(template) < 0)
        die(template);
    puts(template);
    return finish(0);
}
