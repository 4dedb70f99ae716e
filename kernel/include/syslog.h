/* SPDX-License-Identifier: MIT */
/*
 * syslog.h - actions of syslog(2), which reads the kernel's log.
 * Layer 0 (include): constants only.
 */
#ifndef INCLUDE_SYSLOG_H
#define INCLUDE_SYSLOG_H

/* clang-format off: tables */
enum {
    SYSLOG_ACTION_CLOSE = 0, SYSLOG_ACTION_OPEN = 1,
    SYSLOG_ACTION_READ = 2, /* waits for and consumes new text */
    SYSLOG_ACTION_READ_ALL = 3, SYSLOG_ACTION_READ_CLEAR = 4,
    SYSLOG_ACTION_CLEAR = 5, SYSLOG_ACTION_CONSOLE_OFF = 6,
    SYSLOG_ACTION_CONSOLE_ON = 7, SYSLOG_ACTION_CONSOLE_LEVEL = 8,
    SYSLOG_ACTION_SIZE_UNREAD = 9, SYSLOG_ACTION_SIZE_BUFFER = 10,
};
/* clang-format on */

#endif
