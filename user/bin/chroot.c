/* SPDX-License-Identifier: MIT */
/*
 * chroot: run a command with another directory as its root.
 *
 * Usage: chroot dir [command [word ...]]    the shell if none is given
 */
#include <errno.h>
#include <unistd.h>
#include "util.h"

int
main(int argc, char **argv)
{
    static char shell[] = "/bin/sh", *only_shell[] = {shell, NULL};
    char **command = argc > 2 ? argv + 2 : only_shell;

    prog_init(argv);
    if (argc < 2)
        usage("dir [command [word ...]]");
    if (chroot(argv[1]) < 0 || chdir("/") < 0)
        die(argv[1]);
    execvp(command[0], command);
    complain(command[0]);
    return errno == ENOENT ? 127 : 126;
}
