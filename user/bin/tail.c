/* SPDX-License-Identifier: MIT */
/*
 * tail: the last lines of files.
 *
 * Usage: tail [-f] [-n [+]lines] [-c [+]bytes] [-lines] [file ...]
 *   +N   from line (byte) N on
 *   -f   then wait for more to be added, for ever
 *
 * A file's end is searched backwards, block by block, for enough newlines. What
 * is left, or comes out of a pipe, is read into memory, but lines that cannot be
 * among the last are let go whenever the memory is full.
 *
 * Not done: -f looks at the last file only, once a second.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "util.h"

enum { BLOCK_BYTES = 4096 };

static uint64_t limit = 10;
static bool by_bytes, from_start, follow;

/* Where the last `limit` lines of text start; 0 if it has fewer. */
static size_t
start_of_last(const char *text, size_t size)
{
    uint64_t seen = 0;
    size_t at = size;

    if (by_bytes)
        return limit < size ? size - limit : 0;
    if (limit == 0)
        return size;
    if (at > 0 && text[at - 1] == '\n')
        at--;
    while (at > 0) {
        if (text[at - 1] == '\n' && ++seen == limit)
            return at;
        at--;
    }
    return 0;
}

/* Move a regular file's position on to a place from which enough is left. */
static void
skip_beginning(int fd)
{
    off_t from = lseek(fd, 0, SEEK_CUR), at = lseek(fd, 0, SEEK_END);
    uint64_t lines = 0;
    char buf[BLOCK_BYTES];

    if (by_bytes)
        at = limit < (uint64_t)at ? at - (off_t)limit : 0;
    while (!by_bytes && at > from && lines <= limit) {
        off_t step = at - from > BLOCK_BYTES ? BLOCK_BYTES : at - from;
        ssize_t n;

        at -= step;
        n = pread(fd, buf, (size_t)step, at);
        for (ssize_t i = 0; i < n; i++)
            lines += buf[i] == '\n';
    }
    lseek(fd, at > from ? at : from, SEEK_SET);
}

/* Copy all from line or byte `limit` on. => as copy_fd */
static int
copy_from(int fd)
{
    uint64_t left = limit > 0 ? limit - 1 : 0;
    char buf[BLOCK_BYTES];

    while (left > 0) {
        ssize_t n = read(fd, buf, sizeof(buf)), at = 0;

        if (n <= 0)
            return (int)n;
        for (; at < n && left > 0; at++)
            left -= by_bytes || buf[at] == '\n';
        fwrite(buf + at, 1, (size_t)(n - at), stdout);
    }
    fflush(stdout);
    return copy_fd(fd, STDOUT_FILENO);
}

/* Read to the end, and print the last `limit` lines or bytes. => as read */
static int
copy_last(int fd)
{
    size_t room = 2 * BLOCK_BYTES, used = 0, start;
    char *text = must_malloc(room);
    ssize_t n;

    while ((n = read(fd, text + used, room - used)) > 0) {
        used += (size_t)n;
        if (used < room)
            continue;
        start = start_of_last(text, used);
        used -= start;
        memmove(text, text + start, used);
        if (used > room / 2) {
            room *= 2;
            text = must_realloc(text, room);
        }
    }
    start = start_of_last(text, used);
    fwrite(text + start, 1, used - start, stdout);
    free(text);
    return (int)n;
}

static int
tail_fd(int fd, const char *name)
{
    struct stat st;
    int result;

    if (!from_start && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
        skip_beginning(fd);
    result = from_start ? copy_from(fd) : copy_last(fd);
    if (result == -2)
        die("write error");
    return result < 0 ? complain(name) : 0;
}

static int
tail_file(const char *name, bool title, bool last)
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
    status = tail_fd(fd, name);
    while (follow && last) {
        fflush(stdout);
        sleep(1);
        if (copy_fd(fd, STDOUT_FILENO) != 0)
            return complain(name);
    }
    if (!standard)
        close(fd);
    return status;
}

static void
set_limit(const char *text)
{
    from_start = text[0] == '+';
    if (text[0] == '+' || text[0] == '-')
        text++;
    if (!parse_size(text, &limit))
        die_about(text, "not a number");
}

int
main(int argc, char **argv)
{
    int option, status = 0;

    prog_init(argv);
    if (argc > 1 && (argv[1][0] == '-' || argv[1][0] == '+') &&
        strspn(argv[1] + 1, "0123456789") > 0) {
        set_limit(argv[1]);
        argv[1] = argv[0];
        argv++;
        argc--;
    }
    while ((option = getopt(argc, argv, "fn:c:")) != -1) {
        if (option == '?')
            usage("[-f] [-n [+]lines] [-c [+]bytes] [file ...]");
        if (option == 'f') {
            follow = true;
            continue;
        }
        by_bytes = option == 'c';
        set_limit(optarg);
    }
    if (optind == argc)
        status = tail_file("-", false, true);
    for (int i = optind; i < argc; i++)
        status |= tail_file(argv[i], argc - optind > 1, i == argc - 1);
    return finish(status);
}
