/* SPDX-License-Identifier: MIT */
/* sys/time.h: time of day and interval timers. */
#ifndef USER_SYS_TIME_H
#define USER_SYS_TIME_H

#include <sys/types.h>
#include <sys/select.h>
#include "include/time.h"

#define ITIMER_REAL 0

struct itimerval {
    struct timeval it_interval, it_value;
};

int gettimeofday(struct timeval *restrict time, void *restrict zone);
int settimeofday(const struct timeval *time, const struct timezone *zone);
int getitimer(int which, struct itimerval *value);
int setitimer(int which, const struct itimerval *restrict value,
              struct itimerval *restrict old);
int utimes(const char *path, const struct timeval times[2]);

#endif
