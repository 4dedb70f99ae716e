/* SPDX-License-Identifier: MIT */
/*
 * sync: write what is cached to the disk.
 *
 * Usage: sync [-d] [file ...]    everything, or only the files
 *   -d   the data of the files, not their times
 */
#include <fcntl.h>
#include <unistd.h>
#include "util.h"

static int
sync_file(const char *name, bool data_only)
{
    int fd = open(name, O_RDONLY), status = 0;

    if (fd < 0)
        return complain(name);
    if ((data_only ? fdatasync(fd) : fsync(fd)) < 0)
        status = complain(name);
    close(fd);
    return status;
}

int
main(int argc, char **argv)
{
    bool data_only = false;
    int option, status = 0;

    prog_init(argv);
    while ((option = getopt(argc, argv, "d")) != -1) {
        if (option != 'd')
            usage("[-d] [file ...]");
        data_only = true;
    }
    if (optind == argc)
        sync();
    for (int i = optind; i < argc; i++)
        status |= sync_file(argv[i], data_only);
    return status;
}
