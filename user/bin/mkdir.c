/* SPDX-License-Identifier: MIT */
/*
 * mkdir: make directories.
 *
 * Usage: mkdir [-p] [-m mode] dir ...
 *   -p   make missing parents; no error if it exists already
 *   -m   its permissions, as for chmod
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "util.h"

/* Make the directory unless there is one. => false (errno) */
static bool
make_one(const char *path)
{
    struct stat st;

    if (mkdir(path, 0777) == 0)
        return true;
    if (errno == EEXIST && stat(path, &st) == 0 && !S_ISDIR(st.st_mode))
        errno = ENOTDIR;
    else if (errno == EEXIST)
        return true;
    return false;
}

static int
make_parents(char *path)
{
    for (char *p = path + 1; *p != '\0'; p++) {
        bool made;

        if (*p != '/' || p[1] == '/' || p[1] == '\0')
            continue;
        *p = '\0';
        made = make_one(path);
        if (!made)
            complain(path);
        *p = '/';
        if (!made)
            return 1;
    }
    return 0;
}

static int
make_dir(char *path, bool parents, const mode_t *mode)
{
    if (parents && make_parents(path) != 0)
        return 1;
    if (parents ? !make_one(path) : mkdir(path, 0777) < 0)
        return complain(path);
    if (mode != NULL && chmod(path, *mode & 07777) < 0)
        return complain(path);
    return 0;
}

int
main(int argc, char **argv)
{
    bool parents = false, explicit_mode = false;
    int option, status = 0;
    mode_t mode;

    prog_init(argv);
    while ((option = getopt(argc, argv, "pm:")) != -1) {
        if (option == '?')
            usage("[-p] [-m mode] dir ...");
        parents |= option == 'p';
        explicit_mode |= option == 'm';
        if (option == 'm' && !parse_mode(optarg, S_IFDIR | 0777, &mode))
            die_about(optarg, "invalid mode");
    }
    if (optind == argc)
        usage("[-p] [-m mode] dir ...");
    for (int i = optind; i < argc; i++)
        status |= make_dir(argv[i], parents, explicit_mode ? &mode : NULL);
    return status;
}
