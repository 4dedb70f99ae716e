/* SPDX-License-Identifier: MIT */
/*
 * hart.c - the table of harts, and starting one: what entry.S leaves to C.
 *
 * entry.S takes what it needs for a new hart from hart_threads and
 * hart_start_satp, whenever that hart comes.
 */
#include "riscv/hart.h"

#include "lib/string.h"
#include "riscv/memlayout.h"
#include "riscv/mmu.h"
#include "riscv/pte.h"
#include "riscv/sbi.h"
#include "riscv/thread.h"
#include "riscv/timer.h"

/* User mode may read cycle, time and instret. */
#define SCOUNTEREN_ALL 7

/* entry.S; and what is here for it alone. */
void secondary_entry(void);
uint64_t boot_map(void);
_Noreturn void secondary_main(void);
struct thread *hart_threads[MAX_HART_ID + 1]; /* by hart id: idle threads */
struct thread boot_thread;
uint64_t hart_start_satp; /* the kernel's page table */

uint64_t direct_map_offset;
unsigned nr_harts;
uint64_t hart_ids[MAX_HARTS];
_Atomic uint64_t harts_online;
static void (*hart_main)(void);
static pte_t boot_page_table[PTRS_PER_TABLE] __aligned(PAGE_SIZE);

/*
 * Clear .bss and map BOOT_MAP_GIGABYTES of physical memory at DIRECT_MAP_BASE,
 * from the kernel's gigabyte on.  Paging is off: this code and all it calls
 * run at physical addresses, which is what the address of a symbol yields.
 * => what turns paging on
 */
uint64_t
boot_map(void)
{
    memset(_bss_start, 0, (size_t)(_bss_end - _bss_start));
    direct_map_offset = KERNEL_LINK_BASE - (uint64_t)_kernel_start;
    for (unsigned i = 0; i < BOOT_MAP_GIGABYTES; i++)
        boot_page_table[KERNEL_ROOT_INDEX + i] =
            pte_make((__pa(DIRECT_MAP_BASE) >> PAGE_SHIFT) +
                         i * (PT_LEVEL_SIZE(PT_ROOT_LEVEL) >> PAGE_SHIFT),
                     PROT_KERNEL_RW | PTE_X);
    return SATP_MODE_SV39 | (uint64_t)boot_page_table >> PAGE_SHIFT;
}

uint64_t
sbi_harts(uint64_t harts)
{
    uint64_t ids = 0;

    for (unsigned i = 0; i < nr_harts; i++)
        ids |= (harts >> i & 1) << hart_ids[i];
    return ids;
}

int
hart_start(unsigned index, struct thread *idle, void (*main)(void))
{
    hart_main = main;
    hart_threads[hart_ids[index]] = idle;
    hart_start_satp = SATP_MODE_SV39 | kernel_mmu.root_pa >> PAGE_SHIFT;
    smp_mb();
    return (int)sbi_hart_start(hart_ids[index], __pa(secondary_entry));
}

void
hart_init_local(void)
{
    csr_write(scounteren, SCOUNTEREN_ALL);
    timer_set_deadline(TIMER_NEVER);
    csr_write(sie, 1 << IRQ_SOFT | 1 << IRQ_TIMER | 1 << IRQ_EXTERNAL);
    atomic_fetch_or(&harts_online, 1UL << hart_index());
}

/* A started hart comes here, on its idle thread. */
void
secondary_main(void)
{
    hart_init_local();
    local_flush_tlb_all(); /* who flushed before did not know of us */
    hart_main();
    __builtin_unreachable();
}
