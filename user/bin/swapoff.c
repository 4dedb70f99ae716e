/* SPDX-License-Identifier: MIT */
/*
 * swapoff: stop using swap areas; what is there comes back to memory first.
 *
 * Usage: swapoff device ... | -a
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/swap.h>
#include <unistd.h>
#include "util.h"

/* Every line of /proc/swaps but the first starts with a device. */
static int
leave_all(void)
{
    char *text = read_whole("/proc/swaps", NULL), *line;
    int status = 0;

    if (text == NULL)
        die("/proc/swaps");
    line = strtok(text, "\n");
    while ((line = strtok(NULL, "\n")) != NULL) {
        line[strcspn(line, " \t")] = '\0';
        if (swapoff(line) < 0)
            status = complain(line);
    }
    free(text);
    return status;
}

int
main(int argc, char **argv)
{
    int status = 0;

    prog_init(argv);
    if (argc < 2)
        usage("device ... | -a");
    if (strcmp(argv[1], "-a") == 0)
        return leave_all();
    for (int i = 1; i < argc; i++)
        if (swapoff(argv[i]) < 0)
            status = complain(argv[i]);
    return status;
}
