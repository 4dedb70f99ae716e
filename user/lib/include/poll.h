/* SPDX-License-Identifier: MIT */
/* poll.h: waiting until one of several files is ready. */
#ifndef USER_POLL_H
#define USER_POLL_H

#include <stddef.h>
#include <stdint.h>
#include "include/fcntl.h"
#include "include/time.h"

typedef unsigned long nfds_t;

int poll(struct pollfd *fds, nfds_t count, int timeout_ms);
int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
          const uint64_t *mask);

#endif
