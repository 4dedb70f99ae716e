/* SPDX-License-Identifier: MIT */
/*
 * signal.c - what pending signals do to the task that has them.
 *
 * Signals become pending in sched/signal.c; here, on the way back to user
 * mode, they are taken one by one, lowest number first, SIGKILL before all:
 *
 *   ignored            forgotten
 *   default            ignore, stop, continue, or terminate
 *
 * A system call that returned -ERESTARTSYS is made again when no handler ran
 * (that is, after a stop and continue): pc goes back to the ecall, a0 gets
 * its argument back.
 *
 * Not done: handlers (rt_sigaction refuses them), so there are no signal
 * frames and no alternative stack.
 */
#include "proc/signal.h"

#include "proc/exit.h"
#include "riscv/trap.h"
#include "sched/sched.h"

enum { ECALL_BYTES = 4 };

/* Sleep until SIGCONT or SIGKILL. */
static void
stop_here(int sig)
{
    struct task *t = current;
    uint64_t wakers;

    notify_parent(STATUS_STOPPED(sig));
    for (;;) {
        set_current_state(TASK_STOPPED);
        wakers = atomic_read(&t->sig.pending) &
                 (BIT(SIGCONT - 1) | BIT(SIGKILL - 1));
        if (wakers)
            break;
        schedule();
    }
    set_current_state(TASK_RUNNING);
    if (!(wakers & BIT(SIGKILL - 1)))
        notify_parent(STATUS_CONTINUED);
}

/* => does not return if the signal ends the task */
static void
act_on(int sig)
{
    switch (signal_effect(current, sig)) {
    case SIGNAL_IGNORED:
        break;
    case SIGNAL_STOPS:
        stop_here(sig);
        break;
    default:
        do_group_exit((uint32_t)sig); /* no core is written, so no core flag */
    }
}

void
do_signals(struct trapframe *tf, bool restart)
{
    struct siginfo info;
    int sig;

    while ((sig = dequeue_signal(&info)))
        act_on(sig);
    restore_blocked_signals();
    if (restart) {
        tf->sepc -= ECALL_BYTES;
        tf->a0 = tf->orig_a0;
    }
}

void
fault_signal(int sig, int code, uint64_t addr)
{
    struct siginfo info = {.si_signo = sig, .si_code = code};

    info.si_addr = (void *)addr;
    force_signal(current, sig, &info);
}
