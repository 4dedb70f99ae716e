/* SPDX-License-Identifier: MIT */
/*
 * tail: the last lines of files.
 *
 * Usage: tail [-f] [-n [+]lines] [-c [+]bytes] [-lines] [file ...]
 *   +N   from line (byte) N on
 *   -f   then wait for more to be added, for ever
 *
 * The text is read into memory, from a file only what may be needed: its end
 * is searched backwards, block by block, for enough newlines.
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

/* Skip the first limit - 1 lines or bytes of text. */
static size_t
start_from_front(const char *text, size_t size)
{
    uint64_t left = limit > 0 ? limit - 1 : 0;
    size_t at = 0;

    for (; at < size && left > 0; at++)
        left -= by_bytes || text[at] == '\n';
    return at;
}

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

/* Move a regular file's position to a place from which enough is left. */
static void
skip_beginning(int fd)
{
    off_t size = lseek(fd, 0, SEEK_END), at = size;
    uint64_t lines = 0;
    char buf[BLOCK_BYTES];

    if (size < 0)
        return;
    if (from_start)
        at = 0;
    else if (by_bytes)
        at = limit < (uint64_t)size ? size - (off_t)limit : 0;
    while (!by_bytes && at > 0 && lines <= limit) {
        off_t step = at > BLOCK_BYTES ? BLOCK_BYTES : at;
        ssize_t n;

        at -= step;
        n = pread(fd, buf, (size_t)step, at);
        for (ssize_t i = 0; i < n; i++)
            lines += buf[i] == '\n';
    }
    lseek(fd, at, SEEK_SET);
}

static int
tail_fd(int fd, const char *name)
{
    size_t size, start;
    struct stat st;
    char *text;

    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0)
        skip_beginning(fd);
    text = read_whole_fd(fd, &size);
    if (text == NULL)
        return complain(name);
    start =
        from_start ? start_from_front(text, size) : start_of_last(text, size);
    fwrite(text + start, 1, size - start, stdout);
    free(text);
    return 0;
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
