/* SPDX-License-Identifier: MIT */
/*
 * umount: detach a file system.
 *
 * Usage: umount [-l] [-r] dir|device ...
 *   -l   now, and let go of it when nothing uses it any more
 *   -r   if that fails, make it read-only at least
 *   -a   all but the root
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>
#include "util.h"

enum { MAX_MOUNTS = 64 };

static bool lazy, read_only;

/* The directories of /proc/mounts, in order; a device's line gives its own. */
static int
read_mounts(const char *device, char *dirs[MAX_MOUNTS])
{
    char *text = read_whole("/proc/mounts", NULL), name[256], dir[256];
    int count = 0;

    for (char *line = text; line != NULL && *line != '\0';) {
        char *end = strchr(line, '\n');

        if (sscanf(line, "%255s %255s", name, dir) == 2 &&
            (device == NULL || strcmp(device, name) == 0) && count < MAX_MOUNTS)
            dirs[count++] = must_strdup(dir);
        line = end != NULL ? end + 1 : NULL;
    }
    free(text);
    return count;
}

static int
detach(const char *name)
{
    char *dirs[MAX_MOUNTS];
    struct stat st;
    const char *dir = name;
    int count;

    if (stat(name, &st) == 0 && S_ISBLK(st.st_mode)) {
        count = read_mounts(name, dirs);
        if (count == 0)
            return complain_about(name, "not mounted");
        dir = dirs[count - 1];
    }
    if (umount2(dir, lazy ? MNT_DETACH : 0) == 0)
        return 0;
    if (read_only && errno == EBUSY &&
        mount("none", dir, NULL, MS_REMOUNT | MS_RDONLY, NULL) == 0)
        return 0;
    return complain(name);
}

/* Last mounted, first detached. */
static int
detach_all(void)
{
    char *dirs[MAX_MOUNTS];
    int count = read_mounts(NULL, dirs), status = 0;

    while (count-- > 0)
        if (strcmp(dirs[count], "/") != 0)
            status |= detach(dirs[count]);
    return status;
}

int
main(int argc, char **argv)
{
    bool all = false;
    int option, status = 0;

    prog_init(argv);
    while ((option = getopt(argc, argv, "lra")) != -1) {
        if (option == '?')
            usage("[-lr] dir ... | -a");
        lazy |= option == 'l';
        read_only |= option == 'r';
        all |= option == 'a';
    }
    if (all)
        return detach_all();
    if (optind == argc)
        usage("[-lr] dir ... | -a");
    for (int i = optind; i < argc; i++)
        status |= detach(argv[i]);
    return status;
}
