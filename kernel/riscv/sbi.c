/* SPDX-License-Identifier: MIT */
/*
 * sbi.c - calls to the firmware: ecall with the extension in a7, the function
 * in a6; an error comes back in a0, a value in a1.
 *
 * Remote fences and IPIs cannot fail with a mask of running harts, so their
 * errors are ignored.
 *
 * See: RISC-V Supervisor Binary Interface Specification 1.0.
 */
#include "riscv/sbi.h"

#include "riscv/hart.h"

enum {
    SBI_LEGACY_PUTCHAR = 1,
    SBI_TIME = 0x54494d45,
    SBI_IPI = 0x735049,
    SBI_RFENCE = 0x52464e43,
    SBI_RFENCE_FENCE_I = 0,
    SBI_RFENCE_SFENCE = 1,
    SBI_RFENCE_SFENCE_ASID = 2,
    SBI_HSM = 0x48534d,
    SBI_SRST = 0x53525354,
    SRST_SHUTDOWN = 0,
    SRST_COLD_REBOOT = 1,
    SRST_REASON_NONE = 0,
    SRST_REASON_FAILURE = 1,
};

/* => 0 or an SBI error, negative */
static int64_t
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

/* The firmware's mask of harts for ours. */
static uint64_t
hw_mask(uint64_t mask)
{
    uint64_t hw = 0;

    for (unsigned i = 0; i < nr_harts; i++)
        if (mask >> i & 1)
            hw |= 1UL << hart_ids[i];
    return hw;
}

#define SBI(extension, function, ...)                                          \
    sbi_call(extension, function, (const uint64_t[5]){__VA_ARGS__})

void
sbi_putchar(char c)
{
    SBI(SBI_LEGACY_PUTCHAR, 0, (uint8_t)c);
}

void
sbi_set_timer(uint64_t deadline)
{
    SBI(SBI_TIME, 0, deadline);
}

void
sbi_send_ipi(uint64_t mask)
{
    SBI(SBI_IPI, 0, hw_mask(mask), 0);
}

void
sbi_remote_fence_i(uint64_t mask)
{
    SBI(SBI_RFENCE, SBI_RFENCE_FENCE_I, hw_mask(mask), 0);
}

void
sbi_remote_sfence(uint64_t mask, uint64_t start, uint64_t size)
{
    SBI(SBI_RFENCE, SBI_RFENCE_SFENCE, hw_mask(mask), 0, start, size);
}

void
sbi_remote_sfence_asid(uint64_t mask, uint64_t start, uint64_t size,
                       uint64_t asid)
{
    SBI(SBI_RFENCE, SBI_RFENCE_SFENCE_ASID, hw_mask(mask), 0, start, size,
        asid);
}

int
sbi_hart_start(uint64_t hart_id, uint64_t pa)
{
    return (int)SBI(SBI_HSM, 0, hart_id, pa);
}

void
sbi_system_reset(bool reboot, bool failure)
{
    SBI(SBI_SRST, 0, reboot ? SRST_COLD_REBOOT : SRST_SHUTDOWN,
        failure ? SRST_REASON_FAILURE : SRST_REASON_NONE);
}
