/* SPDX-License-Identifier: MIT */
/*
 * sbi.c - calls to the firmware: ecall with the extension in a7, the function
 * in a6; an error comes back in a0, a value in a1.
 */
#include "riscv/sbi.h"

#include "riscv/hart.h"

int64_t
sbi_call(int extension, int function, const uint64_t args[5])
{
    register uint64_t a0 __asm__("a0") = args[0];
    register uint64_t a1 __asm__("a1") = args[1];
    register uint64_t a2 __asm__("a2") = args[2];
    register uint64_t a3 __asm__("a3") = args[3];
    register uint64_t a4 __asm__("a4") = args[4];
    register uint64_t a6 __asm__("a6") = (uint64_t)function;
    register uint64_t a7 __asm__("a7") = (uint64_t)extension;

    __asm__ volatile("ecall"
                     : "+r"(a0), "+r"(a1)
                     : "r"(a2), "r"(a3), "r"(a4), "r"(a6), "r"(a7)
                     : "memory");
    return (int64_t)a0;
}

uint64_t
sbi_harts(uint64_t harts)
{
    uint64_t ids = 0;

    for (unsigned i = 0; i < nr_harts; i++)
        ids |= (harts >> i & 1) << hart_ids[i];
    return ids;
}
