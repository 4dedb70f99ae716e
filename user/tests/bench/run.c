/* SPDX-License-Identifier: MIT */
/*
 * run.c: what a command costs, in instructions: its own, the kernel's for it,
 * and those of what runs beside it, as the flusher does; idle ones not.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "util.h"
#include "bench.h"

void
print_command(char **argv)
{
    int status;
    pid_t pid;

    start();
    pid = fork();
    need(pid >= 0, "fork");
    if (pid == 0) {
        execvp(argv[0], argv);
        die(argv[0]);
    }
    need(waitpid(pid, &status, 0) == pid, "wait");
    printf("%llu instructions\n", (unsigned long long)stop(1));
    if (status != 0)
        exit(1);
}
