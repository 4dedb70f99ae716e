/* SPDX-License-Identifier: MIT */
/*
 * sync: write what is cached to the disk.
 *
 * Usage: sync [-d | -f] [file ...]    everything, or only the files
 *   -d   the data of the files, not their times
 *   -f   all of the file systems that the files are on
 */
#include <fcntl.h>
#include <unistd.h>
#include "util.h"

static int
sync_file(const char *name, int (*how)(int))
{
    int fd = open(name, O_RDONLY), status = 0;

    if (fd < 0)
        return complain(name);
    if (how(fd) < 0)
        status = complain(name);
    close(fd);
    return status;
}

int
main(int argc, char **argv)
{
    int (*how)(int) = fsync;
    int option, status = 0;

    prog_init(argv);
    while ((option = getopt(argc, argv, "df")) != -1) {
        if (option != 'd' && option != 'f')
            usage("[-d | -f] [file ...]");
        how = option == 'd' ? fdatasync : syncfs;
    }
    if (optind == argc)
        sync();
    for (int i = optind; i < argc; i++)
        status |= sync_file(argv[i], how);
    return status;
}
