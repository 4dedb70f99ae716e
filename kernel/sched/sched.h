/* SPDX-License-Identifier: MIT */
/*
 * The scheduler: per-CPU run queues, time slices, work stealing, kernel
 * preemption; tickless when idle.
 *
 * schedule() takes the current task off the hart unless it is TASK_RUNNING
 * (then it is queued again).  A sleeper sets its state first, tests its
 * condition, then calls schedule(); wake_up_task() undoes the state, so a
 * wakeup in between turns schedule() into a mere yield.
 */
#pragma once

#include "sched/task.h"
#include "sched/timer.h"

/*
 * Boot hart, after kmalloc and vmalloc work: run queues, an idle task a hart
 * (the running thread becomes hart 0's), timers.  Returns with interrupts on;
 * from here on the caller may sleep in allocations, but must not wait for
 * others: it is the idle task.
 */
void sched_init(void);
/* Each hart ends here, on its idle task; interrupts are enabled. */
_Noreturn void idle_loop(void);

/* Tasks that have ended and not yet left their stack; up before others know. */
extern _Atomic uint32_t nr_leaving;
/* Runnable if it sleeps in one of `states`.  => false: it did not */
bool wake_up_task(struct task *t, uint32_t states);
/* First run of a new task. */
void wake_up_new_task(struct task *t);
/* Start a kernel thread, which must not return; panics if it cannot. */
void kthread_run(const char *name, void (*entry)(void));
/* Steps 1 and 2 of sched.c: an exchange is a full fence for what follows. */
#define set_current_state(new) ((void)atomic_exchange(&current->state, new))

/* exec, exit: current's address space changes; &kernel_mmu: to none. */
void switch_mmu(struct mmu *next);

uint64_t nr_running(void); /* and those that want to */
/* Programs that wait for what no signal ends, mostly the disk. */
unsigned nr_blocked(void);
enum { LOAD_SHIFT = 11 };
extern uint64_t load_average[3]; /* fixed point, LOAD_SHIFT bits */
/*
 * What harts did; times in timebase ticks.  idle_instret: the instructions of
 * the idle loop.
 */
struct cpu_time {
    uint64_t user, system, idle, idle_instret, switches, forks;
};
/* What harts `from` to `to`, without that, did together until now. */
struct cpu_time cpu_times(uint32_t from, uint32_t to);
/* What t has used, if it is the current task up to now. */
const struct usage *task_usage(struct task *t);
