/* SPDX-License-Identifier: MIT */
/*
 * sys_signal.c - sending signals, and saying what to do about them.
 *
 * Here only rights and numbers are checked; a signal is made pending by
 * sched/signal.c and acted upon by proc/signal.c when its receiver returns to
 * user mode.
 *
 * Who may: the rule is may_signal().  Signal 0 is sent to nobody: it asks
 * whether one could.
 *
 * Locks: pid_lock for the threads of a process; sig_lock for dispositions; the
 * task's own mask is changed by itself only.
 *
 * Not done: handlers.  rt_sigaction accepts SIG_DFL and SIG_IGN and refuses a
 * function with ENOSYS.
 */
#include "syscall/syscall.h"

/* To all threads of a process, a group (0: ours), or everybody (-1). */
SYSCALL(kill)
{
    pid_t pid = (pid_t)a[0];
    int sig = (int)a[1], err;
    struct task *first, *t;

    if (sig < 0 || sig > _NSIG)
        return -EINVAL;
    if (pid == INT32_MIN) /* names no group: -pid overflows */
        return -ESRCH;
    if (pid <= 0)
        return signal_group(pid == -1 ? EVERYBODY
                            : pid     ? -pid
                                      : current->pgid,
                            sig, true);
    spin_lock(&pid_lock);
    t = first = find_task_locked(pid);
    err = !t ? -ESRCH : may_signal(t, sig) ? 0 : -EPERM;
    if (!err)
        do
            send_signal(t, sig);
        while ((t = next_thread(t)) != first);
    spin_unlock(&pid_lock);
    return err;
}

/* To one thread of a process. */
SYSCALL_TASK(tgkill, 1)
{
    int sig = (int)a[2];

    if ((pid_t)a[0] <= 0 || (pid_t)a[1] <= 0 || sig < 0 || sig > _NSIG)
        return -EINVAL;
    if (t->tgid != (pid_t)a[0])
        return -ESRCH;
    if (!may_signal(t, sig))
        return -EPERM;
    send_signal(t, sig);
    return 0;
}

/*
 * Set and get a disposition.  It belongs to the process: each thread has a copy,
 * which is set under pid_lock, so that a thread that is just being made has it
 * from its maker or is found here.  What is ignored from now on is not pending.
 */
SYSCALL(rt_sigaction)
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
    do {
        spin_lock(&t->sig.sig_lock);
        t->sig.action[sig - 1] = a[1] ? new : old;
        if (a[1] && signal_effect(t, sig) == SIGNAL_IGNORED)
            atomic_fetch_and(&t->sig.pending, ~BIT(sig - 1));
        spin_unlock(&t->sig.sig_lock);
    } while ((t = next_thread(t)) != current);
    spin_unlock(&pid_lock);
    return copy_out_if(a[2], &old, sizeof(old));
}

/*
 * Which signals wait from now on.  One that waited already and is let through is
 * delivered before the call returns to the program.
 */
SYSCALL(rt_sigprocmask)
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
SYSCALL(rt_sigpending)
{
    uint64_t set = atomic_read(&current->sig.pending) & current->sig.blocked;

    return a[1] > sizeof(set) ? -EINVAL : copy_out(a[0], &set, a[1]);
}
