/* SPDX-License-Identifier: MIT */
/*
 * resource.h - resource limits and usage, and waiting for a child, which tells
 * what it used.
 * Layer 0 (include): structures and constants only.
 */
#pragma once

#include "include/time.h"

/* clang-format off: tables */
enum {
    RLIMIT_CPU = 0, RLIMIT_FSIZE = 1, RLIMIT_DATA = 2, RLIMIT_STACK = 3,
    RLIMIT_CORE = 4, RLIMIT_RSS = 5, RLIMIT_NPROC = 6, RLIMIT_NOFILE = 7,
    RLIMIT_MEMLOCK = 8, RLIMIT_AS = 9, RLIMIT_SIGPENDING = 11,
    RLIM_NLIMITS = 16,
    RUSAGE_SELF = 0, RUSAGE_CHILDREN = (-1), RUSAGE_THREAD = 1,
    PRIO_PROCESS = 0,

    /* options of wait4 and waitid */
    WNOHANG = 1, WUNTRACED = 2, WSTOPPED = 2, WEXITED = 4, WCONTINUED = 8,
    WNOWAIT = 0x01000000, __WALL = 0x40000000,
    /* waitid: which children */
    P_ALL = 0, P_PID = 1, P_PGID = 2,
};
/* clang-format on */

#define RLIM_INFINITY (~0UL)

struct rlimit {
    uint64_t rlim_cur, rlim_max;
};

struct rusage {
    struct timeval ru_utime, ru_stime;
    int64_t ru_maxrss; /* in KB */
    int64_t ru_ixrss, ru_idrss, ru_isrss;
    int64_t ru_minflt, ru_majflt; /* faults without and with the disk */
    int64_t ru_nswap, ru_inblock, ru_oublock;
    int64_t ru_msgsnd, ru_msgrcv, ru_nsignals;
    int64_t ru_nvcsw, ru_nivcsw;
};

_Static_assert(sizeof(struct rusage) == 144, "programs expect this size");

/*
 * The status word: exit value << 8, or the signal that killed (plus 0x80 if it
 * left a core), or signal << 8 | 0x7f when stopped, or 0xffff when continued.
 */
#define WTERMSIG(status) ((status) & 0x7f)
#define WEXITSTATUS(status) (((status) >> 8) & 0xff)
#define WSTOPSIG(status) WEXITSTATUS(status)
#define WIFEXITED(status) (WTERMSIG(status) == 0)
#define WIFSIGNALED(status) (WTERMSIG(status) != 0 && WTERMSIG(status) != 0x7f)
#define WIFSTOPPED(status) (((status) & 0xff) == 0x7f)
#define WIFCONTINUED(status) ((status) == 0xffff)
#define WCOREDUMP(status) ((status) & 0x80)
