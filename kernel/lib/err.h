/* SPDX-License-Identifier: MIT */
/*
 * err.h - a pointer or an error number in one value.
 *
 * The last 4095 addresses are never mapped, so they can stand for -errno.  A
 * function whose caller wants to know the cause returns ERR_PTR(-ENOENT); one
 * with a single cause of failure returns NULL.  Its contract says which.
 */
#pragma once

#include <stdbool.h>

#define MAX_ERRNO 4095

static inline void *
ERR_PTR(long error)
{
    return (void *)error;
}

static inline long
PTR_ERR(const void *ptr)
{
    return (long)ptr;
}

static inline bool
IS_ERR(const void *ptr)
{
    return (unsigned long)ptr >= (unsigned long)-MAX_ERRNO;
}

/* The error that a pointer stands for, or 0. */
static inline int
PTR_ERR_OR_ZERO(const void *ptr)
{
    return IS_ERR(ptr) ? (int)PTR_ERR(ptr) : 0;
}
