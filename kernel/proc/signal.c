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
 * Stop against continue.  stop_here() sets TASK_STOPPED and then looks at what
 * is pending; the sender of SIGCONT or SIGKILL makes it pending and then wakes
 * a stopped task (sched/signal.c).  One of the two sees the other; so an
 * ignored SIGCONT is made pending, too.  A SIGCONT that came before the stop
 * signal was taken off has removed that, and nothing stops.  A stop signal right
 * behind SIGCONT takes it off the pending ones; the wakeup counts all the same,
 * and so that this holds from when the parent knows, the state is set first.
 *
 * Not done: handlers (rt_sigaction refuses them), so there are no signal
 * frames and no alternative stack.
 */
#include "proc/proc.h"

#include "riscv/trap.h"

enum { ECALL_BYTES = 4, STATUS_STOPPED = 0x7f, STATUS_CONTINUED = 0xffff };

/* Sleep until SIGCONT or SIGKILL, which alone wake the task in this state. */
static void
stop_here(int sig)
{
    _Atomic uint64_t *pending = &current->sig.pending;

    set_current_state(TASK_STOPPED);
    notify_parent(WSTOPPED, (uint32_t)sig << 8 | STATUS_STOPPED);
    if (!(atomic_read(pending) & (BIT(SIGCONT - 1) | BIT(SIGKILL - 1))))
        schedule();
    set_current_state(TASK_RUNNING);
    if (!(atomic_read(pending) & BIT(SIGKILL - 1)))
        notify_parent(WCONTINUED, STATUS_CONTINUED);
}

void
do_signals(struct trapframe *tf, bool restart)
{
    int sig;

    while ((sig = dequeue_signal())) {
        enum signal_effect effect = signal_effect(current, sig);

        if (effect == SIGNAL_STOPS)
            stop_here(sig);
        else if (effect != SIGNAL_IGNORED)
            do_group_exit((uint32_t)sig); /* without core, so no core flag */
    }
    restore_blocked_signals();
    if (restart) {
        tf->sepc -= ECALL_BYTES;
        tf->a0 = tf->orig_a0;
    }
}
