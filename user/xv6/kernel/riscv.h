/* SPDX-License-Identifier: MIT */
/* What xv6's programs know of the machine. */
#ifndef XV6_KERNEL_RISCV_H
#define XV6_KERNEL_RISCV_H

#define PGSIZE 4096
#define PGROUNDUP(size) (((size) + PGSIZE - 1) & ~(PGSIZE - 1))
#define PGROUNDDOWN(addr) ((addr) & ~(PGSIZE - 1))
#define MAXVA (1L << 38) /* the end of the user half */

static inline uint64
r_sp(void)
{
    uint64 sp;

    __asm__ volatile("mv %0, sp" : "=r"(sp));
    return sp;
}

#endif
