/* SPDX-License-Identifier: MIT */
/*
 * ls: list directories.
 *
 * Usage: ls [-laA1RihdtSrnF] [file ...]
 *   -l long lines   -n with numbers for names   -h sizes with units
 *   -a names that start with '.', too   -A without "." and ".."
 *   -1 one a line   -C columns (the default on a terminal)
 *   -R directories in directories   -d directories themselves
 *   -i inode numbers   -F a mark for the kind: / @ * | =
 *   -t newest first   -S largest first   -r the other way round
 *
 * A listing is an array of entries, each with the stat() of the file: read,
 * sorted, printed, and freed before the next directory is listed.
 *
 * Not done: -L, colours, names that hold control characters.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>
#include "util.h"

enum { HALF_YEAR_SECONDS = 365 * 24 * 60 * 60 / 2 };

struct entry {
    char *name;
    struct stat st;
};

/* Widths of the columns of a long listing. */
struct widths {
    int links, user, group, size;
};

static bool options[128];
static int status;
static bool printed_any;

/* ---- sorting ----------------------------------------------------------- */

static int
compare_keys(const struct entry *a, const struct entry *b)
{
    if (options['t']) {
        if (a->st.st_mtim.tv_sec != b->st.st_mtim.tv_sec)
            return a->st.st_mtim.tv_sec < b->st.st_mtim.tv_sec ? 1 : -1;
        if (a->st.st_mtim.tv_nsec != b->st.st_mtim.tv_nsec)
            return a->st.st_mtim.tv_nsec < b->st.st_mtim.tv_nsec ? 1 : -1;
    }
    if (options['S'] && a->st.st_size != b->st.st_size)
        return a->st.st_size < b->st.st_size ? 1 : -1;
    return strcmp(a->name, b->name);
}

static int
compare_entries(const void *a, const void *b)
{
    int order = compare_keys(a, b);

    return options['r'] ? -order : order;
}

/* ---- printing ---------------------------------------------------------- */

static char
mark_of(mode_t mode)
{
    if (!options['F'])
        return '\0';
    if (S_ISDIR(mode))
        return '/';
    if (S_ISLNK(mode))
        return '@';
    if (S_ISFIFO(mode))
        return '|';
    if (S_ISSOCK(mode))
        return '=';
    return (mode & 0111) ? '*' : '\0';
}

static const char *
owner_text(const struct entry *entry, bool group)
{
    static char number[16];
    unsigned int id = group ? entry->st.st_gid : entry->st.st_uid;

    if (!options['n'])
        return group ? group_name(id) : user_name(id);
    snprintf(number, sizeof(number), "%u", id);
    return number;
}

/* What stands in the size column: a size, or a device's numbers. */
static int
size_text(const struct entry *entry, char buf[32])
{
    const struct stat *st = &entry->st;
    char human[HUMAN_CHARS];

    if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode))
        return snprintf(buf, 32, "%u, %3u", major(st->st_rdev),
                        minor(st->st_rdev));
    if (options['h'])
        return snprintf(buf, 32, "%s",
                        human_size(human, (uint64_t)st->st_size));
    return snprintf(buf, 32, "%llu", (unsigned long long)st->st_size);
}

static void
widen(int *width, int wanted)
{
    if (wanted > *width)
        *width = wanted;
}

static struct widths
measure(const struct entry *entries, size_t count)
{
    struct widths widths = {1, 1, 1, 1};
    char buf[32];

    for (size_t i = 0; i < count; i++) {
        const struct entry *entry = &entries[i];

        widen(&widths.links, snprintf(buf, sizeof(buf), "%lu",
                                      (unsigned long)entry->st.st_nlink));
        widen(&widths.user, (int)strlen(owner_text(entry, false)));
        widen(&widths.group, (int)strlen(owner_text(entry, true)));
        widen(&widths.size, size_text(entry, buf));
    }
    return widths;
}

static void
print_target(const char *dir, const struct entry *entry)
{
    char target[PATH_MAX];
    char *path = path_join(dir, entry->name);
    const char *name =
        entry->name[0] == '/' || dir[0] == '\0' ? entry->name : path;
    ssize_t n = readlink(name, target, sizeof(target) - 1);

    if (n >= 0)
        printf(" -> %.*s", (int)n, target);
    free(path);
}

static void
print_long(const char *dir, const struct entry *entry,
           const struct widths *widths)
{
    const struct stat *st = &entry->st;
    time_t changed = st->st_mtim.tv_sec, age = time(NULL) - changed;
    bool recent = age < HALF_YEAR_SECONDS && age > -HALF_YEAR_SECONDS;
    char mode[MODE_CHARS], size[32], when[32];

    strftime(when, sizeof(when), recent ? "%b %e %H:%M" : "%b %e  %Y",
             localtime(&changed));
    size_text(entry, size);
    printf("%s %*lu ", mode_string(mode, st->st_mode), widths->links,
           (unsigned long)st->st_nlink);
    printf("%-*s ", widths->user, owner_text(entry, false));
    printf("%-*s ", widths->group, owner_text(entry, true));
    printf("%*s %s %s", widths->size, size, when, entry->name);
    if (S_ISLNK(st->st_mode))
        print_target(dir, entry);
    else if (mark_of(st->st_mode) != '\0')
        putchar(mark_of(st->st_mode));
    putchar('\n');
}

static int
short_width(const struct entry *entry)
{
    return (int)strlen(entry->name) + (mark_of(entry->st.st_mode) != '\0') +
           (options['i'] ? 8 : 0);
}

static void
print_short(const struct entry *entry)
{
    char mark = mark_of(entry->st.st_mode);

    if (options['i'])
        printf("%7llu ", (unsigned long long)entry->st.st_ino);
    fputs(entry->name, stdout);
    if (mark != '\0')
        putchar(mark);
}

static int
screen_columns(void)
{
    struct winsize size;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return 80;
}

/* Column by column, as many columns as the longest name allows. */
static void
print_columns(const struct entry *entries, size_t count)
{
    int width = 1;
    size_t columns, rows;

    for (size_t i = 0; i < count; i++)
        widen(&width, short_width(&entries[i]) + 2);
    columns = (size_t)((screen_columns() + 1) / width);
    columns = columns != 0 ? columns : 1;
    rows = (count + columns - 1) / columns;
    for (size_t row = 0; row < rows; row++) {
        for (size_t i = row; i < count; i += rows) {
            print_short(&entries[i]);
            if (i + rows < count)
                printf("%*s", width - short_width(&entries[i]), "");
        }
        putchar('\n');
    }
}

static void
print_entries(const char *dir, struct entry *entries, size_t count)
{
    struct widths widths;

    qsort(entries, count, sizeof(*entries), compare_entries);
    if (options['l']) {
        widths = measure(entries, count);
        for (size_t i = 0; i < count; i++) {
            if (options['i'])
                printf("%7llu ", (unsigned long long)entries[i].st.st_ino);
            print_long(dir, &entries[i], &widths);
        }
    } else if (options['C']) {
        print_columns(entries, count);
    } else {
        for (size_t i = 0; i < count; i++) {
            print_short(&entries[i]);
            putchar('\n');
        }
    }
    printed_any = printed_any || count > 0;
}

/* ---- reading ----------------------------------------------------------- */

/* Does the listing show more than names, so that we must stat()? */
static bool
need_stat(void)
{
    return options['l'] || options['i'] || options['F'] || options['t'] ||
           options['S'] || options['R'];
}

static bool
shown(const char *name)
{
    return name[0] != '.' || options['a'] || options['A'];
}

/* Add dir/name to the entries. => the new count */
static size_t
add_entry(struct entry *entries, size_t count, const char *dir,
          const char *name)
{
    struct entry *entry = &entries[count];
    char *path = path_join(dir, name);
    bool good = true;

    memset(entry, 0, sizeof(*entry));
    if (need_stat() && lstat(path, &entry->st) < 0) {
        status = complain(path);
        good = false;
    }
    free(path);
    if (!good)
        return count;
    entry->name = must_strdup(name);
    return count + 1;
}

static void list_directory(const char *dir, bool title);

static void
list_children(const char *dir, const struct entry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *path;

        if (!S_ISDIR(entries[i].st.st_mode) ||
            strcmp(entries[i].name, ".") == 0 ||
            strcmp(entries[i].name, "..") == 0)
            continue;
        path = path_join(dir, entries[i].name);
        list_directory(path, true);
        free(path);
    }
}

static void
list_directory(const char *dir, bool title)
{
    size_t total, count = 0;
    char **names = list_dir(dir, &total);
    struct entry *entries;
    uint64_t blocks = 0;

    if (names == NULL) {
        status = complain(dir);
        return;
    }
    if (title)
        printf("%s%s:\n", printed_any ? "\n" : "", dir);
    printed_any = printed_any || title;
    entries = must_malloc((total + 2) * sizeof(*entries));
    if (options['a']) {
        count = add_entry(entries, count, dir, ".");
        count = add_entry(entries, count, dir, "..");
    }
    for (size_t i = 0; i < total; i++)
        if (shown(names[i]))
            count = add_entry(entries, count, dir, names[i]);
    free_list(names);
    for (size_t i = 0; i < count; i++)
        blocks += (uint64_t)entries[i].st.st_blocks;
    if (options['l'])
        printf("total %llu\n", (unsigned long long)blocks / 2);
    print_entries(dir, entries, count);
    if (options['R'])
        list_children(dir, entries, count);
    for (size_t i = 0; i < count; i++)
        free(entries[i].name);
    free(entries);
}

/* Is the argument a directory to look into? A link to one counts, unless
 * the listing is about the links themselves. */
static bool
is_listing(const char *path)
{
    struct stat st;

    if (options['d'])
        return false;
    if (options['l'] || options['F'])
        return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Files first, together; then each directory. */
static void
list_arguments(char **paths, int count)
{
    struct entry *files = must_malloc((size_t)count * sizeof(*files));
    size_t used = 0;

    for (int i = 0; i < count; i++) {
        if (is_listing(paths[i]))
            continue;
        files[used].name = paths[i];
        if (lstat(paths[i], &files[used].st) < 0)
            status = complain(paths[i]);
        else
            used++;
    }
    print_entries("", files, used);
    for (int i = 0; i < count; i++)
        if (is_listing(paths[i]))
            list_directory(paths[i], count > 1 || options['R']);
    free(files);
}

int
main(int argc, char **argv)
{
    static char here[] = ".", *only_here[] = {here};
    int option;

    prog_init(argv);
    options['C'] = isatty(STDOUT_FILENO) != 0;
    while ((option = getopt(argc, argv, "laA1RihdtSrnFC")) != -1) {
        if (option == '?')
            usage("[-laA1CRihdtSrnF] [file ...]");
        options[option] = true;
        if (option == '1')
            options['C'] = false;
    }
    if (options['n'])
        options['l'] = true;
    if (optind == argc)
        list_arguments(only_here, 1);
    else
        list_arguments(argv + optind, argc - optind);
    return finish(status);
}
