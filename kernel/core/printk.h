/* SPDX-License-Identifier: MIT */
/*
 * printk: the kernel's log.  Formats a line "[    0.123456] text" into the
 * log ring (read by dmesg through syslog(2) and /proc/kmsg) and passes it to
 * the registered sink; before a UART driver registers, to SBI's legacy
 * console.  Usable from any context, wakes nobody.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { LOG_BYTES = 32 * 1024 }; /* that are kept */
enum { LOG_ERR = 3, LOG_WARN = 4, LOG_INFO = 6, LOG_DEBUG = 7 };

void printk_level(int level, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
#define pr_err(...) printk_level(LOG_ERR, __VA_ARGS__)
#define pr_warn(...) printk_level(LOG_WARN, __VA_ARGS__)
#define printk(...) printk_level(LOG_INFO, __VA_ARGS__)

/*
 * core <- dev: writes characters synchronously; called under the console
 * lock with interrupts off, must not sleep and must not call printk.  Set once,
 * at boot.
 */
extern void (*console_sink)(const char *s, size_t n);
/* For the tty: serialised with printk output. */
void console_write(const char *s, size_t n);

/* Messages above this level reach the ring only (bootarg quiet: LOG_ERR). */
extern int console_level;

/*
 * Copy log text starting at *seq (0: oldest) to buf; advances *seq to the
 * first byte not copied.  => returns bytes copied; skips what was overwritten.
 */
size_t log_read(uint64_t *seq, char *buf, size_t size);
extern uint64_t log_end; /* position after the newest byte; read only */
