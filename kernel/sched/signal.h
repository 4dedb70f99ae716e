/* SPDX-License-Identifier: MIT */
/*
 * Pending signals: set, send, look.  What a signal does to the task is
 * decided at its return to user mode (proc/signal.c); here it only becomes
 * pending and wakes the task if its sleep may be interrupted.
 */
#pragma once

#include "core/spinlock.h"
#include "include/signal.h"
#include "lib/types.h"

struct task;

/* Keys: (s) sig_lock; (a) atomic */
struct signals {
    struct spinlock sig_lock;       /* RANK_SIGNAL */
    _Atomic uint64_t pending;       /* (s) bit n-1: signal n; read without it */
    uint64_t blocked;               /* (s) changed by the task only; never
                                      SIGKILL or SIGSTOP */
    uint64_t saved_blocked;         /* (o) the mask to go back to, */
    bool restore_blocked;           /* (o) if this says so */
    struct sigaction action[_NSIG]; /* (s) [signal - 1] */
};

/*
 * Make sig pending, and wake t if it must look.  What t ignores is dropped; force:
 * nothing is, not even what t blocks (faults, SIGKILL for a reason).  0 is a
 * signal that does nothing.
 * => any context; pid_lock may be held
 */
void post_signal(struct task *t, int sig, bool force);
#define force_signal(t, sig) post_signal(t, sig, true)
#define send_signal(t, sig) ((sig) ? post_signal(t, sig, false) : (void)0)
/*
 * May the current task send sig to t?  SIGCONT to all of its session, so that
 * a shell can continue what it stopped, whatever user it has become.
 */
bool may_signal(struct task *t, int sig);
enum { EVERYBODY = -1 }; /* all but init and ourselves */
/*
 * Every task of a process group.  by_user: those that the current task may signal.
 * => 0, -ESRCH, -EPERM: none of these
 */
int signal_group(pid_t pgid, int sig, bool by_user);

/* The current task's next unblocked signal: SIGKILL, then by number.  0: none */
int dequeue_signal(void);
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
};
/* => sig_lock, or the answer may be out of date */
enum signal_effect signal_effect(struct task *t, int sig);
