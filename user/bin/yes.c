/* SPDX-License-Identifier: MIT */
/*
 * yes: print a line for ever.
 *
 * Usage: yes [word ...]    the line is "y" when no words are given
 */
#include <stdio.h>
#include "util.h"

int
main(int argc, char **argv)
{
    prog_init(argv);
    do {
        if (argc < 2)
            fputs("y", stdout);
        for (int i = 1; i < argc; i++)
            printf("%s%s", i > 1 ? " " : "", argv[i]);
    } while (putchar('\n') != EOF);
    return finish(1);
}
