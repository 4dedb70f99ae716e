/* SPDX-License-Identifier: MIT */
/*
 * swap.h - flags of swapon.
 * Layer 0 (include): constants only.  The on-disk header is in swap_hdr.h.
 */
#ifndef INCLUDE_SWAP_H
#define INCLUDE_SWAP_H

/* clang-format off: tables */
enum {
    SWAP_FLAG_PREFER = 0x8000, /* the low bits hold a priority */
    SWAP_FLAG_PRIO_MASK = 0x7fff, SWAP_FLAG_PRIO_SHIFT = 0,
    SWAP_FLAG_DISCARD = 0x10000,
};
/* clang-format on */

#endif
