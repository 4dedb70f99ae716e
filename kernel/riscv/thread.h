/* SPDX-License-Identifier: MIT */
/*
 * struct thread: what the machine layer must know of a task.
 *
 * It is the first member of struct task (sched/task.h), and in the kernel the
 * register tp always points to the thread that runs on this hart.  So
 * `current_thread()` is one register, and every layer below sched/ can count
 * preemption, page-fault and allocation scopes without knowing tasks.
 *
 * Offsets of the first two fields are known to the assembly (asm_offsets.h);
 * static asserts in trap.c keep them true.
 *
 * Invariants
 *   I1  While a thread runs in user mode, sscratch holds its address; while
 *       the hart is in the kernel, sscratch is 0 and tp holds it.
 *   I2  irq_depth > 0 implies that interrupts are off on this hart.
 *   I3  A thread that is switched out has irq_depth == 1 (its run queue's
 *       lock, which the next thread releases) and preempt_count == 1.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct trapframe;

/* Callee-saved registers, stored by switch_context(). */
struct context {
    uint64_t ra;
    uint64_t sp;
    uint64_t s[12];
};

/* Allocation scopes (DESIGN.md section 5), bits of thread.scope. */
enum {
    SCOPE_NOFS = 1u << 0,     /* do not enter the file system */
    SCOPE_NOIO = 1u << 1,     /* do not start I/O */
    SCOPE_MEMALLOC = 1u << 2, /* reclaimer: may use the reserve */
};

enum { THREAD_MAX_HELD = 24 };

/* One entry of the held-lock stack: any spinlock, mutex or rwsem. */
struct held_lock {
    const void *lock;
    uint16_t rank;
    uint16_t subclass; /* order among locks of the same rank */
    uint64_t caller;
};

/* Everything here belongs to the thread itself unless marked. */
struct thread {
    uint64_t kernel_sp;          /* top of the kernel stack, for trap entry */
    uint64_t user_sp;            /* scratch of trap entry */
    struct context context;      /* while switched out */
    struct trapframe *frame;     /* user registers, at the top of the stack */
    volatile uint32_t hart;      /* dense index of the hart it runs on */
    uint32_t irq_depth;          /* nested spinlocks and irq_disable()s */
    bool irq_saved;              /* were interrupts on at irq_depth 0? */
    volatile bool need_resched;  /* (a) set by wakeups and the tick */
    uint32_t preempt_count;      /* > 0: do not switch away */
    uint32_t pagefault_disabled; /* > 0: uaccess faults fail at once */
    uint32_t scope;              /* SCOPE_* */
    uint64_t stack_base;         /* lowest mapped address of the kernel stack */
    uint64_t nr_held;            /* locks on `held` (mutexes always, */
    struct held_lock held[THREAD_MAX_HELD]; /* spinlocks in DEBUG) */
};

static inline struct thread *
current_thread(void)
{
    struct thread *t;
    __asm__("mv %0, tp" : "=r"(t));
    return t;
}

/*
 * The hart this thread runs on now, as a dense index 0..nr_harts-1.  Stable
 * only while preemption is off.
 */
#define hart_index() (current_thread()->hart)

/* Enter an allocation scope; restore with what this returned.  They nest. */
static inline uint32_t
memalloc_scope_save(uint32_t bits)
{
    uint32_t old = current_thread()->scope;
    current_thread()->scope = old | bits;
    return old;
}

#define memalloc_scope_restore(old) ((void)(current_thread()->scope = (old)))

/* Between these, a fault in uaccess fails with a short copy, never sleeps. */
static inline void
pagefault_disable(void)
{
    current_thread()->pagefault_disabled++;
    __asm__ volatile("" ::: "memory");
}

static inline void
pagefault_enable(void)
{
    __asm__ volatile("" ::: "memory");
    current_thread()->pagefault_disabled--;
}

/* Save callee-saved registers in *from, load those of *to, return there. */
void switch_context(struct context *from, struct context *to);
