/* SPDX-License-Identifier: MIT */
/*
 * errno.h - the error numbers of system calls, as Linux has them on riscv64.
 * Layer 0 (include): constants only.
 *
 * A system call that fails returns -E... in a0.  The last group never reaches a
 * program: the kernel uses it to say how an interrupted call goes on.
 */
#ifndef INCLUDE_ERRNO_H
#define INCLUDE_ERRNO_H

#define EPERM 1 /* Operation not permitted */
#define ENOENT 2
#define ESRCH 3 /* no such process */
#define EINTR 4
#define EIO 5
#define ENXIO 6 /* no such device or address */
#define E2BIG 7 /* argument list too long */
#define ENOEXEC 8
#define EBADF 9
#define ECHILD 10
#define EAGAIN 11
#define ENOMEM 12
#define EACCES 13
#define EFAULT 14
#define ENOTBLK 15
#define EBUSY 16
#define EEXIST 17
#define EXDEV 18 /* link or rename across file systems */
#define ENODEV 19
#define ENOTDIR 20
#define EISDIR 21
#define EINVAL 22
#define ENFILE 23 /* too many open files in the system */
#define EMFILE 24 /* too many open files in the process */
#define ENOTTY 25
#define ETXTBSY 26
#define EFBIG 27
#define ENOSPC 28
#define ESPIPE 29
#define EROFS 30
#define EMLINK 31
#define EPIPE 32
#define EDOM 33
#define ERANGE 34
#define EDEADLK 35
#define ENAMETOOLONG 36
#define ENOLCK 37
#define ENOSYS 38
#define ENOTEMPTY 39
#define ELOOP 40 /* too many symbolic links */
#define EWOULDBLOCK EAGAIN
#define ENODATA 61
#define ETIME 62
#define EPROTO 71
#define EBADMSG 74
#define EOVERFLOW 75
#define EILSEQ 84
#define EUSERS 87
#define ENOTSOCK 88
#define ENOTSUP EOPNOTSUPP
#define EOPNOTSUPP 95
#define EAFNOSUPPORT 97
#define ENOBUFS 105
#define ETIMEDOUT 110
#define EALREADY 114
#define EINPROGRESS 115
#define ESTALE 116
#define EUCLEAN 117 /* the file system needs repair */
#define ECANCELED 125

/* Kernel-internal results of an interrupted call. */
#define ERESTARTSYS 512 /* restart if SA_RESTART, or no handler */
#define ERESTARTNOINTR 513 /* always restart */
#define ERESTARTNOHAND 514 /* restart if no handler runs */

#endif
