/* SPDX-License-Identifier: MIT */
/*
 * trap.h - entering the kernel, and leaving it for user mode.
 *
 * On every trap entry.S stores all registers in a struct trapframe: at the
 * top of the kernel stack (thread.frame) if the trap came from user mode,
 * else below the interrupted function's stack.  Interrupts are off then.
 *
 *   from user:    exception, ecall -> trap_ops.user_trap
 *                 interrupt        -> its handler, then .user_interrupted
 *   from kernel:  interrupt        -> its handler, then core's .preempt
 *                 user page fault in uaccess -> .kernel_fault, else fixup
 *                 anything else    -> core's .fatal
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * User (or interrupted kernel) registers.  The first 32 words have the order
 * of Linux's struct user_regs_struct: pc, then x1..x31.
 */
struct trapframe {
    uint64_t sepc;
    uint64_t ra, sp, gp, tp;
    uint64_t t0, t1, t2;
    uint64_t s0, s1;
    uint64_t a0, a1, a2, a3, a4, a5, a6, a7;
    uint64_t s2, s3, s4, s5, s6, s7, s8, s9, s10, s11;
    uint64_t t3, t4, t5, t6;
    uint64_t sstatus;
    uint64_t scause;
    uint64_t stval;
    uint64_t orig_a0; /* of syscall/: a0 before the result replaced it */
};

/* riscv <- syscall; entry.S knows where the first two are */
struct trap_ops {
    /*
     * An exception or system call of user mode (tf->scause).
     * => interrupts off, irq_depth 0; may enable them and sleep; returns with
     *    interrupts off and nothing left to do before user mode
     */
    void (*user_trap)(struct trapframe *tf);
    /*
     * An interrupt of user mode was handled, or a new process is about to go
     * there: reschedule, deliver signals.
     * => as user_trap
     */
    void (*user_interrupted)(struct trapframe *tf);
    /*
     * The kernel, in a uaccess routine, touched the user address tf->stval
     * (tf->scause says how: a load or store page fault) and may sleep: page
     * faults are not disabled, and interrupts were on, as they are now.
     * => true: repeat the access; false: make the routine fail
     */
    bool (*kernel_fault)(struct trapframe *tf);
};
extern struct trap_ops trap_ops; /* (c) */

/* riscv <- core; all with interrupts off */
struct trap_core_ops {
    void (*ipi)(void);     /* a software interrupt came */
    void (*preempt)(void); /* an interrupt of the kernel was handled */
    /* an exception of the kernel: does not return */
    void (*fatal)(const struct trapframe *tf, const char *what);
};
extern const struct trap_core_ops *trap_core_ops;

extern uint64_t irq_counts[]; /* by hart: interrupts taken since boot */

/*
 * Leave for user mode with these registers: the first return of a new
 * process.  tf must be current_thread()->frame.
 */
_Noreturn void ret_to_user(struct trapframe *tf);

/* Clear the frame of a program about to start at pc with stack pointer sp. */
void trapframe_init(struct trapframe *tf, uint64_t pc, uint64_t sp);
