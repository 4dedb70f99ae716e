/* SPDX-License-Identifier: MIT */
/*
 * time.c - calendar time: seconds since 1970 to date and back. UTC only.
 *
 * Years are counted from March, so that the leap day is the last of its year.
 * Then the days before a month are a linear function of it, (153 m + 2) / 5,
 * and 400 years are 146,097 days.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
    SECONDS_PER_DAY = 86400,
    DAYS_PER_ERA = 146097, /* 400 years */
    DAYS_TO_1970 = 719468, /* from 1 March of the year 0 */
    DAYS_PER_YEAR = 365,
    THURSDAY = 4, /* 1 January 1970 */
};

static int64_t
floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Days since 1 January 1970; month from 1; day may lie outside its month. */
static int64_t
days_from_date(int64_t year, int month, int64_t day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t m = month <= 2 ? month + 9 : month - 3; /* March is 0 */
    int64_t era = floor_div(y, 400);
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * m + 2) / 5 + day - 1;

    return era * DAYS_PER_ERA + year_of_era * DAYS_PER_YEAR + year_of_era / 4 -
           year_of_era / 100 + day_of_year - DAYS_TO_1970;
}

struct tm *
gmtime_r(const time_t *restrict time, struct tm *restrict result)
{
    int64_t days = floor_div(*time, SECONDS_PER_DAY);
    int seconds = (int)(*time - days * SECONDS_PER_DAY);
    int64_t shifted = days + DAYS_TO_1970;
    int64_t era = floor_div(shifted, DAYS_PER_ERA);
    int64_t d = shifted - era * DAYS_PER_ERA; /* day of the era */
    int64_t y = (d - d / 1460 + d / 36524 - d / 146096) / DAYS_PER_YEAR;
    int64_t m;

    d -= DAYS_PER_YEAR * y + y / 4 - y / 100; /* day of the March year */
    m = (5 * d + 2) / 153;
    memset(result, 0, sizeof(*result));
    result->tm_mday = (int)(d - (153 * m + 2) / 5 + 1);
    result->tm_mon = (int)(m < 10 ? m + 2 : m - 10);
    y += era * 400 + (result->tm_mon < 2);
    result->tm_year = (int)(y - 1900);
    result->tm_yday = (int)(days - days_from_date(y, 1, 1));
    result->tm_wday = (int)(((days + THURSDAY) % 7 + 7) % 7);
    result->tm_hour = seconds / 3600;
    result->tm_min = seconds / 60 % 60;
    result->tm_sec = seconds % 60;
    result->tm_zone = "UTC";
    return result;
}

struct tm *
gmtime(const time_t *time)
{
    static struct tm result;

    return gmtime_r(time, &result);
}

struct tm *
localtime_r(const time_t *restrict time, struct tm *restrict result)
{
    return gmtime_r(time, result);
}

struct tm *
localtime(const time_t *time)
{
    return gmtime(time);
}

/* => members out of range are taken as given, and then brought into range */
time_t
timegm(struct tm *tm)
{
    int64_t months = tm->tm_mon + 12 * ((int64_t)tm->tm_year + 1900);
    int64_t year = floor_div(months, 12);
    int month = (int)(months - year * 12) + 1;
    time_t time = days_from_date(year, month, tm->tm_mday) * SECONDS_PER_DAY +
                  (int64_t)tm->tm_hour * 3600 + (int64_t)tm->tm_min * 60 +
                  tm->tm_sec;

    gmtime_r(&time, tm);
    return time;
}

time_t
mktime(struct tm *tm)
{
    return timegm(tm);
}

void
tzset(void)
{
}

char *
asctime(const struct tm *tm)
{
    static char text[64];

    strftime(text, sizeof(text), "%a %b %e %H:%M:%S %Y\n", tm);
    return text;
}

char *
ctime(const time_t *time)
{
    return asctime(gmtime(time));
}
