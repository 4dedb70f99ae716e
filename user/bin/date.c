/* SPDX-License-Identifier: MIT */
/*
 * date: show or set the time.
 *
 * Usage: date [-u] [-I] [-d time] [-r file] [+format]
 *        date -s time
 *   -d   that time instead of now    -r   when the file was changed
 *   -s   set the clock    -u   accepted: the time zone is UTC
 *   -I   the day only, as 2024-02-29
 * A time is @seconds after 1970 or YYYY-MM-DD[ hh:mm[:ss]]. The format is
 * strftime(3)'s, and %N for nanoseconds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "util.h"

enum { TEXT_CHARS = 512 };

static struct timespec
parse_time(const char *text)
{
    struct tm tm = {0};
    long long seconds;
    int n;

    if (text[0] == '@' && parse_number(text + 1, &seconds))
        return (struct timespec){(time_t)seconds, 0};
    n = sscanf(text, "%d-%d-%d%*1[ T]%d:%d:%d", &tm.tm_year, &tm.tm_mon,
               &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec);
    if (n != 3 && n < 5)
        die_about(text, "not a time");
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    return (struct timespec){timegm(&tm), 0};
}

/* Replace %N, which strftime() does not know. */
static char *
fill_nanoseconds(const char *format, long nanoseconds)
{
    char *result = must_malloc(strlen(format) * 5 + 1), *to = result;

    while (*format != '\0') {
        if (format[0] == '%' && format[1] == 'N') {
            to += snprintf(to, 10, "%09ld", nanoseconds);
            format += 2;
            continue;
        }
        if (format[0] == '%' && format[1] != '\0')
            *to++ = *format++;
        *to++ = *format++;
    }
    *to = '\0';
    return result;
}

#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static void
print_time(const struct timespec *when, const char *format)
{
    char text[TEXT_CHARS];
    char *full = fill_nanoseconds(format, when->tv_nsec);

    if (strftime(text, sizeof(text), full, gmtime(&when->tv_sec)) == 0 &&
        full[0] != '\0')
        die_about(format, "too long");
    puts(full[0] != '\0' ? text : "");
    free(full);
}

int
main(int argc, char **argv)
{
    static const char help[] = "[-uI] [-d time] [-r file] [-s time] [+format]";
    const char *format = "%a %b %e %H:%M:%S UTC %Y";
    struct timespec when;
    struct stat st;
    bool set = false;
    int option;

    prog_init(argv);
    clock_gettime(CLOCK_REALTIME, &when);
    while ((option = getopt(argc, argv, "uId:r:s:")) != -1) {
        if (option == 'd' || option == 's')
            when = parse_time(optarg);
        set |= option == 's';
        if (option == 'I')
            format = "%Y-%m-%d";
        if (option == 'r') {
            if (stat(optarg, &st) < 0)
                die(optarg);
            when = st.st_mtim;
        }
        if (option == '?')
            usage(help);
    }
    if (optind < argc && argv[optind][0] != '+')
        usage(help);
    if (optind < argc)
        format = argv[optind] + 1;
    if (set && clock_settime(CLOCK_REALTIME, &when) < 0)
        die("cannot set the clock");
    print_time(&when, format);
    return finish(0);
}
