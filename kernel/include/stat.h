/* SPDX-License-Identifier: MIT */
/*
 * stat.h - what stat reports about a file, the mode bits, and file systems.
 * Layer 0 (include): structures and constants only.
 */
#pragma once

#include <stdint.h>
#include "include/time.h"

/* clang-format off: tables */
enum {
    S_IFMT = 0170000, S_IFSOCK = 0140000, S_IFLNK = 0120000, S_IFREG = 0100000,
    S_IFBLK = 0060000, S_IFDIR = 0040000, S_IFCHR = 0020000, S_IFIFO = 0010000,
    S_ISUID = 0004000, S_ISGID = 0002000, S_ISVTX = 0001000, S_IRWXU = 00700,
    S_IRUSR = 00400, S_IWUSR = 00200, S_IXUSR = 00100, S_IRWXG = 00070,
    S_IRGRP = 00040, S_IWGRP = 00020, S_IXGRP = 00010, S_IRWXO = 00007,
    S_IROTH = 00004, S_IWOTH = 00002, S_IXOTH = 00001,
};
/* clang-format on */

#define S_ISLNK(mode) (((mode) & S_IFMT) == S_IFLNK)
#define S_ISREG(mode) (((mode) & S_IFMT) == S_IFREG)
#define S_ISDIR(mode) (((mode) & S_IFMT) == S_IFDIR)
#define S_ISCHR(mode) (((mode) & S_IFMT) == S_IFCHR)
#define S_ISBLK(mode) (((mode) & S_IFMT) == S_IFBLK)
#define S_ISFIFO(mode) (((mode) & S_IFMT) == S_IFIFO)
#define S_ISSOCK(mode) (((mode) & S_IFMT) == S_IFSOCK)

struct stat {
    uint64_t st_dev, st_ino;
    uint32_t st_mode, st_nlink, st_uid, st_gid;
    uint64_t st_rdev, st_pad1;
    int64_t st_size;
    int32_t st_blksize, st_pad2;
    int64_t st_blocks; /* in units of 512 bytes */
    struct timespec st_atim, st_mtim, st_ctim;
    uint32_t st_pad3[2];
};

/* POSIX's older names for the seconds. */
#define st_atime st_atim.tv_sec
#define st_mtime st_mtim.tv_sec
#define st_ctime st_ctim.tv_sec

/* Members of utimensat's times that are not a time. */
#define UTIME_NOW 0x3fffffff
#define UTIME_OMIT 0x3ffffffe

_Static_assert(sizeof(struct stat) == 128, "programs expect this size");

/* What statfs reports about a file system. */
#define EXT2_SUPER_MAGIC 0xef53
#define PROC_SUPER_MAGIC 0x9fa0

struct statfs {
    int64_t f_type; /* *_MAGIC */
    int64_t f_bsize;
    uint64_t f_blocks, f_bfree;
    uint64_t f_bavail; /* what is free for ordinary users */
    uint64_t f_files, f_ffree;
    int32_t f_fsid[2];
    int64_t f_namelen, f_frsize, f_flags, f_spare[4];
};

_Static_assert(sizeof(struct statfs) == 120, "programs expect this size");

/* Flags of mount and umount2. */
/* clang-format off: tables */
enum {
    MS_RDONLY = 1, MS_NOSUID = 2, MS_NODEV = 4, MS_NOEXEC = 8,
    MS_SYNCHRONOUS = 16, MS_REMOUNT = 32, MS_NOATIME = 1024, MS_BIND = 4096,
    MS_RELATIME = (1 << 21), MNT_DETACH = 2,
};
/* clang-format on */
