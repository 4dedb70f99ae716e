/* SPDX-License-Identifier: MIT */
/*
 * cat: copy files to the standard output.
 *
 * Usage: cat [-n] [-u] [file ...]    "-" or no file: the standard input
 *   -n   number the lines
 *   -u   accepted: the output is never held back
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "util.h"

static int
number_lines(int fd)
{
    static long line = 0;
    static bool at_start = true;
    char buf[4096];
    ssize_t n;

    while ((n = read(fd, buf, sizeof(buf))) > 0) {
        for (ssize_t i = 0; i < n; i++) {
            if (at_start)
                printf("%6ld\t", ++line);
            putchar(buf[i]);
            at_start = buf[i] == '\n';
        }
        if (fflush(stdout) != 0)
            die("write error");
    }
    return n < 0 ? -1 : 0;
}

static int
cat_file(const char *name, bool numbers)
{
    bool standard = strcmp(name, "-") == 0;
    int fd = standard ? STDIN_FILENO : open(name, O_RDONLY);
    int result;

    if (fd < 0)
        return complain(name);
    result = numbers ? number_lines(fd) : copy_fd(fd, STDOUT_FILENO);
    if (result == -1)
        complain(name);
    else if (result == -2)
        die("write error");
    if (!standard)
        close(fd);
    return result != 0;
}

int
main(int argc, char **argv)
{
    bool numbers = false;
    int option, status = 0;

    prog_init(argv);
    while ((option = getopt(argc, argv, "nu")) != -1) {
        if (option == 'n')
            numbers = true;
        else if (option == '?')
            usage("[-nu] [file ...]");
    }
    if (optind == argc)
        status = cat_file("-", numbers);
    for (int i = optind; i < argc; i++)
        status |= cat_file(argv[i], numbers);
    return finish(status);
}
