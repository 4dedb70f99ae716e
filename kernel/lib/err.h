/* SPDX-License-Identifier: MIT */
/*
 * err.h - a pointer or an error number in one value.
 *
 * The last 4095 addresses are never mapped, so they can stand for -errno.  A
 * function whose caller wants to know the cause returns ERR_PTR(-ENOENT); one
 * with a single cause of failure returns NULL.  Its contract says which.
 */
#pragma once

#include <stdint.h>

#define MAX_ERRNO 4095

#define ERR_PTR(error) ((void *)(int64_t)(error))
#define PTR_ERR(ptr) ((int64_t)(ptr))
#define IS_ERR(ptr) ((uint64_t)(ptr) >= (uint64_t)-MAX_ERRNO)

/* The error that a pointer stands for, or 0. */
static inline int
PTR_ERR_OR_ZERO(const void *ptr)
{
    return IS_ERR(ptr) ? (int)PTR_ERR(ptr) : 0;
}
