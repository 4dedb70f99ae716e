/* SPDX-License-Identifier: MIT */
/* sys/random.h: random bytes. */
#ifndef USER_SYS_RANDOM_H
#define USER_SYS_RANDOM_H

#include <sys/types.h>
#include "include/random.h"

ssize_t getrandom(void *buf, size_t size, unsigned int flags);

#endif
