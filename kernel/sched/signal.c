/* SPDX-License-Identifier: MIT */
/*
 * signal.c - pending signals: making them pending, waking who must look, and
 * taking them off for delivery (proc/signal.c).
 *
 * A signal that its receiver ignores is dropped at once, unless it is blocked
 * (it may be unblocked with a handler).  What is pending is one bit and one
 * note about the origin for each number; a second one of the same number
 * before the first was delivered is lost, as POSIX allows.
 *
 * SIGKILL and SIGSTOP can be neither blocked nor ignored.  SIGCONT removes
 * pending stop signals and wakes a stopped task even if it is ignored or
 * blocked; a stop signal removes a pending SIGCONT.  The first process is
 * immune to what it has no handler for, and kernel threads to everything.
 *
 * Locks: sig_lock; the task is woken after it is released.
 */
#include "sched/signal.h"

#include "core/cpu.h"
#include "lib/assert.h"
#include "lib/bitops.h"
#include "lib/string.h"
#include "sched/sched.h"

#define SIG_BIT(sig) (1UL << ((sig)-1))
#define UNBLOCKABLE (SIG_BIT(SIGKILL) | SIG_BIT(SIGSTOP))
#define STOP_SIGNALS                                                           \
    (SIG_BIT(SIGSTOP) | SIG_BIT(SIGTSTP) | SIG_BIT(SIGTTIN) | SIG_BIT(SIGTTOU))
#define IGNORED_SIGNALS                                                        \
    (SIG_BIT(SIGCHLD) | SIG_BIT(SIGURG) | SIG_BIT(SIGWINCH) | SIG_BIT(SIGCONT))
/* Faults of the instruction that was interrupted: delivered first. */
#define SYNCHRONOUS                                                            \
    (SIG_BIT(SIGSEGV) | SIG_BIT(SIGBUS) | SIG_BIT(SIGILL) | SIG_BIT(SIGTRAP) | \
     SIG_BIT(SIGFPE) | SIG_BIT(SIGSYS))

enum { INIT_PID = 1 };

/*
 * The first process is asked for first: it survives even SIGKILL.  Only a
 * handler could change that, and SIGKILL and SIGSTOP can have none.
 */
enum signal_effect
signal_effect(struct task *t, int sig)
{
    void (*handler)(int) = t->sig.action[sig - 1].sa_handler;

    if (handler == SIG_DFL && t->tgid == INIT_PID)
        return SIGNAL_IGNORED;
    if (sig == SIGKILL)
        return SIGNAL_ENDS;
    if (sig == SIGSTOP)
        return SIGNAL_STOPS;
    if (handler == SIG_IGN)
        return SIGNAL_IGNORED;
    if (handler != SIG_DFL)
        return SIGNAL_HANDLED;
    if (IGNORED_SIGNALS & SIG_BIT(sig))
        return SIGNAL_IGNORED;
    return STOP_SIGNALS & SIG_BIT(sig) ? SIGNAL_STOPS : SIGNAL_ENDS;
}

/* Element 0 is shared by the signals that keep none. */
static void *
origin_of(struct signals *s, int sig)
{
    return s->origin[sig < SIGRTMIN ? sig : 0];
}

/* Note who sent it: all of siginfo that a handler will want to see. */
static void
add_pending_locked(struct signals *s, int sig, const struct siginfo *info)
{
    static const struct siginfo from_kernel = {.si_code = SI_KERNEL};

    memcpy(origin_of(s, sig), info ? info : &from_kernel, SIGINFO_KEPT);
    atomic_fetch_or(&s->pending, SIG_BIT(sig));
}

/* sig became pending, not blocked: let t notice. */
static void
wake_for_signal(struct task *t, int sig)
{
    uint32_t states = TASK_INTERRUPTIBLE;

    if (signal_effect(t, sig) == SIGNAL_ENDS)
        states |= TASK_KILLABLE;
    if (sig == SIGKILL)
        states |= TASK_STOPPED;
    if (wake_up_task(t, states) || t == current)
        return;
    /* If it runs on another hart, in user mode, it must enter the kernel. */
    if (atomic_read(&t->on_cpu) && t->hart != hart_index())
        cpu_kick(t->hart);
}

/*
 * => need t not be told: it blocks sig, or ignores it.  SIGCONT becomes
 * pending even so, for a task that is just about to stop.
 */
static bool
make_pending_locked(struct task *t, int sig, const struct siginfo *info)
{
    struct signals *s = &t->sig;
    bool blocked = s->blocked & SIG_BIT(sig);
    bool ignored = !blocked && signal_effect(t, sig) == SIGNAL_IGNORED;

    if (sig == SIGCONT)
        s->pending &= ~STOP_SIGNALS;
    else if (STOP_SIGNALS & SIG_BIT(sig))
        s->pending &= ~SIG_BIT(SIGCONT);
    if (ignored && sig != SIGCONT)
        return true;
    if (!(s->pending & SIG_BIT(sig)))
        add_pending_locked(s, sig, info);
    return ignored || blocked;
}

int
send_signal(struct task *t, int sig, const struct siginfo *info)
{
    bool quiet;

    if (sig < 0 || sig > _NSIG)
        return -EINVAL;
    if (sig == 0 || atomic_read(&t->flags) & TF_KTHREAD)
        return 0; /* 0: only asks whether one could */
    spin_lock(&t->sig.sig_lock);
    quiet = make_pending_locked(t, sig, info);
    spin_unlock(&t->sig.sig_lock);
    if (sig == SIGCONT)
        wake_up_task(t, TASK_STOPPED);
    if (!quiet)
        wake_for_signal(t, sig);
    return 0;
}

void
force_signal(struct task *t, int sig, const struct siginfo *info)
{
    struct signals *s = &t->sig;
    struct sigaction *action = &s->action[sig - 1];

    spin_lock(&s->sig_lock);
    if (s->blocked & SIG_BIT(sig) || action->sa_handler == SIG_IGN) {
        action->sa_handler = SIG_DFL;
        s->blocked &= ~SIG_BIT(sig);
    }
    add_pending_locked(s, sig, info);
    spin_unlock(&s->sig_lock);
    wake_for_signal(t, sig);
}

int
signal_threads_locked(struct task *t, int sig, const struct siginfo *info)
{
    struct task *first = t;
    int err;

    do
        err = send_signal(t, sig, info);
    while (!err && (t = next_thread(t)) != first);
    return err;
}

int
signal_group(pid_t pgid, int sig, const struct siginfo *info)
{
    struct task *t;
    int err = -ESRCH;

    spin_lock(&pid_lock);
    list_for_each_entry(t, &all_tasks, all_link) {
        if (t->pgid != pgid || t->flags & TF_KTHREAD)
            continue;
        if (info && !may_signal(t)) {
            if (err == -ESRCH)
                err = -EPERM;
            continue;
        }
        err = send_signal(t, sig, info);
    }
    spin_unlock(&pid_lock);
    return err;
}

/* Asked in loops and without the lock: a torn answer comes right later. */
bool
fatal_signal_pending(struct task *t)
{
    uint64_t pending =
        atomic_read(&t->sig.pending) & ~READ_ONCE(t->sig.blocked);

    for (; pending; pending &= pending - 1)
        if (signal_effect(t, (int)ffs64(pending)) == SIGNAL_ENDS)
            return true;
    return false;
}

/* SIGKILL before all, so that nothing can delay the end. */
int
dequeue_signal(struct siginfo *info)
{
    struct signals *s = &current->sig;
    uint64_t deliverable;
    int sig;

    spin_lock(&s->sig_lock);
    deliverable = s->pending & ~s->blocked;
    if (deliverable & SIG_BIT(SIGKILL))
        deliverable = SIG_BIT(SIGKILL);
    else if (deliverable & SYNCHRONOUS)
        deliverable &= SYNCHRONOUS;
    sig = (int)ffs64(deliverable);
    if (sig) {
        atomic_fetch_and(&s->pending, ~SIG_BIT(sig));
        *info = (struct siginfo){0};
        memcpy(info, origin_of(s, sig), SIGINFO_KEPT);
        info->si_signo = sig;
    }
    spin_unlock(&s->sig_lock);
    return sig;
}

void
set_blocked_signals(uint64_t mask)
{
    struct signals *s = &current->sig;

    spin_lock(&s->sig_lock);
    s->blocked = mask & ~UNBLOCKABLE;
    spin_unlock(&s->sig_lock);
}

void
set_blocked_meanwhile(uint64_t mask)
{
    struct signals *s = &current->sig;

    s->saved_blocked = s->blocked;
    s->restore_blocked = true;
    set_blocked_signals(mask);
}

void
restore_blocked_signals(void)
{
    struct signals *s = &current->sig;

    if (!s->restore_blocked)
        return;
    s->restore_blocked = false;
    set_blocked_signals(s->saved_blocked);
}
