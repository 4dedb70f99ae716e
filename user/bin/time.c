/* SPDX-License-Identifier: MIT */
/*
 * time: run a command and say how long it took.
 *
 * Usage: time [-v] command [word ...]
 *   -v   its page faults, memory and context switches, too
 * real is the time that passed, user and sys what the command and its children
 * computed. Exit status: the command's.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "util.h"

enum { US_PER_SECOND = 1000000, MS_PER_SECOND = 1000, US_PER_MS = 1000 };

static long long
now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000;
}

static void
print_us(const char *name, long long us)
{
    long long ms = us / US_PER_MS;

    fprintf(stderr, "%s\t%lldm%lld.%03llds\n", name, ms / MS_PER_SECOND / 60,
            ms / MS_PER_SECOND % 60, ms % MS_PER_SECOND);
}

static long long
timeval_us(const struct timeval *tv)
{
    return (long long)tv->tv_sec * US_PER_SECOND + tv->tv_usec;
}

static void
print_details(const struct rusage *usage_of)
{
    fprintf(stderr, "largest resident set\t%ld kB\n", usage_of->ru_maxrss);
    fprintf(stderr, "major page faults\t%ld\n", usage_of->ru_majflt);
    fprintf(stderr, "minor page faults\t%ld\n", usage_of->ru_minflt);
    fprintf(stderr, "voluntary switches\t%ld\n", usage_of->ru_nvcsw);
    fprintf(stderr, "involuntary switches\t%ld\n", usage_of->ru_nivcsw);
}

int
main(int argc, char **argv)
{
    struct rusage used = {0};
    long long start = now_us();
    bool details = false;
    int option, status;
    pid_t pid;

    prog_init(argv);
    while ((option = getopt(argc, argv, "+vp")) != -1) {
        if (option == '?')
            usage("[-v] command [word ...]");
        details |= option == 'v';
    }
    if (optind == argc)
        usage("[-v] command [word ...]");
    pid = fork();
    if (pid < 0)
        die("fork");
    if (pid == 0) {
        execvp(argv[optind], argv + optind);
        complain(argv[optind]);
        _exit(errno == ENOENT ? 127 : 126);
    }
    signal(SIGINT, SIG_IGN);
    signal(SIGQUIT, SIG_IGN);
    if (wait4(pid, &status, 0, &used) < 0)
        die("wait");
    print_us("real", now_us() - start);
    print_us("user", timeval_us(&used.ru_utime));
    print_us("sys", timeval_us(&used.ru_stime));
    if (details)
        print_details(&used);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
