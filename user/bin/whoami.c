/* SPDX-License-Identifier: MIT */
/*
 * whoami: print the name of the user.
 */
#include <stdio.h>
#include <unistd.h>
#include "util.h"

int
main(int argc, char **argv)
{
    (void)argc;
    prog_init(argv);
    puts(user_name(geteuid()));
    return finish(0);
}
