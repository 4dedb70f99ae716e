/* SPDX-License-Identifier: MIT */
/*
 * sys_signal.c - sending signals, and saying what to do about them.
 *
 * Here only rights and numbers are checked; a signal is made pending by
 * sched/signal.c and acted upon by proc/signal.c when its receiver returns to
 * user mode.
 *
 * Who may: the rule is may_signal(), and SIGCONT goes to all of one's session,
 * so that a shell can continue what it stopped, whatever user it has become.
 * Signal 0 is sent to nobody: it asks whether one could.
 *
 * Locks: sig_lock for dispositions; the task's own mask is changed by itself
 * only.
 *
 * Not done: handlers.  rt_sigaction accepts SIG_DFL and SIG_IGN and refuses a
 * function with ENOSYS.
 */
#include "sched/task.h"
#include "syscall/syscall.h"

/* What the receiver will know: that we sent it. */
static struct siginfo
from_us(int sig, int code)
{
    return (struct siginfo){
        .si_signo = sig,
        .si_code = code,
        .si_pid = current->tgid,
        .si_uid = current->cred.uid,
    };
}

static int
signal_process(struct task *t, int sig, const struct siginfo *info)
{
    int err;

    spin_lock(&pid_lock);
    err = signal_threads_locked(t, sig, info);
    spin_unlock(&pid_lock);
    return err;
}

/* A process, or a thread of it; sig 0 only asks whether one may. */
static int64_t
kill_one(pid_t pid, int sig, int code)
{
    struct siginfo info = from_us(sig, code);
    struct task *t = find_get_task(pid);
    int err = -EPERM;

    if (!t)
        return -ESRCH;
    if (may_signal(t) || (sig == SIGCONT && t->sid == current->sid))
        err = code == SI_TKILL ? send_signal(t, sig, &info)
                               : signal_process(t, sig, &info);
    put_task(t);
    return err;
}

/* Everybody but init and ourselves. */
static int64_t
kill_all(int sig)
{
    struct task *t;
    int64_t ret = -ESRCH;

    for (pid_t pid = 1; (t = next_task_after(pid)); put_task(t)) {
        pid = t->pid;
        if (t->leader == current->leader ||
            (atomic_read(&t->flags) & TF_KTHREAD))
            continue;
        if (kill_one(pid, sig, SI_USER) == 0)
            ret = 0;
        else if (ret)
            ret = -EPERM;
    }
    return ret;
}

/* To a process, a group (0: ours), or everybody (-1). */
int64_t
sys_kill(const uint64_t *a)
{
    pid_t pid = (pid_t)a[0];
    int sig = (int)a[1];
    struct siginfo info = from_us(sig, SI_USER);

    if (sig < 0 || sig > _NSIG)
        return -EINVAL;
    if (pid > 0)
        return kill_one(pid, sig, SI_USER);
    if (pid == -1)
        return kill_all(sig);
    if (pid == INT32_MIN)
        return -ESRCH;
    return signal_group(pid ? -pid : current->pgid, sig, &info);
}

int64_t
sys_tkill(const uint64_t *a)
{
    if ((pid_t)a[0] <= 0 || a[1] > _NSIG)
        return -EINVAL;
    return kill_one((pid_t)a[0], (int)a[1], SI_TKILL);
}

int64_t
sys_tgkill(const uint64_t *a)
{
    struct task *t;
    bool member;

    if ((pid_t)a[0] <= 0 || (pid_t)a[1] <= 0)
        return -EINVAL;
    t = find_get_task((pid_t)a[1]);
    if (!t)
        return -ESRCH;
    member = t->tgid == (pid_t)a[0];
    put_task(t);
    return member ? sys_tkill(a + 1) : -ESRCH;
}

static void
set_action(struct task *t, int sig, const struct sigaction *action)
{
    spin_lock(&t->sig.sig_lock);
    t->sig.action[sig - 1] = *action;
    if (signal_effect(t, sig) == SIGNAL_IGNORED)
        atomic_fetch_and(&t->sig.pending, ~BIT(sig - 1));
    spin_unlock(&t->sig.sig_lock);
}

/* Set and get a disposition, for all threads; what is ignored from now on is not pending. */
int64_t
sys_rt_sigaction(const uint64_t *a)
{
    int sig = (int)a[0];
    struct sigaction new, old;
    struct task *t = current;

    if (a[3] != sizeof(uint64_t) || sig < 1 || sig > _NSIG)
        return -EINVAL;
    if (a[1] && copy_in(&new, a[1], sizeof(new)))
        return -EFAULT;
    if (a[1] && (sig == SIGKILL || sig == SIGSTOP))
        return -EINVAL;
    if (a[1] && new.sa_handler != SIG_DFL &&new.sa_handler != SIG_IGN)
        return -ENOSYS;
    spin_lock(&pid_lock);
    old = t->sig.action[sig - 1];
    if (a[1])
        do
            set_action(t, sig, &new);
        while ((t = next_thread(t)) != current);
    spin_unlock(&pid_lock);
    return copy_out_if(a[2], &old, sizeof(old));
}

/* Which signals wait from now on. */
int64_t
sys_rt_sigprocmask(const uint64_t *a)
{
    uint64_t set, old = current->sig.blocked;
    int how = (int)a[0];

    if (a[3] != sizeof(uint64_t))
        return -EINVAL;
    if (a[1]) {
        if (copy_in(&set, a[1], sizeof(set)))
            return -EFAULT;
        if (how != SIG_BLOCK && how != SIG_UNBLOCK && how != SIG_SETMASK)
            return -EINVAL;
        set_blocked_signals(how == SIG_BLOCK     ? old | set
                            : how == SIG_UNBLOCK ? old & ~set
                                                 : set);
    }
    return copy_out_if(a[2], &old, sizeof(old));
}

/* Which signals wait, blocked. */
int64_t
sys_rt_sigpending(const uint64_t *a)
{
    uint64_t set = atomic_read(&current->sig.pending) & current->sig.blocked;

    if (a[1] > sizeof(set))
        return -EINVAL;
    return copy_out(a[0], &set, a[1]);
}
