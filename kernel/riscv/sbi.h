/* SPDX-License-Identifier: MIT */
/*
 * sbi.h - calls to the firmware (SBI 1.0).
 *
 * `harts` is a mask of the kernel's numbers (hart.h).  Remote fences return
 * when all harts of the mask have done them; `size` UINT64_MAX means all
 * addresses.  Fences and interrupts cannot fail with a mask of running harts,
 * so nobody looks at what they return.
 *
 * See: RISC-V Supervisor Binary Interface Specification 1.0.
 */
#pragma once

#include "riscv/hart.h"

enum {
    SBI_PUTCHAR = 1, /* legacy console: for the first lines */
    SBI_TIME = 0x54494d45,
    SBI_IPI = 0x735049,
    SBI_RFENCE = 0x52464e43,
    SBI_HSM = 0x48534d,
    SBI_SRST = 0x53525354,
};

/*
 * Call the firmware: ecall with the extension in a7, its function in a6; an
 * error comes back in a0, a value in a1.  => 0 or an SBI error
 */
static inline int64_t
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

#define SBI(extension, function, ...)                                          \
    sbi_call(SBI_##extension, function, (const uint64_t[5]){__VA_ARGS__})

#define sbi_putchar(c) SBI(PUTCHAR, 0, (uint8_t)(c))
#define sbi_set_timer(deadline) SBI(TIME, 0, deadline)

#define sbi_send_ipi(harts) SBI(IPI, 0, sbi_harts(harts), 0)
#define sbi_remote_fence_i(harts) SBI(RFENCE, 0, sbi_harts(harts), 0)
/* In every address space. */
#define sbi_remote_sfence(harts, start, size)                                  \
    SBI(RFENCE, 1, sbi_harts(harts), 0, start, size)

/* Start a hart, by its hart id, at a physical address. */
#define sbi_hart_start(hart_id, pa) SBI(HSM, 0, hart_id, pa)

/* Power off or (bool) reset; returns only if the firmware cannot. */
#define sbi_system_reset(reset, failure) SBI(SRST, 0, reset, failure)
