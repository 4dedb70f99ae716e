/* SPDX-License-Identifier: MIT */
/*
 * touch: set the times of files, making files that are missing.
 *
 * Usage: touch [-c] [-a] [-m] [-d @seconds] [-r file] file ...
 *   -c   do not make a file
 *   -a   the access time only    -m   the modification time only
 *   -d   not now but @seconds after 1970
 *   -r   the times of that file
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include "util.h"

static int
touch(const char *path, const struct timespec times[2], bool create)
{
    int fd;

    if (utimensat(AT_FDCWD, path, times, 0) == 0)
        return 0;
    if (errno != ENOENT)
        return complain(path);
    if (!create)
        return 0;
    fd = open(path, O_WRONLY | O_CREAT, 0666);
    if (fd < 0)
        return complain(path);
    close(fd);
    return utimensat(AT_FDCWD, path, times, 0) < 0 ? complain(path) : 0;
}

static void
use_epoch(const char *text, struct timespec times[2])
{
    long long seconds;

    if (text[0] != '@' || !parse_number(text + 1, &seconds))
        die_about(text, "not a time (want @seconds)");
    times[0] = times[1] = (struct timespec){(time_t)seconds, 0};
}

static void
use_file(const char *path, struct timespec times[2])
{
    struct stat st;

    if (stat(path, &st) < 0)
        die(path);
    times[0] = st.st_atim;
    times[1] = st.st_mtim;
}

int
main(int argc, char **argv)
{
    static const char help[] = "[-cam] [-d @seconds] [-r file] file ...";
    struct timespec times[2] = {{0, UTIME_NOW}, {0, UTIME_NOW}};
    bool create = true, access_only = false, modify_only = false;
    int option, status = 0;

    prog_init(argv);
    while ((option = getopt(argc, argv, "camd:r:")) != -1) {
        if (option == 'c')
            create = false;
        else if (option == 'a')
            access_only = true;
        else if (option == 'm')
            modify_only = true;
        else if (option == 'd')
            use_epoch(optarg, times);
        else if (option == 'r')
            use_file(optarg, times);
        else
            usage(help);
    }
    if (optind == argc)
        usage(help);
    if (access_only && !modify_only)
        times[1].tv_nsec = UTIME_OMIT;
    if (modify_only && !access_only)
        times[0].tv_nsec = UTIME_OMIT;
    for (int i = optind; i < argc; i++)
        status |= touch(argv[i], times, create);
    return status;
}
