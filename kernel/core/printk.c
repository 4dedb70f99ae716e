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
 * Once a hart panics it takes neither lock: the others have been stopped,
 * perhaps while they held one.
 *
 * Locks: log_lock, console_lock, the innermost two (lock_rank.h).
 * Not done: lines in parts; each printk is a line, cut at LINE_BYTES.
 */
#include "core/printk.h"

#include "core/panic.h"
#include "core/spinlock.h"
#include "lib/format.h"
#include "lib/macros.h"
#include "lib/string.h"
#include "riscv/sbi.h"
#include "riscv/timer.h"

enum { LOG_BYTES = 32 * 1024, LINE_BYTES = 256 };

#define NS_PER_US 1000UL
#define US_PER_SECOND 1000000UL

static struct spinlock log_lock = SPINLOCK_INIT(RANK_LOG, "log");
static char ring[LOG_BYTES];
static uint64_t end; /* position after the newest byte; log_lock */

static struct spinlock console_lock = SPINLOCK_INIT(RANK_CONSOLE, "console");
static const struct console_sink *console; /* console_lock */
static int level_shown = LOG_DEBUG;

/* => was it taken? for unlock_if() */
static bool
lock_unless_panic(struct spinlock *l)
{
    bool lock = !panicking();

    if (lock)
        spin_lock(l);
    return lock;
}

static void
unlock_if(bool locked, struct spinlock *l)
{
    if (locked)
        spin_unlock(l);
}

/* The firmware's console, until a driver registers. */
static void
early_write(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sbi_putchar(s[i]);
}

void
console_register(const struct console_sink *sink)
{
    bool locked = lock_unless_panic(&console_lock);

    console = sink;
    unlock_if(locked, &console_lock);
}

void
console_write(const char *s, size_t n)
{
    bool locked = lock_unless_panic(&console_lock);

    if (console)
        console->write(s, n);
    else
        early_write(s, n);
    unlock_if(locked, &console_lock);
}

void
console_set_level(int level)
{
    level_shown = level;
}

int
console_level(void)
{
    return level_shown;
}

static void
log_append(const char *s, size_t n)
{
    bool locked = lock_unless_panic(&log_lock);

    for (size_t i = 0; i < n; i++)
        ring[end++ % LOG_BYTES] = s[i];
    unlock_if(locked, &log_lock);
}

void
vprintk(int level, const char *fmt, va_list ap)
{
    char line[LINE_BYTES + 1]; /* room for \r */
    uint64_t us = timer_ns() / NS_PER_US;
    size_t n = (size_t)snprintf(line, LINE_BYTES, "[%5lu.%06lu] ",
                                us / US_PER_SECOND, us % US_PER_SECOND);

    n += (size_t)vsnprintf(line + n, LINE_BYTES - n, fmt, ap);
    n = MIN(n, (size_t)LINE_BYTES - 1);
    /* One newline at the end, be it given, forgotten or cut off. */
    if (line[n - 1] != '\n') {
        if (n == LINE_BYTES - 1)
            n--;
        line[n++] = '\n';
    }
    log_append(line, n);
    if (level <= level_shown) {
        line[n - 1] = '\r'; /* the console is raw */
        line[n] = '\n';
        console_write(line, n + 1);
    }
}

void
printk_level(int level, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vprintk(level, fmt, ap);
    va_end(ap);
}

void
printk(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vprintk(LOG_INFO, fmt, ap);
    va_end(ap);
}

uint64_t
log_end(void)
{
    return READ_ONCE(end);
}

/* The oldest byte that begins a line.  => log_lock held */
static uint64_t
log_start_locked(void)
{
    uint64_t p = end - LOG_BYTES;

    if (end <= LOG_BYTES)
        return 0;
    while (p < end && ring[p % LOG_BYTES] != '\n')
        p++;
    return MIN(p + 1, end);
}

uint64_t
log_start(void)
{
    bool locked = lock_unless_panic(&log_lock);
    uint64_t start = log_start_locked();

    unlock_if(locked, &log_lock);
    return start;
}

size_t
log_read(uint64_t *seq, char *buf, size_t size)
{
    size_t n = 0;
    bool locked = lock_unless_panic(&log_lock);
    uint64_t p = MIN(*seq, end);

    if (end > LOG_BYTES && p < end - LOG_BYTES)
        p = log_start_locked();
    while (n < size && p < end)
        buf[n++] = ring[p++ % LOG_BYTES];
    *seq = p;
    unlock_if(locked, &log_lock);
    return n;
}
