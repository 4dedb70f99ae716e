/* SPDX-License-Identifier: MIT */
/*
 * ln: make another name for a file.
 *
 * Usage: ln [-s] [-f] target [name]
 *        ln [-s] [-f] target ... dir
 *   -s   a symbolic link, which holds the target as text
 *   -f   replace the name if it exists
 *   -n   a name that is a link to a directory is replaced, not followed
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include "util.h"

static bool symbolic, force, no_follow;

static bool
make_link(const char *target, const char *name)
{
    return (symbolic ? symlink(target, name) : link(target, name)) == 0;
}

/* Another name, perhaps the same one, for one file? */
static bool
same_file(const char *a, const char *b)
{
    struct stat x, y;

    return lstat(a, &x) == 0 && lstat(b, &y) == 0 && x.st_dev == y.st_dev &&
           x.st_ino == y.st_ino;
}

/* The old name goes only when nothing else is in the way of the new one. */
static int
link_one(const char *target, const char *name)
{
    if (make_link(target, name))
        return 0;
    if (!force || errno != EEXIST)
        return complain(name);
    if (!symbolic && same_file(target, name))
        return complain_about(name, "is the same file");
    return unlink(name) == 0 && make_link(target, name) ? 0 : complain(name);
}

static bool
is_dir(const char *path)
{
    struct stat st;

    if ((no_follow ? lstat(path, &st) : stat(path, &st)) < 0)
        return false;
    return S_ISDIR(st.st_mode);
}

static int
link_into(const char *target, const char *dir)
{
    char *name = path_join(dir, path_tail(target));
    int status = link_one(target, name);

    free(name);
    return status;
}

int
main(int argc, char **argv)
{
    static const char help[] = "[-sfn] target ... [name or dir]";
    int option, status = 0;
    const char *last;

    prog_init(argv);
    while ((option = getopt(argc, argv, "sfn")) != -1) {
        if (option == 's')
            symbolic = true;
        else if (option == 'f')
            force = true;
        else if (option == 'n')
            no_follow = true;
        else
            usage(help);
    }
    if (optind == argc)
        usage(help);
    if (optind + 1 == argc)
        return link_into(argv[optind], ".");
    last = argv[argc - 1];
    if (optind + 2 == argc && !is_dir(last))
        return link_one(argv[optind], last);
    for (int i = optind; i < argc - 1; i++)
        status |= link_into(argv[i], last);
    return status;
}
