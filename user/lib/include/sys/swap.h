/* SPDX-License-Identifier: MIT */
/* sys/swap.h: turning swap areas on and off. */
#ifndef USER_SYS_SWAP_H
#define USER_SYS_SWAP_H

#include "include/swap_hdr.h" /* SWAP_FLAG_* */

int swapon(const char *path, int flags);
int swapoff(const char *path);

#endif
