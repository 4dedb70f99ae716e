/* SPDX-License-Identifier: MIT */
/*
 * signal.c - signals: thin wrappers, and sets of signals.
 *
 * The kernel's struct sigaction is used as it is; riscv needs no restorer, the
 * kernel supplies the return from a handler.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include "syscall.h"

int
kill(pid_t pid, int sig)
{
    return (int)SYS(kill, pid, sig);
}

int
killpg(pid_t pgid, int sig)
{
    return kill(-pgid, sig);
}

int
tgkill(pid_t pid, pid_t tid, int sig)
{
    return (int)SYS(tgkill, pid, tid, sig);
}

int
raise(int sig)
{
    return tgkill(getpid(), gettid(), sig);
}

void
abort(void)
{
    raise(SIGABRT);
    /* A program that ignores SIGABRT is still ended as if it did not. */
    signal(SIGABRT, SIG_DFL);
    raise(SIGABRT);
    _exit(127);
}

int
sigaction(int sig, const struct sigaction *restrict action,
          struct sigaction *restrict old)
{
    return (int)SYS(rt_sigaction, sig, action, old, sizeof(sigset_t));
}

sighandler_t
signal(int sig, sighandler_t handler)
{
    struct sigaction action = {
        .sa_handler = handler,
        .sa_flags = SA_RESTART,
    };
    struct sigaction old;

    if (sigaction(sig, &action, &old) < 0)
        return SIG_ERR;
    return old.sa_handler;
}

int
sigprocmask(int how, const sigset_t *restrict set, sigset_t *restrict old)
{
    return (int)SYS(rt_sigprocmask, how, set, old, sizeof(sigset_t));
}

int
sigpending(sigset_t *set)
{
    return (int)SYS(rt_sigpending, set, sizeof(sigset_t));
}

int
sigsuspend(const sigset_t *mask)
{
    return (int)SYS(rt_sigsuspend, mask, sizeof(sigset_t));
}

int
sigaltstack(const stack_t *restrict stack, stack_t *restrict old)
{
    return (int)SYS(sigaltstack, stack, old);
}

int
sigwaitinfo(const sigset_t *restrict set, siginfo_t *restrict info)
{
    return (int)SYS(rt_sigtimedwait, set, info, NULL, sizeof(sigset_t));
}

int
sigemptyset(sigset_t *set)
{
    *set = 0;
    return 0;
}

int
sigfillset(sigset_t *set)
{
    *set = ~0UL;
    return 0;
}

/* The bit of a signal, 0 with errno set if there is no such signal. */
static sigset_t
signal_bit(int sig)
{
    if (sig >= 1 && sig <= NSIG)
        return 1UL << (sig - 1);
    errno = EINVAL;
    return 0;
}

int
sigaddset(sigset_t *set, int sig)
{
    sigset_t bit = signal_bit(sig);

    *set |= bit;
    return bit != 0 ? 0 : -1;
}

int
sigdelset(sigset_t *set, int sig)
{
    sigset_t bit = signal_bit(sig);

    *set &= ~bit;
    return bit != 0 ? 0 : -1;
}

int
sigismember(const sigset_t *set, int sig)
{
    sigset_t bit = signal_bit(sig);

    if (bit == 0)
        return -1;
    return (*set & bit) != 0;
}
