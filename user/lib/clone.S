/* SPDX-License-Identifier: MIT */
/*
 * clone.S - clone(function, stack, flags, arg, parent_tid, tls, child_tid):
 * start a thread that runs function(arg) on a stack of its own.
 *
 * It cannot be written in C: the child comes back from the system call on
 * another, empty stack. Function and argument travel there in its top 16 bytes.
 */
#define SYS_exit 93 /* syscall.h and errno.h are for C only */
#define SYS_clone 220
#define EINVAL 22

    .globl clone
    .type clone, @function
clone:
    beqz a1, 2f
    andi a1, a1, -16
    addi a1, a1, -16
    sd a0, 0(a1)
    sd a3, 8(a1)
    mv a0, a2               /* flags */
    mv a2, a4               /* parent_tid */
    mv a3, a5               /* tls */
    mv a4, a6               /* child_tid */
    li a7, SYS_clone
    ecall
    beqz a0, 1f
    tail sys_result
1:
    ld a1, 0(sp)            /* in the child */
    ld a0, 8(sp)
    addi sp, sp, 16
    li ra, 0
    li s0, 0
    jalr a1
    li a7, SYS_exit         /* this thread only */
    ecall
2:
    li a0, -EINVAL
    tail sys_result
    .size clone, . - clone

    .section .note.GNU-stack, "", @progbits
