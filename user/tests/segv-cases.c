/* SPDX-License-Identifier: MIT */
/* test: segv-cases ram=16M harts=1-8 swap=0 time=30 */
/*
 * Every access that a program may not make ends that program, by the signal
 * that Linux gives, and nothing else: the null page, the kernel's half, holes
 * in the address space, its own text; jumps to any of these and to data; and
 * instructions that are none or are the kernel's. Fails when the access goes
 * through, the signal is another, or the kernel falls.
 */
#include "test.h"

static uint32_t data_code[2] = {0x8067, 0x8067}; /* ret */

static void
look(void *address)
{
    (void)*(volatile char *)wild((uintptr_t)address);
}

static void
touch(void *address)
{
    *(volatile char *)wild((uintptr_t)address) = 1;
}

static void
jump(void *address)
{
    ((void (*)(void))wild((uintptr_t)address))();
}

static void
no_instruction(void *arg)
{
    (void)arg;
    __asm__ volatile(".word 0");
}

static void
break_point(void *arg)
{
    (void)arg;
    __asm__ volatile("ebreak");
}

static void
kernel_register(void *arg)
{
    (void)arg;
    __asm__ volatile("csrr zero, 0x100"); /* sstatus */
}

static void
kernel_register_write(void *arg)
{
    (void)arg;
    __asm__ volatile("csrw 0x180, zero"); /* satp: would end translation */
}

static void
kernel_return(void *arg)
{
    (void)arg;
    __asm__ volatile(".word 0x10200073"); /* sret */
}

static void
machine_wait(void *arg)
{
    (void)arg;
    __asm__ volatile(".word 0x12000073"); /* sfence.vma */
}

/* The registers that compilers keep in place must not matter to the kernel. */
static void
wild_pointers(void *arg)
{
    __asm__ volatile("li sp, 0x7\n\t"
                     "li tp, -1\n\t"
                     "li gp, -1\n\t"
                     "sd zero, 0(%0)" ::"r"(arg));
}

static void
check_addresses(void)
{
    static const uintptr_t bad[] = {
        0,
        8,
        0xfff,
        0xffff, /* the null pages */
        0x4000000000,
        0x3ffffff000, /* the end of the lower half */
        0x7fffffffffffffff,
        0x8000000000000000, /* no address at all */
        0xffffffc000200000, /* the kernel's text */
        0xffffffc008000000,
        0xfffffff000000000, /* RAM, vmalloc */
        0xfffffffffffffff8,
        0xdeadbeefdeadbeef,
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (death_signal(look, (void *)bad[i]) != SIGSEGV)
            FAIL("read of %#lx: expected SIGSEGV", bad[i]);
        if (death_signal(touch, (void *)bad[i]) != SIGSEGV)
            FAIL("write of %#lx: expected SIGSEGV", bad[i]);
        if (death_signal(jump, (void *)(bad[i] & ~1UL)) != SIGSEGV)
            FAIL("jump to %#lx: expected SIGSEGV", bad[i]);
        if (death_signal(wild_pointers, (void *)bad[i]) != SIGSEGV)
            FAIL("write without registers, %#lx: expected SIGSEGV", bad[i]);
    }
}

int
main(void)
{
    char *memory = map_memory(PAGE);

    check_addresses();
    memcpy(memory, data_code, sizeof(data_code));
    CHECK_DIES(touch, (uintptr_t)main, SIGSEGV);
    CHECK_DIES(look, (uintptr_t)main, 0);
    CHECK_DIES(jump, data_code, SIGSEGV);
    CHECK_DIES(jump, memory, SIGSEGV);
    CHECK_DIES(no_instruction, NULL, SIGILL);
    CHECK_DIES(break_point, NULL, SIGTRAP);
    CHECK_DIES(kernel_register, NULL, SIGILL);
    CHECK_DIES(kernel_register_write, NULL, SIGILL);
    CHECK_DIES(kernel_return, NULL, SIGILL);
    CHECK_DIES(machine_wait, NULL, SIGILL);
    return 0;
}
