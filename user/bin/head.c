/* SPDX-License-Identifier: MIT */
/*
 * head: the first lines of files.
 *
 * Usage: head [-n lines] [-c bytes] [-lines] [file ...]
 */
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "util.h"

static uint64_t limit = 10;
static bool by_bytes;

static int
copy_head(const char *name, int fd)
{
    uint64_t left = limit;
    char buf[4096];

    while (left > 0) {
        size_t want = by_bytes && left < sizeof(buf) ? left : sizeof(buf);
        ssize_t n = read(fd, buf, want), used = 0;

        if (n < 0)
            return complain(name);
        if (n == 0)
            break;
        for (; used < n && left > 0; used++)
            left -= by_bytes || buf[used] == '\n';
        fwrite(buf, 1, (size_t)used, stdout);
        /* Let the next reader of the same file go on where we stopped. */
        if (used < n)
            lseek(fd, used - n, SEEK_CUR);
    }
    return 0;
}

static int
head_file(const char *name, bool title)
{
    static bool titled;
    bool standard = strcmp(name, "-") == 0;
    int fd = standard ? STDIN_FILENO : open(name, O_RDONLY), status;

    if (fd < 0)
        return complain(name);
    if (title)
        printf("%s==> %s <==\n", titled ? "\n" : "",
               standard ? "standard input" : name);
    titled = true;
    status = copy_head(name, fd);
    if (!standard)
        close(fd);
    return status;
}

int
main(int argc, char **argv)
{
    static const char help[] = "[-n lines] [-c bytes] [file ...]";
    int option, status = 0;
    const char *count = NULL;

    prog_init(argv);
    if (argc > 1 && argv[1][0] == '-' && isdigit((unsigned char)argv[1][1])) {
        count = argv[1] + 1;
        argv[1] = argv[0];
        argv++;
        argc--;
    }
    while ((option = getopt(argc, argv, "n:c:")) != -1) {
        if (option == '?')
            usage(help);
        by_bytes = option == 'c';
        count = optarg;
    }
    if (count != NULL && !parse_size(count, &limit))
        die_about(count, "not a number");
    if (optind == argc)
        status = head_file("-", false);
    for (int i = optind; i < argc; i++)
        status |= head_file(argv[i], argc - optind > 1);
    return finish(status);
}
