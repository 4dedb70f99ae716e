/* SPDX-License-Identifier: MIT */
/*
 * poll.h - what poll waits for and finds.
 * Layer 0 (include): structures and constants only.
 */
#pragma once

#include <stdint.h>

/* clang-format off: tables */
enum {
    POLLIN = 0x0001, POLLPRI = 0x0002, POLLOUT = 0x0004, POLLERR = 0x0008,
    POLLHUP = 0x0010, POLLNVAL = 0x0020, POLLRDNORM = 0x0040,
    POLLWRNORM = 0x0100,
};
/* clang-format on */

struct pollfd {
    int32_t fd;
    int16_t events, revents;
};
