/* SPDX-License-Identifier: MIT */
/*
 * sbi.h - calls to the firmware (SBI 1.0).
 *
 * Hart masks are the kernel's (hart.h).  Errors are SBI's, negative; those
 * that can only come from a wrong call panic.
 */
#ifndef RISCV_SBI_H
#define RISCV_SBI_H

#include <stdbool.h>
#include <stdint.h>

/* Legacy console: for the first lines and for panic. */
void sbi_putchar(char c);

void sbi_set_timer(uint64_t deadline);

/* Software interrupt on each hart of the mask. */
void sbi_send_ipi(uint64_t mask);

/* On each hart of the mask; return when all have done it. */
void sbi_remote_fence_i(uint64_t mask);
/* [start, start + size) of every address space, or of one; UINT64_MAX: all. */
void sbi_remote_sfence(uint64_t mask, uint64_t start, uint64_t size);
void sbi_remote_sfence_asid(uint64_t mask, uint64_t start, uint64_t size,
                            uint64_t asid);

/* Start a hart (by its hart id) at a physical address. */
int sbi_hart_start(uint64_t hart_id, uint64_t pa);

/* Power off or reset; returns only if the firmware cannot. */
void sbi_system_reset(bool reboot, bool failure);

#endif
