/* SPDX-License-Identifier: MIT */
/*
 * csr.h - control and status registers of a hart in S-mode.
 *
 * The numbers and bits are those of the RISC-V privileged architecture; the
 * assembly uses them too.  A register is named without quotes:
 * csr_read(scause), csr_set(sstatus, SSTATUS_SUM).
 */
#pragma once

#define SSTATUS_SIE 0x2     /* interrupts on */
#define SSTATUS_SPIE 0x20   /* interrupts on before the trap */
#define SSTATUS_SPP 0x100   /* the trap came from S-mode */
#define SSTATUS_FS 0x6000   /* FPU: 0 off, 1 initial, 2 clean, 3 dirty */
#define SSTATUS_VS 0x600    /* vector unit, same states */
#define SSTATUS_SUM 0x40000 /* S-mode may touch user pages */
#define SSTATUS_MXR 0x80000

#define SCAUSE_INTERRUPT (1UL << 63)
/* Of an interrupt: its number, also its bit in sie and sip. */
#define IRQ_SOFT 1
#define IRQ_TIMER 5
#define IRQ_EXTERNAL 9

#define SATP_MODE_SV39 (8UL << 60)
#define SATP_ASID_SHIFT 44
#define SATP_ASID_MASK 0xffffUL

#define CSR_STIMECMP 0x14d /* Sstc; old assemblers do not know its name */

#ifndef __ASSEMBLER__

#include <stdint.h>

/* Of an exception, in scause. */
/* clang-format off */
enum {
    EXC_FETCH_MISALIGNED = 0, EXC_FETCH_ACCESS = 1, EXC_ILLEGAL = 2,
    EXC_BREAKPOINT = 3, EXC_LOAD_MISALIGNED = 4, EXC_LOAD_ACCESS = 5,
    EXC_STORE_MISALIGNED = 6, EXC_STORE_ACCESS = 7, EXC_ECALL_USER = 8,
    EXC_FETCH_PAGE = 12, EXC_LOAD_PAGE = 13, EXC_STORE_PAGE = 15,
};
/* clang-format on */

#define CSR_STR_(csr) #csr
#define CSR_STR(csr) CSR_STR_(csr)

#define csr_read(csr) CSR_SWAP("csrrs", csr, 0)
#define csr_write(csr, v) CSR_CHANGE("csrw", csr, v)
#define csr_set(csr, v) CSR_CHANGE("csrs", csr, v)
#define csr_clear(csr, v) CSR_CHANGE("csrc", csr, v)
/* Clear the bits v. => the old value */
#define csr_read_clear(csr, v) CSR_SWAP("csrrc", csr, v)

#define CSR_CHANGE(insn, csr, v)                                               \
    __asm__ volatile(insn " " CSR_STR(csr) ", %0" ::"rK"((uint64_t)(v))        \
                     : "memory")
#define CSR_SWAP(insn, csr, v)                                                 \
    ({                                                                         \
        uint64_t csr_v_;                                                       \
        __asm__ volatile(insn " %0, " CSR_STR(csr) ", %1"                      \
                         : "=r"(csr_v_)                                        \
                         : "rK"((uint64_t)(v))                                 \
                         : "memory");                                          \
        csr_v_;                                                                \
    })

/* Sleep until an interrupt is pending, be it enabled in sstatus or not. */
#define wait_for_interrupt() __asm__ volatile("wfi" ::: "memory")

/* Instructions retired by this hart; advances in wfi under -icount. */
#define read_instret() csr_read(instret)

#endif
