/* SPDX-License-Identifier: MIT */
/*
 * cp: copy files.
 *
 * Usage: cp [-rpfa] from to
 *        cp [-rpfa] from ... dir
 *   -r   directories with all they hold; links and devices as what they are
 *   -p   keep the mode, the owner and the times
 *   -f   remove a file that cannot be opened for writing, and try again
 *   -a   -r, -p, and a link on the command line as a link
 *
 * Several names of one file (hard links) stay names of one file: the copy of
 * each is remembered until the end.
 *
 * Not done: -i, -u, holes stay holes.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "util.h"

static bool recursive, keep, force, keep_links;

/* A file with several names, and the name of its copy. */
struct copied {
    struct copied *next;
    dev_t dev;
    ino_t ino;
    char *name;
};

static struct copied *copied_files;

/* The directory that is being made, which must not be copied into itself. */
static struct stat top;

/* Link to an earlier copy of the same file. => false: there is none */
static bool
link_to_copy(const struct stat *st, const char *to)
{
    struct copied *copied;

    if (st->st_nlink < 2 || !recursive || S_ISDIR(st->st_mode))
        return false;
    for (copied = copied_files; copied != NULL; copied = copied->next)
        if (copied->dev == st->st_dev && copied->ino == st->st_ino)
            return link(copied->name, to) == 0;
    copied = must_malloc(sizeof(*copied));
    *copied =
        (struct copied){copied_files, st->st_dev, st->st_ino, must_strdup(to)};
    copied_files = copied;
    return false;
}

static int
keep_attributes(const char *to, const struct stat *st)
{
    mode_t mode = st->st_mode & 07777;

    if (!keep)
        return 0;
    if (lchown(to, st->st_uid, st->st_gid) < 0) {
        if (errno != EPERM)
            return complain(to);
        mode &= 01777; /* a right to be another is not for the new owner */
    }
    if (!S_ISLNK(st->st_mode) && chmod(to, mode) < 0)
        return complain(to);
    return copy_times(to, st) < 0 ? complain(to) : 0;
}

static int
open_target(const char *to, mode_t mode)
{
    int fd = open(to, O_WRONLY | O_CREAT | O_TRUNC, mode & 0777);

    if (fd < 0 && force && unlink(to) == 0)
        fd = open(to, O_WRONLY | O_CREAT | O_TRUNC, mode & 0777);
    return fd;
}

static int
copy_file(const char *from, const char *to, const struct stat *st)
{
    int in, out, result;

    in = open(from, O_RDONLY);
    if (in < 0)
        return complain(from);
    out = open_target(to, st->st_mode);
    if (out < 0) {
        close(in);
        return complain(to);
    }
    result = copy_fd(in, out);
    if (result != 0)
        complain(result == -1 ? from : to);
    close(in);
    if (close(out) < 0 && result == 0)
        result = complain(to);
    return result != 0;
}

static int
copy_link(const char *from, const char *to)
{
    char target[PATH_MAX];
    ssize_t n = readlink(from, target, sizeof(target) - 1);

    if (n < 0)
        return complain(from);
    target[n] = '\0';
    if (symlink(target, to) == 0)
        return 0;
    if (errno == EEXIST && unlink(to) == 0 && symlink(target, to) == 0)
        return 0;
    return complain(to);
}

/* Make a directory unless there is one. => false (errno) */
static bool
make_dir(const char *path, mode_t mode)
{
    struct stat st;

    if (mkdir(path, mode) < 0 && errno != EEXIST)
        return false;
    if (stat(path, &st) < 0)
        return false;
    errno = ENOTDIR;
    if (top.st_ino == 0)
        top = st;
    return S_ISDIR(st.st_mode);
}

static int copy_path(const char *from, const char *to, bool follow);

static int
copy_tree(const char *from, const char *to, const struct stat *st)
{
    char **names;
    int status = 0;

    if (!recursive)
        return complain_about(from, "is a directory (use -r)");
    if (st->st_ino == top.st_ino && st->st_dev == top.st_dev)
        return complain_about(from, "cannot be copied into itself");
    /* The names come before the new directory exists: `cp -r . new` ends. */
    names = list_dir(from, NULL);
    if (names == NULL)
        return complain(from);
    if (!make_dir(to, (st->st_mode & 0777) | S_IRWXU)) {
        free_list(names);
        return complain(to);
    }
    for (char **name = names; *name != NULL; name++) {
        char *source = path_join(from, *name), *target = path_join(to, *name);

        status |= copy_path(source, target, false);
        free(source);
        free(target);
    }
    free_list(names);
    if (!keep && (st->st_mode & S_IRWXU) != S_IRWXU)
        chmod(to, st->st_mode & 0777);
    return status;
}

static int
copy_path(const char *from, const char *to, bool follow)
{
    struct stat st, target;
    int status;

    if ((follow ? stat(from, &st) : lstat(from, &st)) < 0)
        return complain(from);
    if (stat(to, &target) == 0 && target.st_dev == st.st_dev &&
        target.st_ino == st.st_ino)
        return complain_about(to, "is the same file");
    if (link_to_copy(&st, to))
        return 0;
    if (S_ISDIR(st.st_mode))
        status = copy_tree(from, to, &st);
    else if (S_ISLNK(st.st_mode))
        status = copy_link(from, to);
    else if (S_ISREG(st.st_mode) || !recursive)
        status = copy_file(from, to, &st);
    else
        status = mknod(to, st.st_mode, st.st_rdev) < 0 ? complain(to) : 0;
    return status != 0 ? status : keep_attributes(to, &st);
}

/* dir/name for the last part of `from`, without slashes at its end. */
static char *
inside(const char *dir, const char *from)
{
    char *path = path_join(dir, path_tail(from));
    size_t length = strlen(path);

    while (length > 1 && path[length - 1] == '/')
        path[--length] = '\0';
    return path;
}

int
main(int argc, char **argv)
{
    static const char help[] = "[-rpfa] from ... to";
    struct stat st;
    int option, status = 0;
    bool into;

    prog_init(argv);
    while ((option = getopt(argc, argv, "rRpfad")) != -1) {
        if (option == 'r' || option == 'R' || option == 'a')
            recursive = true;
        if (option == 'p' || option == 'a')
            keep = true;
        if (option == 'd' || option == 'a')
            keep_links = true;
        if (option == 'f')
            force = true;
        if (option == '?')
            usage(help);
    }
    if (argc - optind < 2)
        usage(help);
    into = stat(argv[argc - 1], &st) == 0 && S_ISDIR(st.st_mode);
    if (argc - optind > 2 && !into)
        die_about(argv[argc - 1], "is not a directory");
    for (int i = optind; i < argc - 1; i++) {
        char *to = into ? inside(argv[argc - 1], argv[i])
                        : must_strdup(argv[argc - 1]);

        top.st_ino = 0;
        status |= copy_path(argv[i], to, !keep_links && !recursive);
        free(to);
    }
    return status;
}
