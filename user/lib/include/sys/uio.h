/* SPDX-License-Identifier: MIT */
/* sys/uio.h: reading and writing in several pieces. */
#ifndef USER_SYS_UIO_H
#define USER_SYS_UIO_H

#include <sys/types.h>
#include "include/fcntl.h"

ssize_t readv(int fd, const struct iovec *iov, int count);
ssize_t writev(int fd, const struct iovec *iov, int count);

#endif
