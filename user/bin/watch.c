/* SPDX-License-Identifier: MIT */
/*
 * watch: run a command again and again, on a clear screen.
 *
 * Usage: watch [-n seconds] [-c count] command [word ...]
 *   -n   the pause between, 2 if not given    -c   end after so many runs
 * The words are joined and given to the shell.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "util.h"

enum { NS_PER_SECOND = 1000000000 };

static char *
join(char **words)
{
    size_t size = 1;
    char *line;

    for (char **word = words; *word != NULL; word++)
        size += strlen(*word) + 1;
    line = must_malloc(size);
    line[0] = '\0';
    for (char **word = words; *word != NULL; word++) {
        strcat(line, *word);
        if (word[1] != NULL)
            strcat(line, " ");
    }
    return line;
}

static void
run(const char *line)
{
    pid_t pid = fork();

    if (pid < 0)
        die("fork");
    if (pid == 0) {
        execl("/bin/sh", "sh", "-c", line, (char *)NULL);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
}

int
main(int argc, char **argv)
{
    static const char help[] = "[-n seconds] [-c count] command ...";
    uint64_t pause_ns = 2ull * NS_PER_SECOND;
    long long count = -1;
    struct timespec wait;
    const char *line;
    int option;

    prog_init(argv);
    while ((option = getopt(argc, argv, "+n:c:")) != -1)
        if (option == '?' ||
            (option == 'n' && !parse_duration(optarg, &pause_ns)) ||
            (option == 'c' && !parse_number(optarg, &count)))
            usage(help);
    if (optind == argc)
        usage(help);
    line = join(argv + optind);
    wait.tv_sec = (time_t)(pause_ns / NS_PER_SECOND);
    wait.tv_nsec = (long)(pause_ns % NS_PER_SECOND);
    while (count != 0) {
        printf("\033[H\033[2J%s: %s\n\n", prog, line);
        fflush(stdout);
        run(line);
        if (count > 0)
            count--;
        if (count != 0)
            nanosleep(&wait, NULL);
    }
    return 0;
}
