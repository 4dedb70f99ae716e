/* SPDX-License-Identifier: MIT */
/* sys/random.h: random bytes. */
#ifndef USER_SYS_RANDOM_H
#define USER_SYS_RANDOM_H

#include <sys/types.h>

/* clang-format off: tables */
enum {
    GRND_NONBLOCK = 1,
    GRND_RANDOM = 2,
    GRND_INSECURE = 4,
};
/* clang-format on */

ssize_t getrandom(void *buf, size_t size, unsigned int flags);

#endif
