/* SPDX-License-Identifier: MIT */
/*
 * printk.c - the log ring and the console.
 *
 * A message is formatted on the caller's stack, appended to the ring under
 * log_lock, then written to the console under console_lock; so two harts mix
 * whole lines only.  Positions in the log count all bytes ever written; the
 * byte at position p is ring[p % LOG_BYTES], and the last LOG_BYTES of them
 * are kept.
 *
 *     ring  ...older|newest line\n|oldest line\n|older...
 *                               ^ end % LOG_BYTES
 *
 * A reader keeps the position up to which it has read; when the ring has
 * overtaken it, it goes on with the oldest line that is whole.
 *
 * A hart that panics may find either lock taken for ever, by a hart that it
 * has stopped or by itself.  spin_lock() then gives up after a while and goes
 * on, so there is nothing to do about it here.
 *
 * Locks: log_lock, console_lock, the innermost two (lock_rank.h).
 * Not done: lines in parts; each printk is a line, cut at LINE_BYTES.
 */
#include "core/printk.h"

#include "core/spinlock.h"
#include "lib/format.h"
#include "riscv/sbi.h"
#include "riscv/timer.h"

enum { LINE_BYTES = 256 };

#define NS_PER_US 1000UL
#define US_PER_SECOND 1000000UL

static struct spinlock log_lock = SPINLOCK_INIT(RANK_LOG, "log");
static char ring[LOG_BYTES];
uint64_t log_end; /* log_lock to change */

static struct spinlock console_lock = SPINLOCK_INIT(RANK_CONSOLE, "console");
void (*console_sink)(const char *s, size_t n);
int console_level = LOG_DEBUG;

void
console_write(const char *s, size_t n)
{
    spin_lock(&console_lock);
    if (console_sink)
        console_sink(s, n);
    else /* no driver yet: the firmware's console */
        for (size_t i = 0; i < n; i++)
            sbi_putchar(s[i]);
    spin_unlock(&console_lock);
}

void
printk_level(int level, const char *fmt, ...)
{
    char line[LINE_BYTES + 1]; /* room for \r */
    uint64_t us = timer_ns() / NS_PER_US;
    size_t n = (size_t)snprintf(line, LINE_BYTES, "[%5lu.%06lu] ",
                                us / US_PER_SECOND, us % US_PER_SECOND);
    va_list ap;

    va_start(ap, fmt);
    n += (size_t)vsnprintf(line + n, LINE_BYTES - n, fmt, ap);
    va_end(ap);
    n = MIN(n, (size_t)LINE_BYTES - 1);
    /* One newline at the end, be it given, forgotten or cut off. */
    if (line[n - 1] == '\n')
        n--;
    line[n] = '\n';

    spin_lock(&log_lock);
    for (size_t i = 0; i <= n; i++)
        ring[log_end++ % LOG_BYTES] = line[i];
    spin_unlock(&log_lock);
    if (level > console_level)
        return;
    line[n] = '\r'; /* the console is raw */
    line[n + 1] = '\n';
    console_write(line, n + 2);
}

size_t
log_read(uint64_t *seq, char *buf, size_t size)
{
    size_t n = 0;

    spin_lock(&log_lock);
    if (log_end > LOG_BYTES && *seq < log_end - LOG_BYTES) {
        *seq = log_end - LOG_BYTES; /* and on to the next whole line */
        while (*seq < log_end && ring[(*seq)++ % LOG_BYTES] != '\n')
            ;
    }
    while (n < size && *seq < log_end)
        buf[n++] = ring[(*seq)++ % LOG_BYTES];
    spin_unlock(&log_lock);
    return n;
}
