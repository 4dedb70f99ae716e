/* SPDX-License-Identifier: MIT */
/*
 * cpu.c - bring-up of the harts, and the interrupts they send each other.
 *
 * Bring-up.  The firmware starts one hart, which does everything up to the
 * first thread alone.  sched_init() makes an idle thread for every hart that
 * the device tree lists; the boot hart's takes over the stack that it runs on.
 * Then the init thread starts the others, one after the other, each on its
 * idle thread:
 *
 *   cpu_init_boot -> cpu_set_idle (each) -> cpu_start_all -> hart_start (each)
 *                                            | waits for the bit in
 *                                            v harts_online
 *                         secondary_entry -> hart_init_local -> entry()
 *
 * Interprocessor interrupts carry no message: the receiver looks whether it
 * shall stop (a panic), and else its need_resched is looked at on the way out
 * like after any interrupt.
 *
 * Invariants
 *   I1  cpus[i].running is never NULL for a hart in harts_online.
 *   I2  A bit of harts_online or harts_stopped that is set stays set.
 *
 * Locks: none; masks are atomic, the rest is written before a hart runs.
 * Not done: stopping or unplugging a hart while the system goes on.
 */
#include "core/cpu.h"

#include "core/panic.h"
#include "core/printk.h"
#include "core/spinlock.h"
#include "riscv/memlayout.h"
#include "riscv/timer.h"
#include "riscv/trap.h"

enum { START_TIMEOUT_MS = 1000, STOP_TIMEOUT_MS = 20, MS_PER_SECOND = 1000 };

struct cpu cpus[NR_CPUS];
_Atomic uint64_t harts_stopped;

extern char boot_stack[];

_Noreturn void
cpu_park(void)
{
    csr_write(sie, 0); /* nor may what is pending end wfi */
    atomic_fetch_or(&harts_stopped, 1UL << hart_index());
    for (;;)
        wait_for_interrupt();
}

static const struct trap_core_ops core_ops = {
    .ipi = panic_checkpoint,
    .preempt = preempt_interrupted,
    .fatal = panic_trap,
};

void
cpu_init_boot(uint64_t hart_id)
{
    struct thread *t = current_thread();

    t->stack_base = (uint64_t)boot_stack;
    t->kernel_sp = t->stack_base + KERNEL_STACK_SIZE;
    hart_ids[0] = hart_id;
    nr_harts = 1;
    cpus[0].running = t;
    trap_core_ops = &core_ops;
}

void
cpu_set_idle(unsigned i, struct thread *idle)
{
    if (i == hart_index()) {
        *idle = *current_thread();
        __asm__ volatile("mv tp, %0" ::"r"(idle) : "memory");
    }
    cpus[i].running = idle;
}

/* Wait until *mask has `bits`. => did it come in time? */
static bool
wait_for_bits(_Atomic uint64_t *mask, uint64_t bits, unsigned ms)
{
    uint64_t end = timer_read() + timebase_hz / MS_PER_SECOND * ms;

    while ((atomic_load(mask) & bits) != bits)
        if (timer_read() > end)
            return false;
    return true;
}

void
cpu_start_all(void (*entry)(void))
{
    for (unsigned i = 1; i < nr_cpus; i++) {
        int error = hart_start(i, cpus[i].running, entry);

        if (error)
            pr_warn("cpu %u: hart %lu does not start: SBI error %d", i,
                    hart_ids[i], error);
        else if (!wait_for_bits(&harts_online, 1UL << i, START_TIMEOUT_MS))
            pr_warn("cpu %u: hart %lu does not answer", i, hart_ids[i]);
    }
}

void
cpu_stop_others(void)
{
    uint64_t others = atomic_read(&harts_online) & ~(1UL << hart_index());

    smp_mb(); /* they see that we panic */
    if (others)
        sbi_send_ipi(others);
    wait_for_bits(&harts_stopped, others, STOP_TIMEOUT_MS);
}
