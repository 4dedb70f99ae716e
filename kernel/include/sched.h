/* SPDX-License-Identifier: MIT */
/*
 * sched.h - flags of clone, options of prctl, operations of futex.  On riscv64
 * the arguments of clone are: flags, stack, parent's tid pointer, tls, child's
 * tid pointer.
 * Layer 0 (include): constants only.
 */
#pragma once

/* clang-format off: tables */
enum {
    CSIGNAL = 0x000000ff, /* the signal sent to the parent at exit */
    CLONE_VM = 0x00000100, CLONE_FS = 0x00000200, CLONE_FILES = 0x00000400,
    CLONE_SIGHAND = 0x00000800, CLONE_VFORK = 0x00004000,
    CLONE_THREAD = 0x00010000, CLONE_SYSVSEM = 0x00040000,
    CLONE_SETTLS = 0x00080000, CLONE_PARENT_SETTID = 0x00100000,
    CLONE_CHILD_CLEARTID = 0x00200000, CLONE_DETACHED = 0x00400000,
    CLONE_UNTRACED = 0x00800000, CLONE_CHILD_SETTID = 0x01000000,
    /* prctl */
    PR_SET_NAME = 15, PR_GET_NAME = 16,

    FUTEX_WAIT = 0, FUTEX_WAKE = 1, FUTEX_REQUEUE = 3, FUTEX_CMP_REQUEUE = 4,
    FUTEX_WAKE_OP = 5, FUTEX_WAIT_BITSET = 9, FUTEX_WAKE_BITSET = 10,
    FUTEX_PRIVATE_FLAG = 128, FUTEX_CLOCK_REALTIME = 256,
    FUTEX_CMD_MASK = ~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME),
};
/* clang-format on */

#define FUTEX_BITSET_MATCH_ANY 0xffffffff
