/* SPDX-License-Identifier: MIT */
/* sys/select.h: select; poll is the better interface. */
#ifndef USER_SYS_SELECT_H
#define USER_SYS_SELECT_H

#include <stdint.h>
#include "include/time.h"

#define FD_SETSIZE 1024

typedef struct {
    uint64_t bits[FD_SETSIZE / 64];
} fd_set;

#define FD_ZERO(set) __builtin_memset((set), 0, sizeof(fd_set))
#define FD_SET(fd, set) ((set)->bits[(fd) / 64] |= 1UL << (fd) % 64)
#define FD_CLR(fd, set) ((set)->bits[(fd) / 64] &= ~(1UL << (fd) % 64))
#define FD_ISSET(fd, set) ((int)((set)->bits[(fd) / 64] >> (fd) % 64 & 1UL))

int select(int count, fd_set *restrict readable, fd_set *restrict writable,
           fd_set *restrict exceptional, struct timeval *restrict timeout);

#endif
