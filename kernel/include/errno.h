/* SPDX-License-Identifier: MIT */
/*
 * errno.h - the error numbers of system calls, as Linux has them on riscv64.
 * Layer 0 (include): constants only.
 *
 * A system call that fails returns -E... in a0.  The last group never reaches a
 * program: the kernel uses it to say how an interrupted call goes on.
 */
#pragma once

/* clang-format off: a table */
enum {
    EPERM = 1, ENOENT = 2, ESRCH = 3, EINTR = 4, EIO = 5, ENXIO = 6, E2BIG = 7,
    ENOEXEC = 8, EBADF = 9, ECHILD = 10, EAGAIN = 11, EWOULDBLOCK = EAGAIN,
    ENOMEM = 12, EACCES = 13, EFAULT = 14, ENOTBLK = 15, EBUSY = 16,
    EEXIST = 17, EXDEV = 18, ENODEV = 19, ENOTDIR = 20, EISDIR = 21,
    EINVAL = 22, ENFILE = 23, EMFILE = 24, ENOTTY = 25, ETXTBSY = 26,
    EFBIG = 27, ENOSPC = 28, ESPIPE = 29, EROFS = 30, EMLINK = 31, EPIPE = 32,
    EDOM = 33, ERANGE = 34, EDEADLK = 35, ENAMETOOLONG = 36, ENOLCK = 37,
    ENOSYS = 38, ENOTEMPTY = 39, ELOOP = 40, ENODATA = 61, ETIME = 62,
    EPROTO = 71, EBADMSG = 74, EOVERFLOW = 75, EILSEQ = 84, EUSERS = 87,
    ENOTSOCK = 88, EOPNOTSUPP = 95, ENOTSUP = EOPNOTSUPP, EAFNOSUPPORT = 97,
    ENOBUFS = 105, ETIMEDOUT = 110, EALREADY = 114, EINPROGRESS = 115,
    ESTALE = 116,
    EUCLEAN = 117, /* the file system needs repair */
    ECANCELED = 125,

    ERESTARTSYS = 512, /* the call is made again: never seen by a program */
};
/* clang-format on */
