/* SPDX-License-Identifier: MIT */
/*
 * major.h - device numbers.
 * Layer 0 (include): constants and macros only.
 *
 * Linux's encoding in 32 bits, the same in mknod, stat and an ext2 inode:
 *
 *     31        20 19         8 7         0
 *    +------------+------------+-----------+
 *    | minor high |   major    | minor low |
 *    +------------+------------+-----------+
 */
#pragma once

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
