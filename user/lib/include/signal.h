/* SPDX-License-Identifier: MIT */
/* signal.h: sending, waiting for and disposing of signals. */
#ifndef USER_SIGNAL_H
#define USER_SIGNAL_H

#include <stdint.h>
#include <sys/types.h>
#include "include/signal.h"

typedef uint64_t sigset_t;
typedef void (*sighandler_t)(int);
typedef struct siginfo siginfo_t;
typedef struct {
    void *ss_sp;
    int ss_flags;
    uint64_t ss_size;
} stack_t;
typedef volatile int sig_atomic_t;

#define SIG_ERR ((sighandler_t)-1)
#define NSIG _NSIG
#define SIGSTKSZ 8192

int kill(pid_t pid, int sig);
int killpg(pid_t pgid, int sig);
int tgkill(pid_t pid, pid_t tid, int sig);
int raise(int sig);
sighandler_t signal(int sig, sighandler_t handler);
int sigaction(int sig, const struct sigaction *restrict action,
              struct sigaction *restrict old);
int sigprocmask(int how, const sigset_t *restrict set, sigset_t *restrict old);
int sigpending(sigset_t *set);
int sigsuspend(const sigset_t *mask);
int sigaltstack(const stack_t *restrict stack, stack_t *restrict old);
int sigwaitinfo(const sigset_t *restrict set, siginfo_t *restrict info);
int sigemptyset(sigset_t *set);
int sigfillset(sigset_t *set);
int sigaddset(sigset_t *set, int sig);
int sigdelset(sigset_t *set, int sig);
int sigismember(const sigset_t *set, int sig);

#endif
