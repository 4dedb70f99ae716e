/* SPDX-License-Identifier: MIT */
/*
 * chmod: change permissions.
 *
 * Usage: chmod [-R] mode file ...
 *   -R   directories with all they hold
 * The mode is octal (755) or symbolic (u+x,go-w).
 *
 * Not done: the rights of another class (g=u).
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "util.h"

static int
change(const char *path, const char *text, bool recursive)
{
    struct stat st;
    mode_t mode;
    char **names;
    int status = 0;

    if (lstat(path, &st) < 0 ||
        (!recursive && S_ISLNK(st.st_mode) && stat(path, &st) < 0))
        return complain(path);
    if (S_ISLNK(st.st_mode))
        return 0;
    if (!parse_mode(text, st.st_mode, &mode))
        die_about(text, "invalid mode");
    if (chmod(path, mode & 07777) < 0)
        return complain(path);
    if (!recursive || !S_ISDIR(st.st_mode))
        return 0;
    names = list_dir(path, NULL);
    if (names == NULL)
        return complain(path);
    for (char **name = names; *name != NULL; name++) {
        char *child = path_join(path, *name);

        status |= change(child, text, true);
        free(child);
    }
    free_list(names);
    return status;
}

int
main(int argc, char **argv)
{
    bool recursive = false;
    int i = 1, status = 0;

    /* No getopt: `chmod -x file` names a mode. */
    prog_init(argv);
    if (i < argc && strcmp(argv[i], "-R") == 0) {
        recursive = true;
        i++;
    }
    if (i < argc && strcmp(argv[i], "--") == 0)
        i++;
    if (argc - i < 2)
        usage("[-R] mode file ...");
    for (int file = i + 1; file < argc; file++)
        status |= change(argv[file], argv[i], recursive);
    return status;
}
