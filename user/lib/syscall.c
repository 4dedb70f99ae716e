/* SPDX-License-Identifier: MIT */
/*
 * syscall.c - errno, and the general entry to the kernel.
 *
 * The thread pointer, tp, points to the struct thread of who runs: crt0.S makes
 * it first_thread, thread_start() gives each thread its own.
 */
#include "syscall.h"
#include <errno.h>
#include <stdarg.h>
#include <thread.h>
#include <unistd.h>

enum { HIGHEST_ERRNO = 4095 };

struct thread first_thread; /* what main() runs in */

int *
__errno_location(void)
{
    struct thread *self;

    __asm__("mv %0, tp" : "=r"(self));
    return &self->error;
}

long
sys_result(long raw)
{
    if ((unsigned long)raw < (unsigned long)-HIGHEST_ERRNO)
        return raw;
    errno = (int)-raw;
    return -1;
}

long
syscall(long number, ...)
{
    long x[6];
    va_list ap;

    va_start(ap, number);
    for (int i = 0; i < 6; i++)
        x[i] = va_arg(ap, long);
    va_end(ap);
    return sys_result(raw_syscall6(number, x[0], x[1], x[2], x[3], x[4], x[5]));
}
