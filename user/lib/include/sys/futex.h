/* SPDX-License-Identifier: MIT */
/*
 * sys/futex.h: sleeping on a word of memory. Not a header of POSIX; Linux has
 * no wrapper at all.
 */
#ifndef USER_SYS_FUTEX_H
#define USER_SYS_FUTEX_H

#include <stdint.h>
#include "include/sched.h"
#include "include/time.h"

/* For the operations whose fourth argument is a time or nothing. */
int futex(uint32_t *word, int operation, uint32_t value,
          const struct timespec *timeout);

#endif
