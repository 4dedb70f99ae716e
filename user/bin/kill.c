/* SPDX-License-Identifier: MIT */
/*
 * kill: send a signal to processes.
 *
 * Usage: kill [-s name | -name | -number] pid ...    -pid is a group
 *        kill -l [number ...]                        the names of signals
 */
#include <ctype.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "util.h"

enum { EXIT_STATUS_OF_SIGNAL = 128 };

static const char *const names[] = {
    "EXIT",   "HUP",  "INT",    "QUIT", "ILL",   "TRAP", "ABRT", "BUS",
    "FPE",    "KILL", "USR1",   "SEGV", "USR2",  "PIPE", "ALRM", "TERM",
    "STKFLT", "CHLD", "CONT",   "STOP", "TSTP",  "TTIN", "TTOU", "URG",
    "XCPU",   "XFSZ", "VTALRM", "PROF", "WINCH", "IO",   "PWR",  "SYS",
};

enum { NAME_COUNT = sizeof(names) / sizeof(names[0]), SIGNAL_MAX = 64 };

/* The number of a signal by number or name, with or without SIG; or -1. */
static int
find_signal(const char *text)
{
    long long number;

    if (parse_number(text, &number))
        return number >= 0 && number <= SIGNAL_MAX ? (int)number : -1;
    if (strncasecmp(text, "SIG", 3) == 0)
        text += 3;
    for (int i = 0; i < NAME_COUNT; i++)
        if (strcasecmp(text, names[i]) == 0)
            return i;
    return -1;
}

static int
list_signals(char **words)
{
    if (*words == NULL)
        for (int i = 1; i < NAME_COUNT; i++)
            printf("%2d %s\n", i, names[i]);
    for (; *words != NULL; words++) {
        int signal = find_signal(*words);
        long long number;

        if (signal < 0 && parse_number(*words, &number))
            signal = (int)(number - EXIT_STATUS_OF_SIGNAL);
        if (signal < 0 || signal >= NAME_COUNT)
            die_about(*words, "unknown signal");
        if (isdigit((unsigned char)(*words)[0]))
            puts(names[signal]);
        else
            printf("%d\n", signal);
    }
    return finish(0);
}

int
main(int argc, char **argv)
{
    static const char help[] = "[-s signal | -signal] pid ... | -l [number]";
    int signal = SIGTERM, i = 1, status = 0;

    prog_init(argv);
    if (argc > 1 && strcmp(argv[1], "-l") == 0)
        return list_signals(argv + 2);
    if (argc > 2 && argv[1][0] == '-' && strcmp(argv[1], "--") != 0) {
        const char *name = argv[1] + 1;

        i = 2;
        if (strcmp(name, "s") == 0 || strcmp(name, "n") == 0)
            name = argv[i++];
        signal = find_signal(name);
        if (signal < 0)
            die_about(name, "unknown signal");
    }
    if (i < argc && strcmp(argv[i], "--") == 0)
        i++;
    if (i >= argc)
        usage(help);
    for (; i < argc; i++) {
        long long pid;

        if (!parse_number(argv[i], &pid) || pid != (pid_t)pid)
            status = complain_about(argv[i], "not a process number");
        else if (kill((pid_t)pid, signal) < 0)
            status = complain(argv[i]);
    }
    return status;
}
