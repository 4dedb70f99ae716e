/* SPDX-License-Identifier: MIT */
/*
 * rm: remove files.
 *
 * Usage: rm [-rfi] file ...
 *   -r   directories with all they hold (-R is the same)
 *   -f   no questions, and no error if a file does not exist
 *   -i   ask before each
 *
 * A symbolic link is removed itself. ".", ".." and "/" are refused.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "util.h"

static bool recursive, force, ask;

static bool
agreed(const char *path)
{
    char answer[16];

    if (!ask)
        return true;
    fprintf(stderr, "%s: remove '%s'? ", prog, path);
    return fgets(answer, sizeof(answer), stdin) != NULL &&
           (answer[0] == 'y' || answer[0] == 'Y');
}

static int remove_path(const char *path);

static int
remove_tree(const char *path)
{
    char **names = list_dir(path, NULL);
    int status = 0;

    if (names == NULL)
        return complain(path);
    for (char **name = names; *name != NULL; name++) {
        char *child = path_join(path, *name);

        status |= remove_path(child);
        free(child);
    }
    free_list(names);
    if (agreed(path) && rmdir(path) < 0)
        status = complain(path);
    return status;
}

static int
remove_path(const char *path)
{
    struct stat st;

    if (lstat(path, &st) < 0)
        return force && (errno == ENOENT || errno == ENOTDIR) ? 0
                                                              : complain(path);
    if (S_ISDIR(st.st_mode) && recursive)
        return remove_tree(path);
    if (S_ISDIR(st.st_mode))
        return complain_about(path, strerror(EISDIR));
    return agreed(path) && unlink(path) < 0 ? complain(path) : 0;
}

static bool
is_refused(const char *path)
{
    const char *tail = path_tail(path);
    size_t length = strcspn(tail, "/");

    return tail[0] == '/' || (length == 1 && tail[0] == '.') ||
           (length == 2 && tail[0] == '.' && tail[1] == '.');
}

int
main(int argc, char **argv)
{
    int option, status = 0;

    prog_init(argv);
    while ((option = getopt(argc, argv, "rRfi")) != -1) {
        if (option == 'r' || option == 'R')
            recursive = true;
        else if (option == 'f')
            force = true;
        else if (option == 'i')
            ask = true;
        else
            usage("[-rfi] file ...");
    }
    if (force)
        ask = false;
    if (optind == argc && !force)
        usage("[-rfi] file ...");
    for (int i = optind; i < argc; i++) {
        if (is_refused(argv[i]))
            status = complain_about(argv[i], "refusing to remove ., .. or /");
        else
            status |= remove_path(argv[i]);
    }
    return status;
}
