/* SPDX-License-Identifier: MIT */
/*
 * hart.c - the table of harts, and starting one.
 *
 * entry.S takes what it needs for a new hart from kernel_mmu, hart_main and
 * the idle thread, whose address travels through the firmware.
 */
#include "riscv/hart.h"

#include "riscv/atomic.h"
#include "riscv/csr.h"
#include "riscv/fpu.h"
#include "riscv/memlayout.h"
#include "riscv/sbi.h"
#include "riscv/thread.h"
#include "riscv/timer.h"
#include "riscv/trap.h"

/* User mode may read cycle, time and instret. */
#define SCOUNTEREN_ALL 7

/* For entry.S. */
extern void (*hart_main)(void);
extern struct thread *hart_starting; /* the idle thread of who starts now */
extern struct thread boot_thread;

void (*hart_main)(void);
struct thread *hart_starting;
struct thread boot_thread;
uint64_t direct_map_offset;
unsigned nr_harts;
uint64_t hart_ids[MAX_HARTS];
_Atomic uint64_t harts_online;

uint64_t
hart_hw_mask(uint64_t mask)
{
    uint64_t hw = 0;

    for (unsigned i = 0; i < nr_harts; i++)
        if (mask >> i & 1)
            hw |= 1UL << hart_ids[i];
    return hw;
}

int
hart_start(unsigned index, struct thread *idle, void (*main)(void))
{
    idle->hart = index;
    hart_main = main;
    hart_starting = idle;
    smp_mb();
    return sbi_hart_start(hart_ids[index], __pa(secondary_entry), 0);
}

void
hart_init_local(void)
{
    fpu_disable();
    csr_write(scounteren, SCOUNTEREN_ALL);
    timer_set_deadline(TIMER_NEVER);
    csr_write(sie, SIE_SOFT | SIE_TIMER | SIE_EXTERNAL);
    atomic_fetch_or(&harts_online, 1UL << hart_index());
}
