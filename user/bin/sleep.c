/* SPDX-License-Identifier: MIT */
/*
 * sleep: wait.
 *
 * Usage: sleep number[smhd] ...    fractions allowed; the sum is waited for
 */
#include <time.h>
#include <unistd.h>
#include "util.h"

enum { NS_PER_SECOND = 1000000000 };

int
main(int argc, char **argv)
{
    uint64_t total = 0, part;
    struct timespec wait;

    prog_init(argv);
    if (argc < 2)
        usage("number[smhd] ...");
    for (int i = 1; i < argc; i++) {
        if (!parse_duration(argv[i], &part))
            die_about(argv[i], "not a time");
        total += part;
    }
    wait.tv_sec = (time_t)(total / NS_PER_SECOND);
    wait.tv_nsec = (long)(total % NS_PER_SECOND);
    if (nanosleep(&wait, NULL) < 0)
        die("nanosleep");
    return 0;
}
