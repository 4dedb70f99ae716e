/* SPDX-License-Identifier: MIT */
/*
 * nproc: print how many harts there are.
 */
#include <stdio.h>
#include <unistd.h>
#include "util.h"

int
main(int argc, char **argv)
{
    (void)argc;
    prog_init(argv);
    printf("%ld\n", sysconf(_SC_NPROCESSORS_ONLN));
    return finish(0);
}
