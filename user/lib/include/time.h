/* SPDX-License-Identifier: MIT */
/* time.h: clocks and calendar time. The time zone is UTC, always. */
#ifndef USER_TIME_H
#define USER_TIME_H

#include <stddef.h>
#include <sys/types.h>
#include "include/time.h"

#define CLOCKS_PER_SEC 1000000L

struct tm {
    int tm_sec;
    int tm_min;
    int tm_hour;
    int tm_mday; /* from 1 */
    int tm_mon;  /* from 0 */
    int tm_year; /* from 1900 */
    int tm_wday; /* Sunday is 0 */
    int tm_yday; /* from 0 */
    int tm_isdst;
    long tm_gmtoff;
    const char *tm_zone;
};

time_t time(time_t *result);
clock_t clock(void);
int clock_gettime(clockid_t clock_id, struct timespec *time);
int clock_settime(clockid_t clock_id, const struct timespec *time);
int clock_nanosleep(clockid_t clock_id, int flags,
                    const struct timespec *request, struct timespec *rest);
int nanosleep(const struct timespec *request, struct timespec *rest);

struct tm *gmtime(const time_t *time);
struct tm *gmtime_r(const time_t *restrict time, struct tm *restrict result);
struct tm *localtime(const time_t *time);
struct tm *localtime_r(const time_t *restrict time, struct tm *restrict result);
time_t mktime(struct tm *tm);
time_t timegm(struct tm *tm);
size_t strftime(char *restrict buf, size_t size, const char *restrict format,
                const struct tm *restrict tm)
    __attribute__((format(strftime, 3, 0)));
char *asctime(const struct tm *tm);
char *ctime(const time_t *time);
void tzset(void);

#endif
