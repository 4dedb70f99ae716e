/* SPDX-License-Identifier: MIT */
/*
 * tty: print the terminal that is the standard input.
 *
 * Usage: tty [-s]    -s only the exit status: 0 a terminal, 1 none
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "util.h"

int
main(int argc, char **argv)
{
    bool silent = argc > 1 && strcmp(argv[1], "-s") == 0;
    const char *name = isatty(STDIN_FILENO) ? ttyname(STDIN_FILENO) : NULL;
    int status = isatty(STDIN_FILENO) ? 0 : 1;

    prog_init(argv);
    if (!silent && status == 0)
        puts(name != NULL ? name : "unknown");
    else if (!silent)
        puts("not a tty");
    return finish(status);
}
