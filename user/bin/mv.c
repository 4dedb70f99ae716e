/* SPDX-License-Identifier: MIT */
/*
 * mv: rename files.
 *
 * Usage: mv [-fi] from to
 *        mv [-fi] from ... dir
 *   -f   no questions (the default)
 *   -i   ask before replacing a file
 *
 * To another file system a file cannot be renamed: it is copied by `cp -a`
 * and removed by `rm -rf`.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "util.h"

static bool ask;

/* Run a program with an option and one or two operands. => its status */
static int
run(const char *program, const char *option, const char *a, const char *b)
{
    int status;
    pid_t pid = fork();

    if (pid < 0)
        return complain("fork");
    if (pid == 0) {
        execlp(program, program, option, "--", a, b, (char *)NULL);
        _exit(complain(program));
    }
    if (waitpid(pid, &status, 0) < 0)
        return complain("wait");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static bool
agreed(const char *to)
{
    char answer[16];

    if (!ask || access(to, F_OK) < 0)
        return true;
    fprintf(stderr, "%s: replace '%s'? ", prog, to);
    return fgets(answer, sizeof(answer), stdin) != NULL &&
           (answer[0] == 'y' || answer[0] == 'Y');
}

static int
move(const char *from, const char *to)
{
    if (!agreed(to) || rename(from, to) == 0)
        return 0;
    if (errno != EXDEV)
        return complain(from);
    if (run("cp", "-af", from, to) != 0)
        return 1;
    return run("rm", "-rf", from, NULL);
}

int
main(int argc, char **argv)
{
    static const char help[] = "[-fi] from ... to";
    struct stat st;
    int option, status = 0;
    const char *last;

    prog_init(argv);
    while ((option = getopt(argc, argv, "fi")) != -1) {
        if (option == '?')
            usage(help);
        ask = option == 'i';
    }
    if (argc - optind < 2)
        usage(help);
    last = argv[argc - 1];
    if (stat(last, &st) < 0 || !S_ISDIR(st.st_mode)) {
        if (argc - optind > 2)
            die_about(last, "is not a directory");
        return move(argv[optind], last);
    }
    for (int i = optind; i < argc - 1; i++) {
        char *to = path_join(last, path_tail(argv[i]));

        status |= move(argv[i], to);
        free(to);
    }
    return status;
}
