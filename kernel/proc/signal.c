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
 * signal was taken off has removed that, and nothing stops.
 *
 * A fault of the first process, whose signals are ignored by default, would
 * come again at once and for ever; as on Linux it ends init, and so the
 * machine.
 *
 * Not done: handlers (rt_sigaction refuses them), so there are no signal
 * frames and no alternative stack.
 */
#include "proc/proc.h"

#include "riscv/trap.h"

enum { ECALL_BYTES = 4, STATUS_STOPPED = 0x7f, STATUS_CONTINUED = 0xffff };

/* Sleep until SIGCONT or SIGKILL. */
static void
stop_here(int sig)
{
    struct task *t = current;
    uint64_t wakers;

    notify_parent(WSTOPPED, (uint32_t)sig << 8 | STATUS_STOPPED);
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
        notify_parent(WCONTINUED, STATUS_CONTINUED);
}

void
do_signals(struct trapframe *tf, bool restart)
{
    struct siginfo info;
    int sig;

    while ((sig = dequeue_signal(&info))) {
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

void
fault_signal(int sig, int code, uint64_t addr)
{
    struct siginfo info = {.si_signo = sig, .si_code = code};

    info.si_addr = (void *)addr;
    if (current->tgid == INIT_PID &&
        signal_effect(current, sig) != SIGNAL_HANDLED)
        do_group_exit((uint32_t)sig);
    force_signal(current, sig, &info);
}
