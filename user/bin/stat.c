/* SPDX-License-Identifier: MIT */
/*
 * stat: show what is known about files.
 *
 * Usage: stat [-L] [-f] [-c format] file ...
 *   -L   follow symbolic links
 *   -f   about the file system that holds the file
 *   -c   %n name %s size %b blocks %i inode %h links %a mode (octal)
 *        %A mode %u %U owner %g %G group %F kind %X %Y %Z times
 *        %d device %t %T numbers of a device node (hexadecimal)
 */
#include <stdio.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>
#include "util.h"

static bool follow, file_system;
static const char *format;

static const char *
kind_of(const struct stat *st)
{
    switch (st->st_mode & S_IFMT) {
    case S_IFDIR:
        return "directory";
    case S_IFLNK:
        return "symbolic link";
    case S_IFCHR:
        return "character special file";
    case S_IFBLK:
        return "block special file";
    case S_IFIFO:
        return "fifo";
    case S_IFSOCK:
        return "socket";
    default:
        return st->st_size == 0 ? "regular empty file" : "regular file";
    }
}

static const char *
time_text(const struct timespec *when)
{
    static char text[64];
    size_t n = strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S",
                        gmtime(&when->tv_sec));

    snprintf(text + n, sizeof(text) - n, ".%09ld +0000", when->tv_nsec);
    return text;
}

/* The letters of -c that stand for a number in decimal. */
static bool
decimal_field(char letter, const struct stat *st, unsigned long long *value)
{
    switch (letter) {
    case 's':
        *value = (unsigned long long)st->st_size;
        return true;
    case 'b':
        *value = (unsigned long long)st->st_blocks;
        return true;
    case 'i':
        *value = st->st_ino;
        return true;
    case 'h':
        *value = st->st_nlink;
        return true;
    case 'u':
        *value = st->st_uid;
        return true;
    case 'g':
        *value = st->st_gid;
        return true;
    case 'd':
        *value = st->st_dev;
        return true;
    case 'X':
        *value = (unsigned long long)st->st_atim.tv_sec;
        return true;
    case 'Y':
        *value = (unsigned long long)st->st_mtim.tv_sec;
        return true;
    case 'Z':
        *value = (unsigned long long)st->st_ctim.tv_sec;
        return true;
    default:
        return false;
    }
}

static void
print_field(char letter, const char *path, const struct stat *st)
{
    unsigned long long value;
    char mode[MODE_CHARS];

    if (decimal_field(letter, st, &value)) {
        printf("%llu", value);
        return;
    }
    switch (letter) {
    case 'n':
        fputs(path, stdout);
        break;
    case 'a':
        printf("%o", st->st_mode & 07777);
        break;
    case 'A':
        fputs(mode_string(mode, st->st_mode), stdout);
        break;
    case 'U':
        fputs(user_name(st->st_uid), stdout);
        break;
    case 'G':
        fputs(group_name(st->st_gid), stdout);
        break;
    case 'F':
        fputs(kind_of(st), stdout);
        break;
    case 't':
        printf("%x", major(st->st_rdev));
        break;
    case 'T':
        printf("%x", minor(st->st_rdev));
        break;
    default:
        putchar(letter);
    }
}

static void
print_format(const char *path, const struct stat *st)
{
    for (const char *p = format; *p != '\0'; p++) {
        if (*p == '%' && p[1] != '\0')
            print_field(*++p, path, st);
        else
            putchar(*p);
    }
    putchar('\n');
}

static void
print_all(const char *path, const struct stat *st)
{
    char mode[MODE_CHARS];

    printf("  File: %s\n", path);
    printf("  Size: %-14lld Blocks: %-10lld IO Block: %-6ld %s\n",
           (long long)st->st_size, (long long)st->st_blocks,
           (long)st->st_blksize, kind_of(st));
    printf("Device: %u,%u\tInode: %-10llu Links: %lu", major(st->st_dev),
           minor(st->st_dev), (unsigned long long)st->st_ino,
           (unsigned long)st->st_nlink);
    if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode))
        printf("     Device type: %u,%u", major(st->st_rdev),
               minor(st->st_rdev));
    printf("\nAccess: (%04o/%s)  Uid: (%5u/%8s)", st->st_mode & 07777,
           mode_string(mode, st->st_mode), st->st_uid, user_name(st->st_uid));
    printf("   Gid: (%5u/%8s)\n", st->st_gid, group_name(st->st_gid));
    printf("Access: %s\n", time_text(&st->st_atim));
    printf("Modify: %s\n", time_text(&st->st_mtim));
    printf("Change: %s\n", time_text(&st->st_ctim));
}

static int
show_file_system(const char *path)
{
    struct statfs fs;

    if (statfs(path, &fs) < 0)
        return complain(path);
    printf("  File: \"%s\"\n", path);
    printf("    Namelen: %-7ld Type: %lx\n", (long)fs.f_namelen,
           (unsigned long)fs.f_type);
    printf("Block size: %-10ld\n", (long)fs.f_bsize);
    printf("Blocks: Total: %-10llu Free: %-10llu Available: %llu\n",
           (unsigned long long)fs.f_blocks, (unsigned long long)fs.f_bfree,
           (unsigned long long)fs.f_bavail);
    printf("Inodes: Total: %-10llu Free: %llu\n",
           (unsigned long long)fs.f_files, (unsigned long long)fs.f_ffree);
    return 0;
}

static int
show(const char *path)
{
    struct stat st;

    if (file_system)
        return show_file_system(path);
    if ((follow ? stat(path, &st) : lstat(path, &st)) < 0)
        return complain(path);
    if (format != NULL)
        print_format(path, &st);
    else
        print_all(path, &st);
    return 0;
}

int
main(int argc, char **argv)
{
    static const char help[] = "[-Lf] [-c format] file ...";
    int option, status = 0;

    prog_init(argv);
    while ((option = getopt(argc, argv, "Lfc:")) != -1) {
        if (option == 'L')
            follow = true;
        else if (option == 'f')
            file_system = true;
        else if (option == 'c')
            format = optarg;
        else
            usage(help);
    }
    if (optind == argc)
        usage(help);
    for (int i = optind; i < argc; i++)
        status |= show(argv[i]);
    return finish(status);
}
