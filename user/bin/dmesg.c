/* SPDX-License-Identifier: MIT */
/*
 * dmesg: show the kernel's log.
 *
 * Usage: dmesg [-rcCw] [-n level]
 *   -r   as it is, with the level of each line    -c  then clear it
 *   -C   only clear it                            -w  then wait for more
 *   -n   messages of lower levels appear on the console
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <unistd.h>
#include "util.h"

enum { /* actions of syslog(2) */
       READ_NEW = 2,
       READ_ALL = 3,
       READ_AND_CLEAR = 4,
       CLEAR = 5,
       SET_CONSOLE_LEVEL = 8,
       BUFFER_SIZE = 10,
};

/* Print the text; without the "<6>" in front of each line unless raw. */
static void
print_log(const char *text, size_t size, bool raw)
{
    static bool line_start = true, in_level;

    for (size_t i = 0; i < size; i++) {
        if (line_start && text[i] == '<' && !raw)
            in_level = true;
        line_start = text[i] == '\n';
        if (!in_level)
            putchar(text[i]);
        if (text[i] == '>')
            in_level = false;
    }
    fflush(stdout);
}

static void
follow(char *buf, int size, bool raw)
{
    for (;;) {
        int n = klogctl(READ_NEW, buf, size);

        if (n < 0)
            die("syslog");
        print_log(buf, (size_t)n, raw);
    }
}

int
main(int argc, char **argv)
{
    int option, size, n, action = READ_ALL;
    bool raw = false, wait = false;
    char *buf;

    prog_init(argv);
    while ((option = getopt(argc, argv, "rcCwn:")) != -1) {
        if (option == 'n')
            return klogctl(SET_CONSOLE_LEVEL, NULL, atoi(optarg)) < 0
                       ? complain("syslog")
                       : 0;
        if (option == 'C')
            return klogctl(CLEAR, NULL, 0) < 0 ? complain("syslog") : 0;
        if (option == '?')
            usage("[-rcCw] [-n level]");
        raw |= option == 'r';
        wait |= option == 'w';
        if (option == 'c')
            action = READ_AND_CLEAR;
    }
    size = klogctl(BUFFER_SIZE, NULL, 0);
    if (size <= 0)
        die("syslog");
    buf = must_malloc((size_t)size);
    n = klogctl(action, buf, size);
    if (n < 0)
        die("syslog");
    print_log(buf, (size_t)n, raw);
    if (wait)
        follow(buf, size, raw);
    return finish(0);
}
