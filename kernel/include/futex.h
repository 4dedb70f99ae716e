/* SPDX-License-Identifier: MIT */
/*
 * futex.h - operations of futex.
 * Layer 0 (include): constants only.
 */
#pragma once

/* clang-format off: tables */
enum {
    FUTEX_WAIT = 0, FUTEX_WAKE = 1, FUTEX_REQUEUE = 3, FUTEX_CMP_REQUEUE = 4,
    FUTEX_WAKE_OP = 5, FUTEX_WAIT_BITSET = 9, FUTEX_WAKE_BITSET = 10,
    FUTEX_PRIVATE_FLAG = 128, FUTEX_CLOCK_REALTIME = 256,
    FUTEX_CMD_MASK = ~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME),
};
#define FUTEX_BITSET_MATCH_ANY 0xffffffff
/* clang-format on */
