/* SPDX-License-Identifier: MIT */
/* sys/swap.h: turning swap areas on and off. */
#ifndef USER_SYS_SWAP_H
#define USER_SYS_SWAP_H

/* clang-format off: tables */
enum {
    SWAP_FLAG_PREFER = 0x8000, /* the low bits hold a priority */
    SWAP_FLAG_PRIO_MASK = 0x7fff,
    SWAP_FLAG_PRIO_SHIFT = 0,
    SWAP_FLAG_DISCARD = 0x10000,
};
/* clang-format on */

int swapon(const char *path, int flags);
int swapoff(const char *path);

#endif
