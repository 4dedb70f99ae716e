/* SPDX-License-Identifier: MIT */
/*
 * pwd: print the working directory.
 */
#include <limits.h>
#include <stdio.h>
#include <unistd.h>
#include "util.h"

int
main(int argc, char **argv)
{
    char path[PATH_MAX];

    (void)argc;
    prog_init(argv);
    if (getcwd(path, sizeof(path)) == NULL)
        die("getcwd");
    puts(path);
    return finish(0);
}
