/* SPDX-License-Identifier: MIT */
/*
 * asm_offsets.h - structure offsets as the assembly sees them.
 * Static asserts in trap.c hold them against the C definitions.
 */
#pragma once

#define THREAD_KERNEL_SP 0
#define THREAD_USER_SP 8

/* struct trapframe: sepc in slot 0, register xN in slot N */
#define TF_REG(n) ((n)*8)
#define TF_SEPC 0
#define TF_SSTATUS 256
#define TF_SCAUSE 264
#define TF_STVAL 272
#define TF_SIZE 288
