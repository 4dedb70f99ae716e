/* SPDX-License-Identifier: MIT */
/*
 * fpu.h - the floating-point unit is off (sstatus.FS = 0) for everybody: the
 * first floating-point instruction of a program is an illegal instruction.
 * Lazy saving and restoring will come in here.
 */
#ifndef RISCV_FPU_H
#define RISCV_FPU_H

#include "riscv/csr.h"

static inline void
fpu_disable(void)
{
    csr_clear(sstatus, SSTATUS_FS | SSTATUS_VS);
}

#endif
