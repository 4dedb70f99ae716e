/* SPDX-License-Identifier: MIT */
/*
 * trap_user.c - traps of user mode, in C.
 *
 *   ecall        -> the table          page fault -> vm/fault.c, or a signal
 *   interrupt    -> handled already    other      -> SIGILL, SIGBUS, SIGTRAP
 *
 * then, always, the way out: reschedule if that is due, deliver signals, with
 * interrupts off at the last look, so that nothing can slip in between.
 *
 * The table has a function for every number, so a call costs one load and one
 * jump.  A number without a function is -ENOSYS: programs of the C library probe
 * for some of these (rseq, clone3, riscv_hwprobe) and go on without.
 *
 * A fault of the kernel inside uaccess comes here too: it is resolved as the
 * user's would be, or fails the copy.
 *
 * A system call that a signal interrupts returns -ERESTARTSYS.  Only the
 * delivery of the signal knows what that means to the user: EINTR if a handler
 * runs, else the call is made again, from the ecall, with the first argument
 * as it was (orig_a0).  So a0 holds -ERESTARTSYS until do_signals() has run,
 * and user mode never sees it.
 *
 * Invariants: the user's registers change only by the result in a0, by exec and
 * by the delivery of signals.
 *
 * Locks: none are held at entry and exit; lockdep checks that.  The table is
 * constant after boot.
 */
#include "core/lockdep.h"
#include "proc/proc.h"
#include "riscv/trap.h"
#include "syscall/syscall.h"

enum { ECALL_BYTES = 4, NR_SYSCALLS = 464 };

static syscall_fn *syscall_table[NR_SYSCALLS];

/* Is there something to do before user mode? */
#define has_exit_work(t) ((t)->thread.need_resched || signal_pending(t))

/* => interrupts off, as on return.  Not inline: system calls mostly skip it. */
static __noinline void
exit_work(struct trapframe *tf, bool restart)
{
    struct task *t = current;

    do {
        csr_set(sstatus, SSTATUS_SIE);
        if (t->thread.need_resched)
            schedule();
        if (restart || signal_pending(t))
            do_signals(tf, restart);
        restart = false;
        csr_clear(sstatus, SSTATUS_SIE);
    } while (has_exit_work(t));
}

/* The way out of the kernel.  => returns with interrupts off */
static inline void
exit_to_user(struct trapframe *tf, bool restart)
{
    csr_clear(sstatus, SSTATUS_SIE);
    if (unlikely(restart || has_exit_work(current)))
        exit_work(tf, restart);
    lockdep_user_return();
}

/* Those that the tables of pages explain; access faults come from devices. */
static bool
is_page_fault(uint64_t scause)
{
    return scause == EXC_FETCH_PAGE || scause == EXC_LOAD_PAGE ||
           scause == EXC_STORE_PAGE;
}

static enum vm_fault
page_fault(const struct trapframe *tf)
{
    enum fault_access access = tf->scause == EXC_STORE_PAGE   ? FAULT_WRITE
                               : tf->scause == EXC_FETCH_PAGE ? FAULT_EXEC
                                                              : FAULT_READ;

    return handle_user_fault(current->mm, tf->stval, access);
}

enum { BY_CAUSE = 8 };

/* The signal for what a task did; none: resolved, or it is being killed. */
static const uint8_t blames[] = {
    /* By enum vm_fault.  OOM: the killer found nobody, this one cannot go on. */
    [VM_FAULT_SIGSEGV_MAPERR] = SIGSEGV,
    [VM_FAULT_SIGSEGV_ACCERR] = SIGSEGV,
    [VM_FAULT_SIGBUS] = SIGBUS,
    [VM_FAULT_OOM] = SIGBUS,
    /* By scause: access faults say that nothing is there. */
    [BY_CAUSE + EXC_FETCH_MISALIGNED] = SIGBUS,
    [BY_CAUSE + EXC_FETCH_ACCESS] = SIGSEGV,
    [BY_CAUSE + EXC_ILLEGAL] = SIGILL,
    [BY_CAUSE + EXC_BREAKPOINT] = SIGTRAP,
    [BY_CAUSE + EXC_LOAD_MISALIGNED] = SIGBUS,
    [BY_CAUSE + EXC_LOAD_ACCESS] = SIGSEGV,
    [BY_CAUSE + EXC_STORE_MISALIGNED] = SIGBUS,
    [BY_CAUSE + EXC_STORE_ACCESS] = SIGSEGV,
};

/*
 * Tell the task what it did.  That of the first process, whose signals are
 * ignored by default, would come again at once and for ever; as on Linux it ends
 * init, and so the machine.  Not inline: resolved faults do not pay for it.
 */
static __noinline void
tell_task(uint64_t what)
{
    int sig = what < ARRAY_SIZE(blames) ? blames[what] : SIGSEGV;

    /* A thread that was started just when the others were killed. */
    if (what == VM_FAULT_KILLED && !fatal_signal_pending(current))
        sig = SIGKILL;
    /* Without init we cannot go on: it tries again. */
    if (!sig || (what == VM_FAULT_OOM && current->pid == INIT_PID))
        return;
    if (current->tgid == INIT_PID)
        do_group_exit((uint32_t)sig);
    force_signal(current, sig);
}

/*
 * An ecall or an exception of user mode.  The call sees its arguments in the
 * frame itself, a0 to a5 and the number in a7, and they stay as they were until
 * it has returned: a call that is made again finds them.
 */
static void
user_trap(struct trapframe *tf)
{
    uint64_t nr = tf->a7;
    int64_t ret = -ENOSYS;

    csr_set(sstatus, SSTATUS_SIE);
    if (unlikely(tf->scause != EXC_ECALL_USER)) {
        uint64_t what =
            is_page_fault(tf->scause) ? page_fault(tf) : BY_CAUSE + tf->scause;

        if (what > VM_FAULT_DIRTIED)
            tell_task(what);
        else if (what == VM_FAULT_DIRTIED)
            balance_dirty_pages();
        exit_to_user(tf, false);
        return;
    }
    tf->sepc += ECALL_BYTES;
    tf->orig_a0 = tf->a0;
    if (likely(nr < NR_SYSCALLS && syscall_table[nr]))
        ret = syscall_table[nr](&tf->a0);
    /* exec has filled the frame with the new program's registers */
    if (nr != SYS_execve || ret != 0)
        tf->a0 = (uint64_t)ret;
    exit_to_user(tf, ret == -ERESTARTSYS);
}

static void
user_interrupted(struct trapframe *tf)
{
    exit_to_user(tf, false);
}

/*
 * The kernel touched a user address in uaccess.  => true: it may go on; false:
 * the copy ends there, and the caller returns what is left of it
 */
static bool
kernel_fault(struct trapframe *tf)
{
    return current->mm && page_fault(tf) <= VM_FAULT_DIRTIED;
}

void
syscall_init(void)
{
    for (const struct syscall_row *r = _syscalls_start; r < _syscalls_end; r++)
        syscall_table[r->nr] = r->fn;
    trap_ops = (struct trap_ops){
        .user_trap = user_trap,
        .user_interrupted = user_interrupted,
        .kernel_fault = kernel_fault,
    };
}
