/* SPDX-License-Identifier: MIT */
/*
 * time.h - times and clocks of the system calls.
 * Layer 0 (include): structures and constants only.
 */
#pragma once

#include <stdint.h>

/* clang-format off: tables */
enum {
    CLOCK_REALTIME = 0, CLOCK_MONOTONIC = 1, CLOCK_PROCESS_CPUTIME_ID = 2,
    CLOCK_THREAD_CPUTIME_ID = 3, CLOCK_MONOTONIC_RAW = 4,
    CLOCK_REALTIME_COARSE = 5, CLOCK_MONOTONIC_COARSE = 6, CLOCK_BOOTTIME = 7,
    TIMER_ABSTIME = 1,
    USER_HZ = 100, /* unit of times() and of /proc/PID/stat, per second */
};
/* clang-format on */

struct timespec {
    int64_t tv_sec, tv_nsec;
};

struct timeval {
    int64_t tv_sec, tv_usec;
};

struct timezone {
    int32_t tz_minuteswest, tz_dsttime;
};

struct tms {
    int64_t tms_utime, tms_stime;   /* of the process */
    int64_t tms_cutime, tms_cstime; /* of its dead children */
};
