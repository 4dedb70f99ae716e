/* SPDX-License-Identifier: MIT */
/*
 * switch.S - switch_context(from a0, to a1): from one kernel stack to another.
 *
 * To its caller this is a function call, so only what a call preserves needs
 * to be kept (struct context in thread.h): ra, sp and s0 - s11.  tp is the
 * caller's business.
 */
    .macro for_each_saved insn, base
    \insn ra, 0(\base)
    \insn sp, 8(\base)
    .set offset, 16
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    \insn s\n, offset(\base)
    .set offset, offset + 8
    .endr
    .endm

    .text
    .globl switch_context
switch_context:
    for_each_saved sd, a0
    for_each_saved ld, a1
    ret
