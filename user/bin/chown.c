/* SPDX-License-Identifier: MIT */
/*
 * chown: change the owner and the group.
 *
 * Usage: chown [-Rh] [user][:group] file ...
 *   -R   directories with all they hold
 *   -h   a symbolic link itself, not what it names
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "util.h"

static bool recursive, no_follow;
static uid_t uid = (uid_t)-1;
static gid_t gid = (gid_t)-1;

static int
change(const char *path)
{
    struct stat st;
    char **names;
    int status = 0;

    if (lstat(path, &st) < 0)
        return complain(path);
    if ((no_follow || recursive ? lchown(path, uid, gid)
                                : chown(path, uid, gid)) < 0)
        return complain(path);
    if (!recursive || !S_ISDIR(st.st_mode))
        return 0;
    names = list_dir(path, NULL);
    if (names == NULL)
        return complain(path);
    for (char **name = names; *name != NULL; name++) {
        char *child = path_join(path, *name);

        status |= change(child);
        free(child);
    }
    free_list(names);
    return status;
}

static void
parse_owner(char *text)
{
    char *colon = strchr(text, ':');

    if (colon != NULL)
        *colon++ = '\0';
    if (text[0] != '\0' && !find_user(text, &uid))
        die_about(text, "no such user");
    if (colon != NULL && colon[0] != '\0' && !find_group(colon, &gid))
        die_about(colon, "no such group");
}

int
main(int argc, char **argv)
{
    static const char help[] = "[-Rh] [user][:group] file ...";
    int option, status = 0;

    prog_init(argv);
    while ((option = getopt(argc, argv, "Rh")) != -1) {
        if (option == 'R')
            recursive = true;
        else if (option == 'h')
            no_follow = true;
        else
            usage(help);
    }
    if (argc - optind < 2)
        usage(help);
    parse_owner(argv[optind]);
    for (int i = optind + 1; i < argc; i++)
        status |= change(argv[i]);
    return status;
}
