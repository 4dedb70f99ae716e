/* SPDX-License-Identifier: MIT */
/*
 * errno.h: the number of the last error of this thread.
 *
 * Threads of thread.h have one each. Who calls clone with CLONE_VM but without
 * CLONE_SETTLS shares its starter's.
 */
#ifndef USER_ERRNO_H
#define USER_ERRNO_H

#include "include/errno.h"

int *__errno_location(void) __attribute__((const));
#define errno (*__errno_location())

/* The names that programs print in usage messages. */
extern const char *program_invocation_name;
extern const char *program_invocation_short_name;

#endif
