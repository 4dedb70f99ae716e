/* SPDX-License-Identifier: MIT */
/*
 * halt: write everything to the disk and stop the machine, leaving it on.
 */
#include <sys/reboot.h>
#include "util.h"

int
main(int argc, char **argv)
{
    (void)argc;
    prog_init(argv);
    stop_machine((unsigned int)RB_HALT_SYSTEM, 0);
    return complain("cannot halt");
}
