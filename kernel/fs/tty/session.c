/* SPDX-License-Identifier: MIT */
/*
 * session.c - which session a terminal belongs to, and which process group of
 * it is in the foreground.
 *
 * A session leader without a terminal takes one (TIOCSCTTY, or by opening the
 * serial line); all tasks that it forks from then on have it.  Only tasks of
 * the session ask for and set the foreground group, which gets ^C, ^\ and ^Z.
 *
 * Invariants
 *   I1  task->tty == tty only for tasks with task->sid == tty->sid.
 *
 * Locks: pid_lock for tty->sid, tty->pgrp and every task->tty.
 *
 * Not done: orphaned groups; TOSTOP.
 */
#include "fs/tty/session.h"

#include "fs/tty/ldisc.h"
#include "fs/tty/tty.h"
#include "include/errno.h"
#include "sched/cred.h"
#include "sched/signal.h"
#include "sched/task.h"

/* Take the terminal from all that have it.  => pid_lock held */
static void
forget_tty_locked(struct tty *tty)
{
    struct task *t;

    list_for_each_entry(t, &all_tasks, all_link)
        if (t->tty == tty)
            t->tty = NULL;
    tty->sid = tty->pgrp = 0;
}

/* Has anybody else the terminal?  => pid_lock held */
static bool
in_use_locked(struct tty *tty)
{
    struct task *t;

    list_for_each_entry(t, &all_tasks, all_link)
        if (t->tty == tty)
            return true;
    return false;
}

int
tty_set_controlling(struct tty *tty, bool steal)
{
    struct task *me = current;
    int err = 0;

    spin_lock(&pid_lock);
    if (me->sid != me->tgid || (me->tty && me->tty != tty))
        err = -EPERM;
    else if (tty->sid != me->sid && !steal && in_use_locked(tty))
        err = -EPERM;
    if (!err && tty->sid != me->sid) {
        forget_tty_locked(tty);
        tty->sid = me->sid;
        tty->pgrp = me->pgid;
    }
    if (!err)
        me->tty = tty;
    spin_unlock(&pid_lock);
    return err;
}

void
tty_leave_session(void)
{
    struct task *me = current;
    struct tty *tty;
    pid_t pgrp = 0;

    spin_lock(&pid_lock);
    tty = me->tty;
    me->tty = NULL;
    if (tty && me->sid == me->tgid) {
        pgrp = tty->pgrp;
        forget_tty_locked(tty);
    }
    spin_unlock(&pid_lock);
    if (pgrp > 0) {
        signal_group(pgrp, SIGHUP, NULL);
        signal_group(pgrp, SIGCONT, NULL);
    }
}

int
tty_check_foreground(struct tty *tty)
{
    struct task *me = current;
    bool deaf;

    if (me->tty != tty || me->pgid == READ_ONCE(tty->pgrp))
        return 0;
    spin_lock(&me->sig.sig_lock);
    deaf = me->sig.blocked >> (SIGTTIN - 1) & 1 ||
           signal_effect(me, SIGTTIN) == SIGNAL_IGNORED;
    spin_unlock(&me->sig.sig_lock);
    if (deaf)
        return -EIO;
    signal_group(me->pgid, SIGTTIN, NULL);
    return -ERESTARTSYS;
}

int
tty_get_group(struct tty *tty, pid_t *pgrp, pid_t *sid)
{
    int err = -ENOTTY;

    spin_lock(&pid_lock);
    if (current->tty == tty) {
        *pgrp = tty->pgrp;
        *sid = tty->sid;
        err = 0;
    }
    spin_unlock(&pid_lock);
    return err;
}

/* => pid_lock held; 0, -ESRCH: no such group, -EPERM: not in this session */
static int
check_group_locked(pid_t pgrp, pid_t sid)
{
    struct task *t;

    list_for_each_entry(t, &all_tasks, all_link)
        if (t->pgid == pgrp)
            return t->sid == sid ? 0 : -EPERM;
    return -ESRCH;
}

int
tty_set_group(struct tty *tty, pid_t pgrp)
{
    int err;

    if (pgrp <= 0)
        return -EINVAL;
    spin_lock(&pid_lock);
    if (current->tty != tty)
        err = -ENOTTY;
    else
        err = check_group_locked(pgrp, tty->sid);
    if (!err)
        tty->pgrp = pgrp;
    spin_unlock(&pid_lock);
    return err;
}
