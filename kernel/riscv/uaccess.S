/* SPDX-License-Identifier: MIT */
/*
 * uaccess.S - copying between kernel and user memory.
 *
 * uaccess_copy sets SUM, works in the largest steps that fit, and returns how
 * many bytes are missing.  A fault from uaccess_fast on goes on (trap.c) at
 * uaccess_retry, in the byte loop, which starts again at the present step (so
 * a0 and a1 move when that is done) and faults at the exact byte; a fault
 * there, from uaccess_bytes on, ends at uaccess_failed.  The trap handler has
 * cleared SUM then.
 *
 *   less than 16 bytes                4 bytes a turn if all is aligned to that
 *                                     (so a futex word is one access), else
 *                                     bytes
 *   same alignment of dst and src     256 bytes a turn, then 8
 *   different alignment               8 bytes a turn, put together from two
 *                                     aligned words by shifting
 */
#include "riscv/csr.h"

    .macro move_64 insn, base, at
    .set offset, \at
    .irp reg, t1, t2, t3, t4, t5, t6, a6, a7
    \insn \reg, offset(\base)
    .set offset, offset + 8
    .endr
    .endm

    .text
    /* size_t uaccess_copy(dst a0, src a1, n a2); a3 = end of dst */
    .globl uaccess_copy, uaccess_fast, uaccess_bytes, uaccess_failed, uaccess_retry
uaccess_copy:
    li t0, SSTATUS_SUM
    csrs sstatus, t0
    add a3, a0, a2
    li t1, 16
    bgeu a2, t1, copy_long
    or t1, a0, a1
    or t1, t1, a2
    andi t1, t1, 3
    bnez t1, uaccess_bytes
uaccess_fast:
    bgeu a0, a3, copy_done
    lw t1, 0(a1)
    sw t1, 0(a0)
    addi a1, a1, 4
    addi a0, a0, 4
    j uaccess_fast
copy_long:
    andi t1, a0, 7
    beqz t1, 2f
1:  lb t2, 0(a1) /* up to an aligned dst */
    sb t2, 0(a0)
    addi a1, a1, 1
    addi a0, a0, 1
    andi t1, a0, 7
    bnez t1, 1b
2:  andi t1, a1, 7
    bnez t1, copy_shifted
    addi a4, a3, -255
    bgeu a0, a4, 4f
3:  .irp at, 0, 64, 128, 192
    move_64 ld, a1, \at
    move_64 sd, a0, \at
    .endr
    addi a0, a0, 256
    addi a1, a1, 256
    bltu a0, a4, 3b
4:  addi a4, a3, -7
    bgeu a0, a4, uaccess_bytes
5:  ld t1, 0(a1)
    sd t1, 0(a0)
    addi a1, a1, 8
    addi a0, a0, 8
    bltu a0, a4, 5b
    j uaccess_bytes
copy_shifted: /* src is t1 bytes behind an aligned word */
    addi a4, a3, -7
    sub a5, a1, t1
    slli t1, t1, 3
    neg t3, t1 /* shifts count modulo 64 */
    ld t4, 0(a5)
6:  ld t5, 8(a5)
    srl t4, t4, t1
    sll t6, t5, t3
    or t4, t4, t6
    sd t4, 0(a0)
    mv t4, t5
    addi a5, a5, 8
    addi a1, a1, 8
    addi a0, a0, 8
    bltu a0, a4, 6b
uaccess_bytes:
    bgeu a0, a3, copy_done
7:  lb t1, 0(a1)
    sb t1, 0(a0)
    addi a1, a1, 1
    addi a0, a0, 1
    bltu a0, a3, 7b
copy_done:
    csrc sstatus, t0
uaccess_failed:
    sub a0, a3, a0
    ret
uaccess_retry:
    csrs sstatus, t0
    j uaccess_bytes
