/* SPDX-License-Identifier: MIT */
/* The console terminal, for fs_init.c and proc/exit.c; see tty.c. */
#pragma once

void tty_init(void); /* => after uart_init() */
/*
 * The current task gives its controlling terminal up; if it leads the
 * session, so do all others of it, and the foreground gets SIGHUP.
 */
void tty_leave_session(void);
