/* SPDX-License-Identifier: MIT */
/*
 * uio.h - one piece of a readv or writev.
 * Layer 0 (include): structures and constants only.
 */
#ifndef INCLUDE_UIO_H
#define INCLUDE_UIO_H

#include <stddef.h>

#define UIO_MAXIOV 1024

struct iovec {
    void *iov_base;
    size_t iov_len;
};

#endif
