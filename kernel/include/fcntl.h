/* SPDX-License-Identifier: MIT */
/*
 * fcntl.h - flags of open, the *at calls, fcntl, lseek, fallocate, renameat2;
 * what poll waits for and finds, and the pieces of readv and writev.
 * Layer 0 (include): structures and constants only; values as on riscv64
 * (asm-generic).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* clang-format off: tables */
enum {
    O_ACCMODE = 00000003, O_RDONLY = 00000000, O_WRONLY = 00000001,
    O_RDWR = 00000002, O_CREAT = 00000100, O_EXCL = 00000200,
    O_NOCTTY = 00000400, O_TRUNC = 00001000, O_APPEND = 00002000,
    O_NONBLOCK = 00004000, O_DSYNC = 00010000, O_DIRECT = 00040000,
    O_DIRECTORY = 00200000, O_NOFOLLOW = 00400000, O_NOATIME = 01000000,
    O_CLOEXEC = 02000000, O_SYNC = 04010000, O_PATH = 010000000,

    AT_FDCWD = (-100), /* relative to the working directory */
    AT_SYMLINK_NOFOLLOW = 0x100,
    AT_REMOVEDIR = 0x200, /* unlinkat */
    AT_SYMLINK_FOLLOW = 0x400, /* linkat */
    AT_NO_AUTOMOUNT = 0x800, AT_EMPTY_PATH = 0x1000,

    F_DUPFD = 0, F_GETFD = 1, F_SETFD = 2, F_GETFL = 3, F_SETFL = 4,
    F_DUPFD_CLOEXEC = 1030, FD_CLOEXEC = 1,

    SEEK_SET = 0, SEEK_CUR = 1, SEEK_END = 2, SEEK_DATA = 3, SEEK_HOLE = 4,
    R_OK = 4, W_OK = 2, X_OK = 1, F_OK = 0, RENAME_NOREPLACE = 1,

    POSIX_FADV_NORMAL = 0, POSIX_FADV_RANDOM = 1, POSIX_FADV_SEQUENTIAL = 2,
    POSIX_FADV_WILLNEED = 3, POSIX_FADV_DONTNEED = 4, POSIX_FADV_NOREUSE = 5,

    POLLIN = 0x0001, POLLPRI = 0x0002, POLLOUT = 0x0004, POLLERR = 0x0008,
    POLLHUP = 0x0010, POLLNVAL = 0x0020, POLLRDNORM = 0x0040,
    POLLWRNORM = 0x0100,
    UIO_MAXIOV = 1024, /* pieces of a readv */
};
/* clang-format on */

struct pollfd {
    int32_t fd;
    int16_t events, revents;
};

struct iovec {
    void *iov_base;
    size_t iov_len;
};
