/* SPDX-License-Identifier: MIT */
/* Who a terminal belongs to: ioctls of sessions and groups; see session.c. */
#ifndef FS_TTY_SESSION_H
#define FS_TTY_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/types.h"

struct tty;

/*
 * Make tty the controlling terminal of the current task's session, if the
 * task leads it and has none; steal: even if it is another session's.
 * => 0 or -EPERM
 */
int tty_set_controlling(struct tty *tty, bool steal);
/* May the current task read?  0, -EIO, -ERESTARTSYS (it got SIGTTIN) */
int tty_check_foreground(struct tty *tty);
/* TIOCGPGRP, TIOCGSID: the foreground group, the session.  -ENOTTY */
int tty_get_group(struct tty *tty, pid_t *pgrp, pid_t *sid);
/* TIOCSPGRP */
int tty_set_group(struct tty *tty, pid_t pgrp);

#endif
