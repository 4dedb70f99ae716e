/* SPDX-License-Identifier: MIT */
/*
 * clear: clear the screen.
 */
#include <stdio.h>
#include "util.h"

int
main(int argc, char **argv)
{
    (void)argc;
    prog_init(argv);
    fputs("\033[H\033[2J\033[3J", stdout);
    return finish(0);
}
