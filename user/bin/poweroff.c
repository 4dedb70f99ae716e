/* SPDX-License-Identifier: MIT */
/*
 * poweroff: write everything to the disk and switch the machine off.
 *
 * Usage: poweroff [-f] [[-s] status]
 *   -f   accepted: it is always done at once
 *   -s   the exit status of the machine, 0 to 255: under QEMU it becomes
 *        QEMU's own
 *
 * The status is the last argument of reboot(2), which Linux does not use
 * with LINUX_REBOOT_CMD_POWER_OFF.
 */
#include <stdlib.h>
#include <sys/reboot.h>
#include <unistd.h>
#include "util.h"

int
main(int argc, char **argv)
{
    const char *text = NULL;
    long long status = 0;
    int option;

    prog_init(argv);
    while ((option = getopt(argc, argv, "fs:")) != -1) {
        if (option == '?')
            usage("[-f] [[-s] status]");
        if (option == 's')
            text = optarg;
    }
    if (optind < argc)
        text = argv[optind];
    if (text != NULL &&
        (!parse_number(text, &status) || status < 0 || status > 255))
        die_about(text, "not a status (0 to 255)");
    stop_machine((unsigned int)RB_POWER_OFF, (int)status);
    return complain("cannot switch off");
}
