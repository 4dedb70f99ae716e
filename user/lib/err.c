/* SPDX-License-Identifier: MIT */
/*
 * err.c - messages on the standard error output, perror among them.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* error: the number to explain, or -1 for none */
static void
message(const char *format, va_list ap, int error)
{
    fflush(stdout);
    fprintf(stderr, "%s: ", program_invocation_short_name);
    vfprintf(stderr, format, ap);
    if (error >= 0)
        fprintf(stderr, ": %s", strerror(error));
    putc('\n', stderr);
}

void
vwarn(const char *format, va_list ap)
{
    message(format, ap, errno);
}

void
vwarnx(const char *format, va_list ap)
{
    message(format, ap, -1);
}

void
warn(const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    vwarn(format, ap);
    va_end(ap);
}

void
warnx(const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    vwarnx(format, ap);
    va_end(ap);
}

void
err(int status, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    vwarn(format, ap);
    va_end(ap);
    exit(status);
}

void
errx(int status, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    vwarnx(format, ap);
    va_end(ap);
    exit(status);
}

void
perror(const char *what)
{
    int error = errno;

    fflush(stdout);
    if (what != NULL && *what != '\0')
        fprintf(stderr, "%s: ", what);
    fprintf(stderr, "%s\n", strerror(error));
}
