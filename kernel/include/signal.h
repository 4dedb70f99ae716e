/* SPDX-License-Identifier: MIT */
/*
 * signal.h - signals: numbers, actions, what waitid(2) tells of a child.
 * Layer 0 (include): structures and constants only.
 *
 * A signal set is one 64-bit word, bit (signal - 1).
 */
#pragma once

#include <stdint.h>

/* clang-format off: tables */
enum {
    SIGHUP = 1, SIGINT = 2, SIGQUIT = 3, SIGILL = 4, SIGTRAP = 5, SIGABRT = 6,
    SIGBUS = 7, SIGFPE = 8, SIGKILL = 9, SIGUSR1 = 10, SIGSEGV = 11,
    SIGUSR2 = 12, SIGPIPE = 13, SIGALRM = 14, SIGTERM = 15, SIGSTKFLT = 16,
    SIGCHLD = 17, SIGCONT = 18, SIGSTOP = 19, SIGTSTP = 20, SIGTTIN = 21,
    SIGTTOU = 22, SIGURG = 23, SIGXCPU = 24, SIGXFSZ = 25, SIGVTALRM = 26,
    SIGPROF = 27, SIGWINCH = 28, SIGIO = 29, SIGPWR = 30, SIGSYS = 31,
    SIGRTMIN = 32, SIGRTMAX = 64, _NSIG = 64,

    SIG_BLOCK = 0, SIG_UNBLOCK = 1, SIG_SETMASK = 2,
    SA_NOCLDSTOP = 0x00000001, SA_NOCLDWAIT = 0x00000002,
    SA_RESTART = 0x10000000,

    /* si_code of a child */
    CLD_EXITED = 1, CLD_KILLED = 2, CLD_STOPPED = 5, CLD_CONTINUED = 6,
};
/* clang-format on */

struct siginfo {
    int32_t si_signo, si_errno, si_code, si_pad1;
    union {
        uint8_t si_pad3[112]; /* first: what initialises it, does so wholly */
        struct {
            int32_t si_pid;
            uint32_t si_uid;
            int32_t si_status, si_pad2;
            int64_t si_utime, si_stime;
        };
    };
};

struct sigaction {
    void (*sa_handler)(int);
    uint64_t sa_flags, sa_mask;
};

#define SIG_DFL ((void (*)(int))0)
#define SIG_IGN ((void (*)(int))1)

_Static_assert(sizeof(struct siginfo) == 128 && sizeof(struct sigaction) == 24,
               "programs expect these sizes");
