/* SPDX-License-Identifier: MIT */
/*
 * mkfifo: make pipes with names.
 *
 * Usage: mkfifo [-m mode] name ...
 */
#include <unistd.h>
#include "util.h"

int
main(int argc, char **argv)
{
    bool explicit_mode = false;
    int option, status = 0;
    mode_t mode = 0666;

    prog_init(argv);
    while ((option = getopt(argc, argv, "m:")) != -1) {
        if (option == '?')
            usage("[-m mode] name ...");
        if (!parse_mode(optarg, 0666, &mode))
            die_about(optarg, "invalid mode");
        explicit_mode = true;
    }
    if (optind == argc)
        usage("[-m mode] name ...");
    for (int i = optind; i < argc; i++)
        if (mkfifo(argv[i], mode & 0777) < 0 ||
            (explicit_mode && chmod(argv[i], mode & 07777) < 0))
            status = complain(argv[i]);
    return status;
}
