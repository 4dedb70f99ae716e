/* SPDX-License-Identifier: MIT */
/*
 * uio.h - one piece of a readv or writev.
 * Layer 0 (include): structures and constants only.
 */
#pragma once

#include <stddef.h>

#define UIO_MAXIOV 1024

struct iovec {
    void *iov_base;
    size_t iov_len;
};
