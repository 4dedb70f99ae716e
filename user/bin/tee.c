/* SPDX-License-Identifier: MIT */
/*
 * tee: copy the standard input to the standard output and to files.
 *
 * Usage: tee [-a] [file ...]
 *   -a   append to the files
 */
#include <fcntl.h>
#include <unistd.h>
#include "util.h"

int
main(int argc, char **argv)
{
    int option, status = 0, flags = O_WRONLY | O_CREAT | O_TRUNC;
    int *fds = must_malloc((size_t)argc * sizeof(*fds)), count = 1;
    char buf[4096];
    ssize_t n;

    prog_init(argv);
    while ((option = getopt(argc, argv, "a")) != -1) {
        if (option != 'a')
            usage("[-a] [file ...]");
        flags = O_WRONLY | O_CREAT | O_APPEND;
    }
    fds[0] = STDOUT_FILENO;
    for (int i = optind; i < argc; i++) {
        fds[count] = open(argv[i], flags, 0666);
        if (fds[count] < 0)
            status = complain(argv[i]);
        else
            count++;
    }
    while ((n = read(STDIN_FILENO, buf, sizeof(buf))) > 0)
        for (int i = 0; i < count; i++)
            if (fds[i] >= 0 && !write_all(fds[i], buf, (size_t)n)) {
                status = complain("write error");
                fds[i] = -1; /* the others get the rest */
            }
    if (n < 0)
        status = complain("read error");
    return status;
}
