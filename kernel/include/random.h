/* SPDX-License-Identifier: MIT */
/*
 * random.h - flags of getrandom.
 * Layer 0 (include): constants only.
 */
#ifndef INCLUDE_RANDOM_H
#define INCLUDE_RANDOM_H

/* clang-format off: tables */
enum {
    GRND_NONBLOCK = 1, GRND_RANDOM = 2, GRND_INSECURE = 4,
};
/* clang-format on */

#endif
