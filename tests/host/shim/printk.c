/* SPDX-License-Identifier: MIT */
/*
 * printk.c - printk() collects its text in host_log; LOG=1 shows it as well.
 */
#include "host.h"

#include "core/printk.h"

char host_log[65536];

void
printk_level(int level, const char *fmt, ...)
{
    size_t len = strlen(host_log);
    va_list args;

    (void)level;
    va_start(args, fmt);
    vsnprintf(host_log + len, sizeof(host_log) - len, fmt, args);
    va_end(args);
    if (getenv("LOG"))
        fputs(host_log + len, stderr);
}
