/* SPDX-License-Identifier: MIT */
/*
 * mount: attach a file system to a directory, or show what is attached.
 *
 * Usage: mount
 *        mount [-t type] [-o option,...] [device] dir
 *        mount -a      all of /etc/fstab but noauto and swap
 *   options: ro rw nosuid nodev noexec sync noatime remount bind; others are
 *   handed to the file system
 * A device or a directory alone is looked up in /etc/fstab. The type is ext2
 * if none is given, tmpfs or proc if the device has that name.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>
#include "util.h"

enum { FIELD_CHARS = 256, DATA_CHARS = 1024 };

struct entry {
    char device[FIELD_CHARS], dir[FIELD_CHARS], type[FIELD_CHARS];
    char options[FIELD_CHARS];
};

/* ---- options ----------------------------------------------------------- */

struct option {
    const char *name;
    unsigned long set, clear;
};

static const struct option known[] = {
    {"ro", MS_RDONLY, 0},
    {"rw", 0, MS_RDONLY},
    {"nosuid", MS_NOSUID, 0},
    {"nodev", MS_NODEV, 0},
    {"noexec", MS_NOEXEC, 0},
    {"sync", MS_SYNCHRONOUS, 0},
    {"noatime", MS_NOATIME, 0},
    {"remount", MS_REMOUNT, 0},
    {"relatime", MS_RELATIME, 0},
    {"bind", MS_BIND, 0},
    {"defaults", 0, 0},
    {"auto", 0, 0},
    {"noauto", 0, 0},
    {"sw", 0, 0},
};

/* Turn options into flags; what we do not know is gathered in data. */
static unsigned long
parse_options(char *text, char data[DATA_CHARS])
{
    unsigned long flags = 0;

    data[0] = '\0';
    for (char *name = strtok(text, ","); name != NULL;
         name = strtok(NULL, ",")) {
        size_t i = 0, count = sizeof(known) / sizeof(known[0]);

        while (i < count && strcmp(known[i].name, name) != 0)
            i++;
        if (i < count) {
            flags = (flags & ~known[i].clear) | known[i].set;
        } else if (strlen(data) + strlen(name) + 2 < DATA_CHARS) {
            strcat(data, data[0] != '\0' ? "," : "");
            strcat(data, name);
        }
    }
    return flags;
}

static int
mount_entry(struct entry *entry)
{
    char data[DATA_CHARS];
    unsigned long flags = parse_options(entry->options, data);

    if (mount(entry->device, entry->dir, entry->type, flags,
              data[0] != '\0' ? data : NULL) == 0)
        return 0;
    return complain(entry->dir);
}

/* ---- /etc/fstab -------------------------------------------------------- */

/* Read the next entry. => where to go on, NULL at the end */
static const char *
next_entry(const char *text, struct entry *entry)
{
    while (*text != '\0') {
        int n = 0;
        const char *end = strchr(text, '\n');

        if (*text != '#' && *text != '\n')
            n = sscanf(text, "%255s %255s %255s %255s", entry->device,
                       entry->dir, entry->type, entry->options);
        text = end != NULL ? end + 1 : text + strlen(text);
        if (n == 4)
            return text;
    }
    return NULL;
}

/* Is there something at the directory already? */
static bool
is_mounted(const char *dir)
{
    char *mounts = read_whole("/proc/mounts", NULL);
    const char *p = mounts;
    struct entry entry;
    bool found = false;

    while (p != NULL && (p = next_entry(p, &entry)) != NULL)
        found |= strcmp(entry.dir, dir) == 0;
    free(mounts);
    return found;
}

/* Mount everything, or what has the name as its device or directory. */
static int
mount_fstab(const char *name)
{
    char *text = read_whole("/etc/fstab", NULL);
    const char *p = text;
    struct entry entry;
    int status = 0;

    if (text == NULL)
        die("/etc/fstab");
    while ((p = next_entry(p, &entry)) != NULL) {
        if (name != NULL) {
            if (strcmp(name, entry.device) == 0 || strcmp(name, entry.dir) == 0)
                return mount_entry(&entry);
        } else if (strcmp(entry.type, "swap") != 0 &&
                   strstr(entry.options, "noauto") == NULL &&
                   !is_mounted(entry.dir)) {
            status |= mount_entry(&entry);
        }
    }
    free(text);
    return name != NULL ? complain_about(name, "not in /etc/fstab") : status;
}

/* ---- the list ---------------------------------------------------------- */

static int
show_mounts(const char *type)
{
    char *text = read_whole("/proc/mounts", NULL);
    const char *p = text;
    struct entry entry;

    if (text == NULL)
        die("/proc/mounts");
    while ((p = next_entry(p, &entry)) != NULL)
        if (type == NULL || strcmp(type, entry.type) == 0)
            printf("%s on %s type %s (%s)\n", entry.device, entry.dir,
                   entry.type, entry.options);
    free(text);
    return finish(0);
}

static const char *
guess_type(const char *device)
{
    if (strcmp(device, "tmpfs") == 0 || strcmp(device, "proc") == 0)
        return device;
    return "ext2";
}

int
main(int argc, char **argv)
{
    static const char help[] = "[-a] [-t type] [-o options] [device] [dir]";
    const char *type = NULL;
    struct entry entry = {.options = ""};
    bool all = false;
    int option;

    prog_init(argv);
    while ((option = getopt(argc, argv, "at:o:r")) != -1) {
        if (option == 'a')
            all = true;
        else if (option == 't')
            type = optarg;
        else if (option == 'o')
            snprintf(entry.options, FIELD_CHARS, "%s", optarg);
        else if (option == 'r')
            strcpy(entry.options, "ro");
        else
            usage(help);
    }
    if (all)
        return mount_fstab(NULL);
    if (optind == argc)
        return show_mounts(type);
    if (optind + 1 == argc && strstr(entry.options, "remount") == NULL)
        return mount_fstab(argv[optind]);
    if (argc - optind > 2)
        usage(help);
    snprintf(entry.device, FIELD_CHARS, "%s",
             optind + 1 == argc ? "none" : argv[optind]);
    snprintf(entry.dir, FIELD_CHARS, "%s", argv[argc - 1]);
    snprintf(entry.type, FIELD_CHARS, "%s",
             type != NULL ? type : guess_type(entry.device));
    return mount_entry(&entry);
}
