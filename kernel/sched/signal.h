/* SPDX-License-Identifier: MIT */
/*
 * Pending signals: set, send, look.  What a signal does to the task is
 * decided at its return to user mode (proc/signal.c); here it only becomes
 * pending and wakes the task if its sleep may be interrupted.
 */
#pragma once

#include <stddef.h>

#include "core/spinlock.h"
#include "include/signal.h"
#include "lib/types.h"

struct task;

/* How much of a struct siginfo is kept: all that is ever filled in. */
enum { SIGINFO_KEPT = offsetof(struct siginfo, si_pad2) };

/* Keys: (s) sig_lock; (a) atomic */
struct signals {
    struct spinlock sig_lock;       /* RANK_SIGNAL */
    _Atomic uint64_t pending;       /* (s) bit n-1: signal n; read without it */
    uint64_t blocked;               /* (s) changed by the task only; never
                                      SIGKILL or SIGSTOP */
    uint64_t saved_blocked;         /* (o) the mask to go back to, */
    bool restore_blocked;           /* (o) if this says so */
    struct sigaction action[_NSIG]; /* (s) [signal - 1] */
    /* (s) of the pending ones; real-time signals keep none, so that a task
       fits one page of slab */
    uint8_t origin[SIGRTMIN][SIGINFO_KEPT];
};

/*
 * Make sig pending for t, unless t ignores it.  info NULL: from the kernel.
 * => any context; pid_lock may be held; 0 or -EINVAL
 */
int send_signal(struct task *t, int sig, const struct siginfo *info);
/* May the current task send a signal to t? */
bool may_signal(struct task *t);
/* Send even if blocked or ignored (faults: SIGSEGV, SIGBUS, ...). */
void force_signal(struct task *t, int sig, const struct siginfo *info);
/*
 * To every thread of t's group: what a signal does, it does to all of them.
 * => pid_lock held
 */
int signal_threads_locked(struct task *t, int sig, const struct siginfo *info);
/* Every task of a process group.  => 0, -ESRCH, -EPERM */
int signal_group(pid_t pgid, int sig, const struct siginfo *info);

/*
 * Take the current task's next unblocked signal: SIGKILL, then by
 * number.  => its number and *info; 0: none
 */
int dequeue_signal(struct siginfo *info);
/* sigprocmask of the current task. */
void set_blocked_signals(uint64_t mask);
/*
 * ppoll, sigsuspend: another mask until the signals that it lets through have
 * been delivered, or the call ends without any.
 */
void set_blocked_meanwhile(uint64_t mask);
void restore_blocked_signals(void);

/* Is SIGKILL pending, or a signal whose default ends the task? */
bool fatal_signal_pending(struct task *t);

/* What a signal does to t when it is delivered. */
enum signal_effect {
    SIGNAL_IGNORED,
    SIGNAL_STOPS,
    SIGNAL_ENDS,
    SIGNAL_HANDLED,
};
/* => sig_lock, or the answer may be out of date */
enum signal_effect signal_effect(struct task *t, int sig);
