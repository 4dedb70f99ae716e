/* SPDX-License-Identifier: MIT */
/*
 * stat.h - what stat reports about a file, the mode bits, device numbers,
 * directory entries, and file systems.
 * Layer 0 (include): structures and constants only.
 */
#pragma once

#include "include/time.h"

/* clang-format off: tables */
enum {
    S_IFMT = 0170000, S_IFSOCK = 0140000, S_IFLNK = 0120000, S_IFREG = 0100000,
    S_IFBLK = 0060000, S_IFDIR = 0040000, S_IFCHR = 0020000, S_IFIFO = 0010000,
    S_ISUID = 0004000, S_ISGID = 0002000, S_ISVTX = 0001000, S_IRWXU = 00700,
    S_IRUSR = 00400, S_IWUSR = 00200, S_IXUSR = 00100, S_IRWXG = 00070,
    S_IRGRP = 00040, S_IWGRP = 00020, S_IXGRP = 00010, S_IRWXO = 00007,
    S_IROTH = 00004, S_IWOTH = 00002, S_IXOTH = 00001,

    /* d_type: a file's S_IFMT bits shifted right by DT_SHIFT */
    DT_UNKNOWN = 0, DT_FIFO = 1, DT_CHR = 2, DT_DIR = 4, DT_BLK = 6,
    DT_REG = 8, DT_LNK = 10, DT_SOCK = 12, DT_SHIFT = 12,

    /* flags of mount and umount2 */
    MS_RDONLY = 1, MS_NOSUID = 2, MS_NODEV = 4, MS_NOEXEC = 8,
    MS_SYNCHRONOUS = 16, MS_REMOUNT = 32, MS_NOATIME = 1024, MS_BIND = 4096,
    MS_RELATIME = (1 << 21), MNT_FORCE = 1, MNT_DETACH = 2,
    UMOUNT_NOFOLLOW = 8,
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

/*
 * The records that getdents64 fills a buffer with start at multiples of 8
 * bytes; d_reclen leads to the next.  d_off is the position to lseek to for the
 * record AFTER this one.
 */
struct linux_dirent64 {
    uint64_t d_ino;
    int64_t d_off;
    uint16_t d_reclen;
    uint8_t d_type; /* DT_* */
    char d_name[];  /* ends with a zero byte */
};

/*
 * Device numbers: Linux's encoding in 32 bits, the same in mknod, stat and an
 * ext2 inode:
 *
 *     31        20 19         8 7         0
 *    +------------+------------+-----------+
 *    | minor high |   major    | minor low |
 *    +------------+------------+-----------+
 */
#define makedev(maj, min) \
    (((min) & 0xffU) | (((maj) & 0xfffU) << 8) | (((min) & 0xfff00U) << 12))
#define major(dev) ((unsigned int)(((dev) >> 8) & 0xfffU))
#define minor(dev) \
    ((unsigned int)(((dev) & 0xffU) | (((dev) >> 12) & 0xfff00U)))

/* clang-format off: tables */
enum {
    MEM_MAJOR = 1, MEM_MINOR_NULL = 3, MEM_MINOR_ZERO = 5, MEM_MINOR_FULL = 7,
    MEM_MINOR_RANDOM = 8, MEM_MINOR_URANDOM = 9,
    MEM_MINOR_RTC = 240, /* ours: the clock's registers, for mmap */
    TTYAUX_MAJOR = 5,
    TTYAUX_MINOR_TTY = 0, /* the controlling terminal */
    TTYAUX_MINOR_CONSOLE = 1,
    VIRTBLK_MAJOR = 254,
    VIRTBLK_MINORS = 16, /* per disk: the disk, then its partitions 1 .. 15 */
};
/* clang-format on */
