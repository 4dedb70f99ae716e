/* SPDX-License-Identifier: MIT */
/*
 * which: print where commands are found.
 *
 * Usage: which [-a] command ...
 *   -a   all places in PATH, not only the first
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "util.h"

static bool
is_program(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
           access(path, X_OK) == 0;
}

/* => false if it is nowhere */
static bool
find_command(const char *name, bool all)
{
    const char *path = getenv("PATH");
    char *dirs = must_strdup(path != NULL ? path : "/bin");
    bool found = false;

    if (strchr(name, '/') != NULL) {
        found = is_program(name);
        if (found)
            puts(name);
        free(dirs);
        return found;
    }
    for (char *dir = strtok(dirs, ":"); dir != NULL && (all || !found);
         dir = strtok(NULL, ":")) {
        char *candidate = path_join(dir, name);

        if (is_program(candidate)) {
            puts(candidate);
            found = true;
        }
        free(candidate);
    }
    free(dirs);
    return found;
}

int
main(int argc, char **argv)
{
    bool all = false;
    int option, status = 0;

    prog_init(argv);
    while ((option = getopt(argc, argv, "a")) != -1) {
        if (option == '?')
            usage("[-a] command ...");
        all = true;
    }
    for (int i = optind; i < argc; i++)
        if (!find_command(argv[i], all))
            status = 1;
    return finish(status);
}
