/* SPDX-License-Identifier: MIT */
/* test: syscall-unknown ram=16M harts=1-8 swap=0 time=30 */
/*
 * A system call that does not exist is ENOSYS, whatever its number: large,
 * negative, or just beyond the table; and a call keeps every register but a0.
 * Fails when a number is used as an index before it was checked, or when a
 * register of the program is lost on the way.
 */
#include <sys/syscall.h>
#include "test.h"

/* Registers that hold a value across ecall: saved and temporary ones alike. */
#define KEEP(n, value) register uint64_t r##n __asm__(#n) = (value)

static void
check_registers(void)
{
    register long a0 __asm__("a0") = 0;
    register long a7 __asm__("a7") = SYS_getppid;
    KEEP(a1, 0x1111111111111111);
    KEEP(a5, 0x5555555555555555);
    KEEP(a6, 0x6666666666666666);
    KEEP(t0, 0x0123456789abcdef);
    KEEP(t3, 0x3333333333333333);
    KEEP(t6, 0x7777777777777777);
    KEEP(s2, 0x2222222222222222);
    KEEP(s11, 0xbbbbbbbbbbbbbbbb);

    __asm__ volatile("ecall"
                     : "+r"(a0), "+r"(a7), "+r"(ra1), "+r"(ra5), "+r"(ra6),
                       "+r"(rt0), "+r"(rt3), "+r"(rt6), "+r"(rs2), "+r"(rs11)
                     :
                     : "memory");
    CHECK(ra1 == 0x1111111111111111 && ra5 == 0x5555555555555555 &&
          ra6 == 0x6666666666666666 && rt0 == 0x0123456789abcdef &&
          rt3 == 0x3333333333333333 && rt6 == 0x7777777777777777 &&
          rs2 == 0x2222222222222222 && rs11 == 0xbbbbbbbbbbbbbbbb &&
          a7 == SYS_getppid);
    CHECK_EQ(a0, getppid());
}

int
main(void)
{
    static const long numbers[] = {
        464,
        500,
        511,
        512,
        1023,
        1024,
        4095,
        4096,
        65536,
        0x7fffffff,
        -1,
        -2,
        INT64_MAX,
        INT64_MIN,
        0x80000000,
        0x100000000,
        244,
        259 + 1000,
        0x1000000ac /* the low half is getpid's */,
    };

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        CHECK_ERR(syscall(numbers[i], 1, 2, 3, 4, 5, 6), ENOSYS);
    for (int i = 0; i < 100; i++)
        check_registers();
    return 0;
}
