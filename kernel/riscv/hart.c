/* SPDX-License-Identifier: MIT */
/*
 * hart.c - the table of harts, and starting one.
 *
 * entry.S takes what it needs for a new hart from kernel_mmu and from
 * hart_starting; so harts are started one after the other.
 */
#include "riscv/hart.h"

#include "riscv/atomic.h"
#include "riscv/csr.h"
#include "riscv/memlayout.h"
#include "riscv/sbi.h"
#include "riscv/thread.h"
#include "riscv/timer.h"
#include "riscv/trap.h"

/* User mode may read cycle, time and instret. */
#define SCOUNTEREN_ALL 7

/* For entry.S. */
extern struct thread *hart_starting; /* the idle thread of who starts now */
extern struct thread boot_thread;
_Noreturn void secondary_main(void);

struct thread *hart_starting;
struct thread boot_thread;
uint64_t direct_map_offset;
unsigned nr_harts;
uint64_t hart_ids[MAX_HARTS];
_Atomic uint64_t harts_online;
static void (*hart_main)(void);

int
hart_start(unsigned index, struct thread *idle, void (*main)(void))
{
    idle->hart = index;
    hart_main = main;
    hart_starting = idle;
    smp_mb();
    return sbi_hart_start(hart_ids[index], __pa(secondary_entry));
}

void
hart_init_local(void)
{
    csr_write(scounteren, SCOUNTEREN_ALL);
    timer_set_deadline(TIMER_NEVER);
    csr_write(sie, SIE_SOFT | SIE_TIMER | SIE_EXTERNAL);
    atomic_fetch_or(&harts_online, 1UL << hart_index());
}

/* A started hart comes here, on its idle thread. */
void
secondary_main(void)
{
    hart_init_local();
    hart_main();
    __builtin_unreachable();
}
