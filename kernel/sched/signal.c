/* SPDX-License-Identifier: MIT */
/*
 * signal.c - pending signals: making them pending, waking who must look, and
 * taking them off for delivery (proc/signal.c).
 *
 * A signal that its receiver ignores is dropped at once, unless it is blocked (it
 * may be unblocked after it is ignored no more).  What is pending is one bit for
 * each number; a second one of the same number before the first was delivered is
 * lost, as POSIX allows.
 *
 * SIGKILL and SIGSTOP can be neither blocked nor ignored.  SIGCONT removes
 * pending stop signals and wakes a stopped task even if it is ignored or
 * blocked; a stop signal removes a pending SIGCONT.  The first process is
 * immune to what it has no handler for (but its threads to each other are not),
 * and kernel threads to everything.
 *
 * Signal against sleep.  A sleeper sets its state, then asks signal_pending();
 * the sender sets the bit, then wakes (wake_up_task() has the fence between):
 * one of them sees the other, as in sched.c.  Signal against user mode: a task
 * that runs on another hart is interrupted after the bit is set, and looks on
 * its way out, with interrupts off; so the interrupt comes before that look, or
 * after it and then brings the task back in.  A hart that takes the task just
 * then may look before we see it there, since no fence is between: its next tick
 * makes that good.
 *
 * Locks: sig_lock; the task is woken after it is released.
 *
 * Not done: queues of real-time signals; siginfo, which without handlers nobody
 * could ask for.
 */
#include "sched/signal.h"

#include "core/cpu.h"
#include "lib/bitops.h"
#include "sched/sched.h"

#define SIG_BIT(sig) (1UL << ((sig)-1))
#define UNBLOCKABLE (SIG_BIT(SIGKILL) | SIG_BIT(SIGSTOP))
#define STOP_SIGNALS                                                           \
    (SIG_BIT(SIGSTOP) | SIG_BIT(SIGTSTP) | SIG_BIT(SIGTTIN) | SIG_BIT(SIGTTOU))
#define IGNORED_SIGNALS                                                        \
    (SIG_BIT(SIGCHLD) | SIG_BIT(SIGURG) | SIG_BIT(SIGWINCH) | SIG_BIT(SIGCONT))

/*
 * The first process is asked for first: it survives even SIGKILL.  Only a
 * handler could change that, and SIGKILL and SIGSTOP can have none.
 */
enum signal_effect
signal_effect(struct task *t, int sig)
{
    void (*handler)(int) = t->sig.action[sig - 1].sa_handler;

    if (handler == SIG_DFL && t->tgid == INIT_PID &&
        !(atomic_read(&t->flags) & TF_ENDED))
        return SIGNAL_IGNORED;
    if (sig == SIGKILL)
        return SIGNAL_ENDS;
    if (sig == SIGSTOP)
        return SIGNAL_STOPS;
    if (handler == SIG_IGN || IGNORED_SIGNALS & SIG_BIT(sig))
        return SIGNAL_IGNORED;
    return STOP_SIGNALS & SIG_BIT(sig) ? SIGNAL_STOPS : SIGNAL_ENDS;
}

/* Even an ignored SIGCONT becomes pending, for a task just about to stop. */
void
post_signal(struct task *t, int sig, bool force)
{
    struct signals *s = &t->sig;
    struct sigaction *action = &s->action[sig - 1];
    uint64_t bit = SIG_BIT(sig);
    enum signal_effect effect;
    uint32_t states = 0;
    bool blocked, ignored;

    if (atomic_read(&t->flags) & TF_KTHREAD)
        return;
    spin_lock(&s->sig_lock);
    if (force && (s->blocked & bit || action->sa_handler == SIG_IGN)) {
        action->sa_handler = SIG_DFL;
        s->blocked &= ~bit;
    }
    effect = signal_effect(t, sig);
    blocked = s->blocked & bit;
    ignored = !force && effect == SIGNAL_IGNORED;
    if (sig == SIGCONT)
        s->pending &= ~STOP_SIGNALS;
    else if (STOP_SIGNALS & bit)
        s->pending &= ~SIG_BIT(SIGCONT);
    if (blocked || !ignored || sig == SIGCONT)
        s->pending |= bit;
    if (!blocked && !ignored)
        states = effect == SIGNAL_ENDS ? TASK_INTERRUPTIBLE | TASK_KILLABLE
                                       : TASK_INTERRUPTIBLE;
    spin_unlock(&s->sig_lock);
    if (sig == SIGCONT || sig == SIGKILL)
        states |= TASK_STOPPED;
    /* If it runs on another hart, in user mode, it must enter the kernel. */
    if (states && !wake_up_task(t, states) && atomic_read(&t->on_cpu) &&
        t->hart != hart_index())
        cpu_kick(t->hart);
}

bool
may_signal(struct task *t, int sig)
{
    const struct cred *me = &current->cred;
    bool ok = is_root(me) || (sig == SIGCONT && t->sid == current->sid);

    spin_lock(&t->lock);
    ok = ok || me->euid == t->cred.suid || me->euid == t->cred.uid ||
         me->uid == t->cred.suid || me->uid == t->cred.uid;
    spin_unlock(&t->lock);
    return ok;
}

int
signal_group(pid_t pgid, int sig, bool by_user)
{
    struct task *t;
    int err = -ESRCH;

    spin_lock(&pid_lock);
    list_for_each_entry(t, &all_tasks, all_link) {
        bool meant = pgid == EVERYBODY
                         ? t->tgid != INIT_PID && t->leader != current->leader
                         : t->pgid == pgid;

        if (!meant || atomic_read(&t->flags) & TF_KTHREAD)
            continue;
        if (by_user && !may_signal(t, sig)) {
            err = err ? -EPERM : 0;
        } else {
            send_signal(t, sig);
            err = 0;
        }
    }
    spin_unlock(&pid_lock);
    return err;
}

/* Asked in loops and without the lock: a torn answer comes right later. */
bool
fatal_signal_pending(struct task *t)
{
    uint64_t pending = signal_pending(t);

    for (; pending; pending &= pending - 1)
        if (signal_effect(t, (int)ffs64(pending)) == SIGNAL_ENDS)
            return true;
    return false;
}

/* SIGKILL before all, so that nothing can delay the end. */
int
dequeue_signal(void)
{
    struct signals *s = &current->sig;
    uint64_t deliverable;
    int sig;

    spin_lock(&s->sig_lock);
    deliverable = s->pending & ~s->blocked;
    if (deliverable & SIG_BIT(SIGKILL))
        deliverable = SIG_BIT(SIGKILL);
    sig = (int)ffs64(deliverable);
    if (sig)
        atomic_fetch_and(&s->pending, ~SIG_BIT(sig));
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
