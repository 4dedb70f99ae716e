/* SPDX-License-Identifier: MIT */
/*
 * swapon: use swap areas.
 *
 * Usage: swapon [-p priority] device ...
 *        swapon -a     all swap lines of /etc/fstab
 *        swapon [-s]   show which are used
 * Of several areas the one with the highest priority is filled first.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/swap.h>
#include <unistd.h>
#include "util.h"

static int
show_areas(void)
{
    char *text = read_whole("/proc/swaps", NULL);

    if (text == NULL)
        die("/proc/swaps");
    fputs(text, stdout);
    free(text);
    return finish(0);
}

static int
use_all(int flags)
{
    char *text = read_whole("/etc/fstab", NULL);
    char device[256], dir[256], type[256];
    int status = 0;

    if (text == NULL)
        die("/etc/fstab");
    for (char *line = strtok(text, "\n"); line != NULL;
         line = strtok(NULL, "\n"))
        if (line[0] != '#' &&
            sscanf(line, "%255s %255s %255s", device, dir, type) == 3 &&
            strcmp(type, "swap") == 0 && swapon(device, flags) < 0 &&
            errno != EBUSY)
            status = complain(device);
    free(text);
    return status;
}

int
main(int argc, char **argv)
{
    static const char help[] = "[-p priority] device ... | -a | -s";
    bool all = false, show = false;
    long long priority;
    int option, status = 0, flags = 0;

    prog_init(argv);
    while ((option = getopt(argc, argv, "ap:s")) != -1) {
        if (option == '?')
            usage(help);
        all |= option == 'a';
        show |= option == 's';
        if (option != 'p')
            continue;
        if (!parse_number(optarg, &priority) || priority < 0 ||
            priority > SWAP_FLAG_PRIO_MASK)
            die_about(optarg, "not a priority (0 to 32767)");
        flags = SWAP_FLAG_PREFER | (int)priority << SWAP_FLAG_PRIO_SHIFT;
    }
    if (all)
        return use_all(flags);
    if (show || optind == argc)
        return show_areas();
    for (int i = optind; i < argc; i++)
        if (swapon(argv[i], flags) < 0)
            status = complain(argv[i]);
    return status;
}
