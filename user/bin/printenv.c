/* SPDX-License-Identifier: MIT */
/*
 * printenv: show the environment, or some of its variables.
 *
 * Usage: printenv [name ...]
 * Exit status: 1 if one of them is not set.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "util.h"

int
main(int argc, char **argv)
{
    int status = 0;

    prog_init(argv);
    if (argc < 2)
        for (char **variable = environ; *variable != NULL; variable++)
            puts(*variable);
    for (int i = 1; i < argc; i++) {
        const char *value = getenv(argv[i]);

        if (value != NULL)
            puts(value);
        else
            status = 1;
    }
    return finish(status);
}
