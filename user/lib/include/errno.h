/* SPDX-License-Identifier: MIT */
/*
 * errno.h: the number of the last error.
 *
 * There is one errno for the whole process: programs that make threads with
 * clone must not rely on it in more than one of them.
 */
#ifndef USER_ERRNO_H
#define USER_ERRNO_H

#include "include/errno.h"

extern int errno;

/* The names that programs print in usage messages. */
extern const char *program_invocation_name;
extern const char *program_invocation_short_name;

#endif
