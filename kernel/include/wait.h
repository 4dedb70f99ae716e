/* SPDX-License-Identifier: MIT */
/*
 * wait.h - options of wait4 and waitid, and the status word.
 * Layer 0 (include): constants only.
 *
 * The status word: exit value << 8, or the signal that killed (plus 0x80 if it
 * left a core), or signal << 8 | 0x7f when stopped, or 0xffff when continued.
 */
#pragma once

/* clang-format off: tables */
enum {
    WNOHANG = 1, WUNTRACED = 2, WSTOPPED = 2, WEXITED = 4, WCONTINUED = 8,
    WNOWAIT = 0x01000000, __WALL = 0x40000000,
    /* waitid: which children */
    P_ALL = 0, P_PID = 1, P_PGID = 2,
};
/* clang-format on */

#define WTERMSIG(status) ((status) & 0x7f)
#define WEXITSTATUS(status) (((status) >> 8) & 0xff)
#define WSTOPSIG(status) WEXITSTATUS(status)
#define WIFEXITED(status) (WTERMSIG(status) == 0)
#define WIFSIGNALED(status) (WTERMSIG(status) != 0 && WTERMSIG(status) != 0x7f)
#define WIFSTOPPED(status) (((status) & 0xff) == 0x7f)
#define WIFCONTINUED(status) ((status) == 0xffff)
#define WCOREDUMP(status) ((status) & 0x80)
