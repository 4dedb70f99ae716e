/* SPDX-License-Identifier: MIT */
/*
 * env: run a command in another environment, or show the environment.
 *
 * Usage: env [-i] [-u name] [name=value ...] [command [word ...]]
 *   -i   start with nothing    -u   without that variable
 * Exit status: the command's; 126 if it could not be run, 127 not be found.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "util.h"

int
main(int argc, char **argv)
{
    static char *nothing[] = {NULL};
    int option, i;

    prog_init(argv);
    while ((option = getopt(argc, argv, "+iu:")) != -1) {
        if (option == 'i')
            environ = nothing;
        else if (option == 'u')
            unsetenv(optarg);
        else
            usage("[-i] [-u name] [name=value ...] [command ...]");
    }
    for (i = optind; i < argc && strchr(argv[i], '=') != NULL; i++)
        putenv(argv[i]);
    if (i < argc) {
        execvp(argv[i], argv + i);
        complain(argv[i]);
        return errno == ENOENT ? 127 : 126;
    }
    for (char **variable = environ; *variable != NULL; variable++)
        puts(*variable);
    return finish(0);
}
