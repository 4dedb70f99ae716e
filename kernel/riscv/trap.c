/* SPDX-License-Identifier: MIT */
/*
 * trap.c - where entry.S goes on in C: which trap is it, who handles it?
 *
 * Exceptions and system calls of user mode do not come through here: entry.S
 * calls syscall/'s handler directly.
 *
 * I1  A kernel access to a user address is legal only with SUM set in the
 *     trapped sstatus, that is inside uaccess.  Then the access is completed
 *     by vm/ or fails as uaccess.S lays down; anything else the kernel
 *     does wrong is fatal.
 */
#include "riscv/trap.h"

#include "lib/assert.h"
#include "lib/string.h"
#include "riscv/asm_offsets.h"
#include "riscv/hart.h"
#include "riscv/plic.h"
#include "riscv/thread.h"
#include "riscv/timer.h"
#include "riscv/uaccess.h"

static_assert(offsetof(struct thread, kernel_sp) == THREAD_KERNEL_SP, "asm");
static_assert(offsetof(struct thread, user_sp) == THREAD_USER_SP, "asm");
static_assert(offsetof(struct trapframe, t6) == TF_REG(31), "asm");
static_assert(offsetof(struct trapframe, sstatus) == TF_SSTATUS, "asm");
static_assert(offsetof(struct trapframe, stval) == TF_STVAL, "asm");
static_assert(sizeof(struct trapframe) == TF_SIZE, "asm");

/* Called from entry.S only. */
void trap_from_kernel(struct trapframe *tf);
void trap_interrupted_user(struct trapframe *tf);

/* uaccess.S */
extern const char uaccess_fast[], uaccess_bytes[], uaccess_failed[];
extern const char uaccess_retry[];

struct trap_ops trap_ops;
const struct trap_core_ops *trap_core_ops;
uint64_t irq_counts[MAX_HARTS];

/* What the kernel did wrong, for the panic: by scause, from 0 on. */
/* clang-format off */
static const char *const exception_names[] = {
    "misaligned fetch", "fetch access fault", "illegal instruction",
    "breakpoint", "misaligned load", "load access fault", "misaligned store",
    "store access fault", [EXC_FETCH_PAGE] = "fetch page fault",
    [EXC_LOAD_PAGE] = "load page fault", [EXC_STORE_PAGE] = "store page fault",
};
/* clang-format on */

static void
handle_interrupt(const struct trapframe *tf)
{
    uint64_t kind = tf->scause & ~SCAUSE_INTERRUPT;

    irq_counts[hart_index()]++;
    switch (kind) {
    case IRQ_TIMER:
        timer_set_deadline(TIMER_NEVER); /* takes the interrupt away */
        timer_tick();
        break;
    case IRQ_EXTERNAL:
        plic_interrupt();
        break;
    case IRQ_SOFT:
        csr_clear(sip, 1 << IRQ_SOFT);
        trap_core_ops->ipi();
        break;
    default:
        trap_core_ops->fatal(tf, "unknown interrupt");
    }
}

void
trap_interrupted_user(struct trapframe *tf)
{
    handle_interrupt(tf);
    trap_ops.user_interrupted(tf);
}

/*
 * A fault inside uaccess (I1): have the page brought in, or let the routine
 * go on as uaccess.S says.  => false if this is no such fault
 */
static bool
handle_uaccess_fault(struct trapframe *tf)
{
    const char *pc = (const char *)tf->sepc;
    bool mended = false;

    if (!(tf->sstatus & SSTATUS_SUM) || tf->stval >= USER_END ||
        pc < uaccess_fast || pc >= uaccess_failed)
        return false;
    if ((tf->scause == EXC_LOAD_PAGE || tf->scause == EXC_STORE_PAGE) &&
        tf->sstatus & SSTATUS_SPIE && !current_thread()->pagefault_disabled) {
        csr_set(sstatus, SSTATUS_SIE);
        mended = trap_ops.kernel_fault(tf);
        csr_clear(sstatus, SSTATUS_SIE);
    }
    if (!mended) {
        tf->sepc =
            (uint64_t)(pc < uaccess_bytes ? uaccess_retry : uaccess_failed);
        tf->sstatus &= ~(uint64_t)SSTATUS_SUM;
    }
    return true;
}

void
trap_from_kernel(struct trapframe *tf)
{
    if (!((uint64_t)tf & KERNEL_STACK_SIZE)) { /* the emergency stack */
        trap_core_ops->fatal(tf, "kernel stack overflow");
    } else if (tf->scause & SCAUSE_INTERRUPT) {
        handle_interrupt(tf);
        trap_core_ops->preempt();
    } else if (!handle_uaccess_fault(tf)) {
        const char *name = tf->scause < ARRAY_SIZE(exception_names)
                               ? exception_names[tf->scause]
                               : NULL;

        trap_core_ops->fatal(tf, name ?: "unknown exception");
    }
}

void
trapframe_init(struct trapframe *tf, uint64_t pc, uint64_t sp)
{
    uint64_t clear = SSTATUS_SPP | SSTATUS_SIE | SSTATUS_SUM | SSTATUS_FS |
                     SSTATUS_VS | SSTATUS_MXR;

    memset(tf, 0, sizeof(*tf));
    tf->sepc = pc;
    tf->sp = sp;
    tf->sstatus = (csr_read(sstatus) & ~clear) | SSTATUS_SPIE;
}
