/* SPDX-License-Identifier: MIT */
/*
 * prctl.h - options of prctl.
 * Layer 0 (include): constants only.
 */
#ifndef INCLUDE_PRCTL_H
#define INCLUDE_PRCTL_H

/* clang-format off: tables */
enum {
    PR_SET_PDEATHSIG = 1, PR_GET_PDEATHSIG = 2, PR_GET_DUMPABLE = 3,
    PR_SET_DUMPABLE = 4, PR_SET_NAME = 15, PR_GET_NAME = 16,
};
/* clang-format on */

#endif
