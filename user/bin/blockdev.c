/* SPDX-License-Identifier: MIT */
/*
 * blockdev: ask a block device.
 *
 * Usage: blockdev --getsize64 | --getsz | --flushbufs device ...
 *   --getsize64 its bytes   --getsz its sectors of 512 bytes
 *   --flushbufs write what is cached
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "util.h"

enum { SECTOR_BYTES = 512 };

static int
ask(const char *what, const char *device)
{
    int fd = open(device, O_RDONLY), status = 0;
    off_t size;

    if (fd < 0)
        return complain(device);
    size = lseek(fd, 0, SEEK_END);
    if (strcmp(what, "--flushbufs") == 0)
        status = fsync(fd) < 0 ? complain(device) : 0;
    else if (size < 0)
        status = complain(device);
    else if (strcmp(what, "--getsize64") == 0)
        printf("%lld\n", (long long)size);
    else
        printf("%lld\n", (long long)size / SECTOR_BYTES);
    close(fd);
    return status;
}

int
main(int argc, char **argv)
{
    static const char help[] = "--getsize64 | --getsz | --flushbufs device ...";
    int status = 0;

    prog_init(argv);
    if (argc < 3 || (strcmp(argv[1], "--getsize64") != 0 &&
                     strcmp(argv[1], "--getsz") != 0 &&
                     strcmp(argv[1], "--flushbufs") != 0))
        usage(help);
    for (int i = 2; i < argc; i++)
        status |= ask(argv[1], argv[i]);
    return finish(status);
}
