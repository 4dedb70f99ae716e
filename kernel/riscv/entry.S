/* SPDX-License-Identifier: MIT */
/*
 * entry.S - the first instructions of each hart, and every trap.
 *
 * Boot.  The firmware enters _start on one hart with paging off, a0 = hart
 * id, a1 = device tree.  boot_map() of hart.c makes a first page table (mm/
 * replaces it), and we turn paging on.  Nothing maps the physical addresses we
 * run at, so the next fetch faults and the hart goes to stvec, which holds the
 * virtual address of the line where we want to go on.  The other harts come the
 * same way through secondary_entry, straight into the final kernel page table.
 *
 * Traps.  sscratch says where the trap came from (I1 of thread.h): not 0, the
 * thread that was in user mode; 0, the kernel.  All registers are stored in a
 * struct trapframe.  The way back to user mode loads all of them again.
 *
 * A trap from the kernel needs room on the kernel stack.  One bit of sp tells
 * if there is any (memlayout.h); if not, the first hart to overflow gets the
 * emergency stack, whose addresses have that bit clear too, so that trap.c
 * knows what to report; further ones stop.
 *
 * Not done: saving fewer registers for a system call.  fork, signals and a
 * debugger want them all, and it is 24 instructions.
 */
#include "riscv/asm_offsets.h"
#include "riscv/csr.h"
#include "riscv/memlayout.h"

/* x1, x3 and x5 - x31: all but sp and tp */
.macro for_each_reg insn
    .irp n, 1, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, \
        21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    \insn x\n, TF_REG(\n)(sp)
    .endr
.endm

/* After for_each_reg sd: what the trap was, and from where. */
.macro save_trap_csrs
    csrr t0, sepc
    csrr t1, sstatus
    csrr t2, scause
    csrr t3, stval
    sd t0, TF_SEPC(sp)
    sd t1, TF_SSTATUS(sp)
    sd t2, TF_SCAUSE(sp)
    sd t3, TF_STVAL(sp)
    csrw sscratch, zero
.endm

.macro restore_trap_csrs
    ld t0, TF_SEPC(sp)
    ld t1, TF_SSTATUS(sp)
    csrw sepc, t0
    csrw sstatus, t1
.endm

    .section .text.entry, "ax"
    .globl _start
_start:
    csrw sie, zero
    /*
     * OpenSBI before 1.2 may send a hart that we start here instead, since it
     * says "start" before it says where.  Only the first hart boots.
     */
    la t0, boot_taken
    li t1, 1
    amoswap.w.aqrl t1, t1, (t0)
    bnez t1, secondary_entry
    la sp, boot_stack_top
    mv s1, a0
    mv s2, a1
    call boot_map /* => a0: for satp */
    ld s0, direct_map_offset
    la t0, 1f
    call enable_paging
    .balign 4 /* stvec's low bits mean something else */
1:  la sp, boot_stack_top
    la tp, boot_thread
    call local_setup
    mv a0, s1
    mv a1, s2
    call start_kernel

    .globl secondary_entry
secondary_entry:
    slli s1, a0, 3 /* its hart id, as an index */
    ld a0, hart_start_satp
    ld s0, direct_map_offset
    la t0, 1f
    call enable_paging
    .balign 4
1:  la t0, hart_threads
    add t0, t0, s1
    ld tp, (t0)
    ld sp, THREAD_KERNEL_SP(tp)
    call local_setup
    call secondary_main

/* Go to t0 + offset s0, with a0 in satp. */
enable_paging:
    add t0, t0, s0
    csrw stvec, t0
    sfence.vma
    csrw satp, a0
    /* Still here: the hart has no Sv39. */
stop:
    wfi
    j stop

local_setup:
    la t0, trap_entry
    csrw stvec, t0
    csrw sscratch, zero
    li t0, SSTATUS_SIE | SSTATUS_SUM | SSTATUS_FS | SSTATUS_VS
    csrc sstatus, t0
    li s0, 0 /* backtraces end here */
    ret

    .data
    .balign 8
boot_taken: .word 0
emergency_taken: .dword 0

    .text
    .balign 4
    .globl trap_entry
trap_entry:
    csrrw tp, sscratch, tp
    bnez tp, from_user

    /* From the kernel: is there room on the stack? */
    csrr tp, sscratch
    csrw sscratch, t0
    addi sp, sp, -TF_SIZE
    slli t0, sp, 63 - 14 /* KERNEL_STACK_SIZE to the sign bit */
    bgez t0, overflow
    addi t0, sp, TF_SIZE
1:  sd t0, TF_REG(2)(sp)
    csrr t0, sscratch
    for_each_reg sd
    sd tp, TF_REG(4)(sp)
    save_trap_csrs
    li t0, SSTATUS_SUM
    csrc sstatus, t0
    mv a0, sp
    call trap_from_kernel
    restore_trap_csrs
    for_each_reg ld
    addi sp, sp, TF_SIZE
    sret

overflow:
    la t0, emergency_taken
    amoswap.w.aq t0, sp, (t0)
    bnez t0, 2f
    addi t0, sp, TF_SIZE
    la sp, emergency_stack_top - TF_SIZE
    j 1b
2:  j stop /* a branch does not reach that far */

from_user:
    sd sp, THREAD_USER_SP(tp)
    ld sp, THREAD_KERNEL_SP(tp)
    addi sp, sp, -TF_SIZE
    for_each_reg sd
    ld t0, THREAD_USER_SP(tp)
    csrr t1, sscratch
    sd t0, TF_REG(2)(sp)
    sd t1, TF_REG(4)(sp)
    save_trap_csrs
    mv a0, sp
    bltz t2, 1f
    ld t0, trap_ops /* .user_trap */
    jalr t0
    j user_return
1:  call trap_interrupted_user
user_return:
    restore_trap_csrs
    csrw sscratch, tp
    ld tp, TF_REG(4)(sp)
    for_each_reg ld
    ld sp, TF_REG(2)(sp)
    sret

    .globl ret_to_user
ret_to_user: /* a signal may have come already */
    mv sp, a0
    ld t0, trap_ops + 8 /* .user_interrupted */
    jalr t0
    j user_return

    .section .noclear, "aw", @nobits /* boot_map() clears .bss, and runs here */
    /* The guard half of the boot stack's window is the emergency stack. */
    .balign KERNEL_STACK_ALIGN
    .space KERNEL_STACK_SIZE
emergency_stack_top:
    .globl boot_stack
boot_stack:
    .space KERNEL_STACK_SIZE
boot_stack_top:
