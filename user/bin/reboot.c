/* SPDX-License-Identifier: MIT */
/*
 * reboot: write everything to the disk and start the machine again.
 */
#include <sys/reboot.h>
#include "util.h"

int
main(int argc, char **argv)
{
    (void)argc;
    prog_init(argv);
    stop_machine((unsigned int)RB_AUTOBOOT, 0);
    return complain("cannot reboot");
}
