/* SPDX-License-Identifier: MIT */
/*
 * crt0.S - the first instructions of every program.
 *
 * The kernel starts a program with sp at the argument block:
 *
 *   sp -> argc | argv[0] .. argv[argc-1] NULL | envp[0] .. NULL | auxv ..
 *
 * We set the global pointer (the linker relies on it) and the thread pointer
 * (syscall.c), end the chain of frames for debuggers, and go on in C.
 */
    .globl _start
    .type _start, @function
_start:
    .option push
    .option norelax
    la gp, __global_pointer$
    .option pop
    la tp, first_thread
    mv a0, sp
    andi sp, sp, -16
    li ra, 0
    li s0, 0
    tail start_main
    .size _start, . - _start

    .section .note.GNU-stack, "", @progbits
