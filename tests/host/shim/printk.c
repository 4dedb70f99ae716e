/* SPDX-License-Identifier: MIT */
/*
 * printk.c - printk() collects its text in host_log; LOG=1 shows it as well.
 */
#include "host.h"

#include "core/printk.h"

char host_log[65536];

void
vprintk(int level, const char *fmt, va_list args)
{
    size_t len = strlen(host_log);

    (void)level;
    vsnprintf(host_log + len, sizeof(host_log) - len, fmt, args);
    if (getenv("LOG"))
        fputs(host_log + len, stderr);
}

void
printk(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vprintk(LOG_INFO, fmt, args);
    va_end(args);
}

void
printk_level(int level, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vprintk(level, fmt, args);
    va_end(args);
}
