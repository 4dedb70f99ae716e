/* SPDX-License-Identifier: MIT */
/*
 * resource.h - resource limits and resource usage.
 * Layer 0 (include): structures and constants only.
 */
#pragma once

#include <stdint.h>
#include "include/time.h"

/* clang-format off: tables */
enum {
    RLIMIT_CPU = 0, RLIMIT_FSIZE = 1, RLIMIT_DATA = 2, RLIMIT_STACK = 3,
    RLIMIT_CORE = 4, RLIMIT_RSS = 5, RLIMIT_NPROC = 6, RLIMIT_NOFILE = 7,
    RLIMIT_MEMLOCK = 8, RLIMIT_AS = 9, RLIMIT_SIGPENDING = 11,
    RLIM_NLIMITS = 16,
    RUSAGE_SELF = 0, RUSAGE_CHILDREN = (-1), RUSAGE_THREAD = 1,
    PRIO_PROCESS = 0,
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
