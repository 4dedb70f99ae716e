/* SPDX-License-Identifier: MIT */
/*
 * df: how much space file systems have.
 *
 * Usage: df [-hkaiT] [file ...]    all that are mounted, or those of the files
 *   -h with units   -k in KB (the default)   -i inodes, not blocks
 *   -a those without space of their own (proc), too   -T with their type
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <unistd.h>
#include "util.h"

enum { FIELD_CHARS = 256 };

struct mount_line {
    char device[FIELD_CHARS], dir[FIELD_CHARS], type[FIELD_CHARS];
};

static bool human, inodes, all, with_type;

/* Read a line of /proc/mounts. => the next line, NULL at the end */
static const char *
parse_line(const char *line, struct mount_line *mount)
{
    const char *end = strchr(line, '\n');

    if (end == NULL || sscanf(line, "%255s %255s %255s", mount->device,
                              mount->dir, mount->type) != 3)
        return NULL;
    return end + 1;
}

static void
print_header(void)
{
    printf("%-20s", "Filesystem");
    if (with_type)
        printf(" %-8s", "Type");
    if (inodes)
        printf(" %10s %10s %10s IUse%% Mounted on\n", "Inodes", "IUsed",
               "IFree");
    else
        printf(" %10s %10s %10s Use%% Mounted on\n",
               human ? "Size" : "1K-blocks", "Used", "Available");
}

static void
print_amount(uint64_t bytes)
{
    char text[HUMAN_CHARS];

    if (human)
        printf(" %10s", human_size(text, bytes));
    else
        printf(" %10llu", (unsigned long long)bytes / 1024);
}

static void
print_percent(uint64_t part, uint64_t whole, int width)
{
    if (whole == 0)
        printf(" %*s", width, "-");
    else
        printf(" %*llu%%", width - 1,
               (unsigned long long)((part * 100 + whole - 1) / whole));
}

static int
print_mount(const struct mount_line *mount, bool must)
{
    struct statfs fs;
    uint64_t unit, used;

    if (statfs(mount->dir, &fs) < 0)
        return complain(mount->dir);
    if (fs.f_blocks == 0 && !all && !must)
        return 0;
    printf("%-20s", mount->device);
    if (with_type)
        printf(" %-8s", mount->type);
    if (inodes) {
        used = (uint64_t)fs.f_files - (uint64_t)fs.f_ffree;
        printf(" %10llu %10llu %10llu", (unsigned long long)fs.f_files,
               (unsigned long long)used, (unsigned long long)fs.f_ffree);
        print_percent(used, (uint64_t)fs.f_files, 5);
    } else {
        unit = (uint64_t)fs.f_bsize;
        used = (uint64_t)fs.f_blocks - (uint64_t)fs.f_bfree;
        print_amount((uint64_t)fs.f_blocks * unit);
        print_amount(used * unit);
        print_amount((uint64_t)fs.f_bavail * unit);
        print_percent(used, used + (uint64_t)fs.f_bavail, 4);
    }
    printf(" %s\n", mount->dir);
    return 0;
}

static int
show_all(const char *mounts)
{
    struct mount_line mount;
    int status = 0;

    while ((mounts = parse_line(mounts, &mount)) != NULL)
        status |= print_mount(&mount, false);
    return status;
}

/* The file system of a file is the one whose root is on the same device. */
static int
show_holder(const char *mounts, const char *path)
{
    struct mount_line mount, found;
    struct stat file, dir;
    bool any = false;

    if (stat(path, &file) < 0)
        return complain(path);
    while ((mounts = parse_line(mounts, &mount)) != NULL)
        if (stat(mount.dir, &dir) == 0 && dir.st_dev == file.st_dev) {
            found = mount;
            any = true;
        }
    return any ? print_mount(&found, true)
               : complain_about(path, "file system not found");
}

int
main(int argc, char **argv)
{
    int option, status = 0;
    char *mounts;

    prog_init(argv);
    while ((option = getopt(argc, argv, "hkaiT")) != -1) {
        if (option == '?')
            usage("[-hkaiT] [file ...]");
        human = option == 'h' || (human && option != 'k');
        all |= option == 'a';
        inodes |= option == 'i';
        with_type |= option == 'T';
    }
    mounts = read_whole("/proc/mounts", NULL);
    if (mounts == NULL)
        die("/proc/mounts");
    print_header();
    if (optind == argc)
        status = show_all(mounts);
    for (int i = optind; i < argc; i++)
        status |= show_holder(mounts, argv[i]);
    free(mounts);
    return finish(status);
}
