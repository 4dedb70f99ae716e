/* SPDX-License-Identifier: MIT */
/*
 * truncate: make files longer or shorter.
 *
 * Usage: truncate [-c] -s [+-]size file ...
 *   -s   the size, or by how much it changes
 *   -c   do not make a file
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include "util.h"

static int
set_size(const char *path, char sign, uint64_t size, bool create)
{
    int fd = open(path, O_WRONLY | (create ? O_CREAT : 0), 0666), status = 0;
    off_t wanted = (off_t)size, now;

    if (fd < 0)
        return !create && errno == ENOENT ? 0 : complain(path);
    now = lseek(fd, 0, SEEK_END);
    if (sign == '+')
        wanted = now + (off_t)size;
    else if (sign == '-')
        wanted = now > (off_t)size ? now - (off_t)size : 0;
    if (ftruncate(fd, wanted) < 0)
        status = complain(path);
    close(fd);
    return status;
}

int
main(int argc, char **argv)
{
    static const char help[] = "[-c] -s [+-]size file ...";
    bool create = true, have_size = false;
    int option, status = 0;
    uint64_t size = 0;
    char sign = '\0';

    prog_init(argv);
    while ((option = getopt(argc, argv, "cs:")) != -1) {
        if (option == '?')
            usage(help);
        if (option == 'c') {
            create = false;
            continue;
        }
        if (optarg[0] == '+' || optarg[0] == '-')
            sign = *optarg++;
        if (!parse_size(optarg, &size))
            die_about(optarg, "not a size");
        have_size = true;
    }
    if (!have_size || optind == argc)
        usage(help);
    for (int i = optind; i < argc; i++)
        status |= set_size(argv[i], sign, size, create);
    return status;
}
