/* SPDX-License-Identifier: MIT */
/*
 * The end of the road.  panic() prints the reason, the registers, a
 * symbolised backtrace and the held locks of every hart, stops the other
 * harts, then halts or (panic=poweroff) powers off with a failure status.
 * Only a broken invariant of the kernel may get here.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/assert.h" /* panic(), ASSERT() */

struct thread;
struct trapframe;

/* Panic because of an exception in the kernel: prints *tf as well. */
_Noreturn void panic_trap(const struct trapframe *tf, const char *what);

/* Print a backtrace of t: pc unless 0, then from a frame pointer on. */
void backtrace_from(const struct thread *t, uint64_t fp, uint64_t pc);

/* kallsyms.c: is it an address of kernel text? */
bool is_kernel_text(uint64_t addr);
enum { SYMBOL_SIZE = 80 };
/* "function+0x1c" or, without a name, the address.  => buf[SYMBOL_SIZE] */
const char *symbol_string(uint64_t addr, char *buf);

/* True once some hart has panicked: printk then takes no lock. */
bool panicking(void);

/* Stop this hart if it is another that has panicked. */
void panic_checkpoint(void);

/*
 * core <- sched: what panic, ^P and the OOM killer print of tasks and memory.
 * Called with locks possibly held by anybody: waits for none, may read torn
 * data.
 */
struct panic_ops {
    void (*show_tasks)(void);
    void (*show_memory)(void);
    /* a short name of the task that t belongs to; never NULL */
    const char *(*thread_name)(const struct thread *t);
};
extern const struct panic_ops *panic_ops;

/* ^P on the console: tasks, memory, held locks.  Interrupt context. */
void show_state(void);

/* Stop or reset the machine; sifive,test1 when there, else SBI SRST. */
_Noreturn void machine_poweroff(int status);
_Noreturn void machine_reboot(void);
