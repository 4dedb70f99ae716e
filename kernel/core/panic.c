/* SPDX-License-Identifier: MIT */
/*
 * panic.c - the end of the road, and ^P.
 *
 * The first hart to panic owns the machine: it stops the others by IPI (those
 * that spin on a lock with interrupts off stop in panic_checkpoint), then
 * prints, walking through locks that nobody will release any more.  A second
 * panic, also one on the way of the first, just stops its hart.
 *
 * A report names the reason; the registers if an exception was it; how the
 * hart came here; then what each hart runs, holds and waits for, and all tasks
 * with the place where they sleep: a deadlock can be read off it.  ^P prints
 * the second half while the system goes on.
 *
 * A backtrace follows the frame pointers: the word under s0 is the return
 * address, the one below it the caller's s0.  It ends where s0 leaves the
 * thread's kernel stack.
 *
 *     s0 -> +----------------+
 *           | return address |  s0 - 8
 *           | caller's s0    |  s0 - 16  -> the next frame, higher up
 *
 * A function that calls none may keep the caller's s0 alone, in the first of
 * the two.  An exception may come there, so the report has ra as well.
 *
 * Invariants
 *   I1  One hart reports; all others are parked or could not be stopped.
 *   I2  Nothing here waits for anybody, but for a bounded time.
 *
 * Locks: none are needed to print, so what is shown of others may be torn.
 * Not done: a dump of memory; the log is in the ring, for a debugger.
 */
#include "core/panic.h"

#include "core/bootargs.h"
#include "core/cpu.h"
#include "core/lockdep.h"
#include "core/printk.h"
#include "core/spinlock.h"
#include "lib/format.h"
#include "lib/string.h"
#include "riscv/csr.h"
#include "riscv/memlayout.h"
#include "riscv/trap.h"

enum {
    BACKTRACE_MAX = 32,
    REASON_BYTES = 200,
    PANIC_STATUS = 125, /* of a machine that powers off by panic=poweroff */
};

static _Atomic uint32_t panic_owner; /* hart index + 1 of who panics */
const struct panic_ops *panic_ops;

bool
panicking(void)
{
    return atomic_read(&panic_owner) != 0;
}

void
panic_checkpoint(void)
{
    if (panicking() && atomic_read(&panic_owner) != hart_index() + 1)
        cpu_park();
}

static void
print_address(uint64_t pc)
{
    char name[SYMBOL_SIZE];

    pr_err("  %016lx %s", pc, symbol_string(pc, name));
}

void
backtrace_from(const struct thread *t, uint64_t fp, uint64_t pc)
{
    uint64_t bottom = t->stack_base;
    uint64_t top = bottom + KERNEL_STACK_SIZE;

    /* Whatever fp is: nothing outside of the stack is read, and it ends. */
    if (pc)
        print_address(pc);
    for (int i = 0; i < BACKTRACE_MAX; i++) {
        const uint64_t *frame = (const uint64_t *)fp;

        if (fp < bottom + 2 * sizeof(uint64_t) || fp > top ||
            fp % sizeof(uint64_t))
            break;
        fp = frame[-2];
        if (is_kernel_text(frame[-1]))
            /* In the call: what follows it may be another function. */
            print_address(frame[-1] - 1);
        else if (i == 0)
            fp = frame[-1];
        else
            break;
        if (fp <= (uint64_t)frame) /* callers lie above */
            break;
    }
}

/* The frame has them in this order, from sepc on. */
static void
print_registers(const struct trapframe *tf)
{
    static const char names[][4] = {
        "pc", "ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "s0", "s1", "a0",
        "a1", "a2", "a3", "a4", "a5",  "a6",  "a7", "s2", "s3", "s4", "s5",
        "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
    };
    enum { PER_LINE = 4 };
    const uint64_t *regs = &tf->sepc;

    for (size_t i = 0; i < ARRAY_SIZE(names); i += PER_LINE)
        pr_err("%3s %016lx %3s %016lx %3s %016lx %3s %016lx", names[i], regs[i],
               names[i + 1], regs[i + 1], names[i + 2], regs[i + 2],
               names[i + 3], regs[i + 3]);
    pr_err("scause %lx stval %016lx sstatus %lx", tf->scause, tf->stval,
           tf->sstatus);
}

static const char *
thread_name(const struct thread *t)
{
    return panic_ops ? panic_ops->thread_name(t) : "?";
}

void
show_state(void)
{
    /* What each hart runs, holds and waits for. */
    for_each_cpu(i) {
        bool self = i == hart_index();
        bool stops =
            self || !panicking() || atomic_read(&harts_stopped) >> i & 1;
        const struct spinlock *l = cpus[i].waits_for;
        const struct thread *t = self ? current_thread() : cpus[i].running;

        if (!(atomic_read(&harts_online) >> i & 1))
            continue;
        printk("cpu %u: %s%s, irq_depth %u, preempt_count %u", i,
               thread_name(t), stops ? "" : " (does not stop)", t->irq_depth,
               t->preempt_count);
        if (l)
            printk("  waits for spinlock %s %p of cpu %d", l->name,
                   (const void *)l, (int)atomic_read(&l->word) - 1);
        show_held_locks(t);
    }
    if (panic_ops) { /* there is a scheduler */
        panic_ops->show_tasks();
        panic_ops->show_memory();
    }
}

/* The end.  A second hart, or a panic on the way of the first, stops here. */
_Noreturn static void
die(const char *reason, const struct trapframe *tf)
{
    uint64_t fp = (uint64_t)__builtin_frame_address(0);
    const char *action;
    uint32_t free = 0;

    csr_clear(sstatus, SSTATUS_SIE);
    if (!atomic_compare_exchange_strong(&panic_owner, &free, hart_index() + 1))
        cpu_park();
    cpu_stop_others();
    console_level = LOG_DEBUG;
    pr_err("kernel panic on cpu %u in %s: %s", hart_index(),
           thread_name(current_thread()), reason);
    if (tf) {
        print_registers(tf);
        print_address(tf->sepc);
        print_address(tf->ra); /* the caller, unless others were called since */
    }
    backtrace_from(current_thread(), tf ? tf->s0 : fp, 0);
    show_state();
    action = bootarg_find("panic");
    if (action && strcmp(action, "poweroff") == 0)
        machine_poweroff(PANIC_STATUS);
    pr_err("---[ halted ]---");
    cpu_park();
}

void
panic(const char *fmt, ...)
{
    char reason[REASON_BYTES];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(reason, sizeof(reason), fmt, ap);
    va_end(ap);
    die(reason, NULL);
}

void
panic_trap(const struct trapframe *tf, const char *what)
{
    die(what, tf);
}
