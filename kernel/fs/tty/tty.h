/* SPDX-License-Identifier: MIT */
/* The console terminal; see tty.c. */
#pragma once

#include "fs/fs.h"

extern const struct file_operations tty_file_ops;
void tty_init(void); /* => after uart_init() */
/*
 * The current task, which led a session, ends: all others of it lose the
 * terminal, too, and the foreground gets SIGHUP.
 */
void tty_leave_session(void);
