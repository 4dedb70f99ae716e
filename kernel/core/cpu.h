/* SPDX-License-Identifier: MIT */
/*
 * cpu.h - one struct cpu a hart: bring-up, and interrupts between harts.
 *
 *   for_each_cpu(i)            every present hart, started or not
 *   cpus[hart_index()]         stable while preemption or interrupts are off
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/macros.h"
#include "riscv/atomic.h"
#include "riscv/hart.h"
#include "riscv/sbi.h"
#include "riscv/thread.h"

#define NR_CPUS MAX_HARTS
#define CACHE_LINE_BYTES 64

struct spinlock;

struct cpu {
    struct thread *volatile running;     /* set by sched/ at each switch */
    struct spinlock *volatile waits_for; /* spins on this lock now */
} __aligned(CACHE_LINE_BYTES);

extern struct cpu cpus[NR_CPUS];
extern _Atomic uint64_t harts_stopped; /* parked by a panic, as a mask */

#define nr_cpus nr_harts
#define for_each_cpu(i) for (unsigned i = 0; i < nr_cpus; i++)

/* Boot hart, first of all: its cpu, its thread, the trap vector. */
void cpu_init_boot(uint64_t hart_id);

/*
 * Give cpu i its idle thread (of sched/).  For the boot hart the thread that
 * runs now moves into *idle, stack and all, and current_thread() is idle from
 * then on.  For others *idle must have hart, kernel_sp and stack_base set.
 */
void cpu_set_idle(unsigned i, struct thread *idle);

/*
 * Start every present hart; each has an idle thread and calls entry() with
 * interrupts off on its idle thread, online and with its traps set up.  Waits
 * until they are online; those that do not come are left out with a line.
 */
void cpu_start_all(void (*entry)(void));

/* Interrupt hart i: it leaves wfi and looks at need_resched. */
#define cpu_kick(i) sbi_send_ipi(1UL << (i))

/* For panic: stop all other harts where they are. */
void cpu_stop_others(void);

/* Hang this hart for ever. */
_Noreturn void cpu_park(void);
