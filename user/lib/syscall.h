/* SPDX-License-Identifier: MIT */
/*
 * syscall.h - how the library enters the kernel. Private to user/lib.
 *
 * The number goes in a7, the arguments in a0 .. a5; the result or -errno comes
 * back in a0. The kernel changes no other register, so a call costs the library
 * a handful of moves.
 *
 * Interface: RAW(name, args...) gives what the kernel gave; SYS(name, args...)
 * gives -1 and sets errno on failure.
 */
#ifndef USER_LIB_SYSCALL_H
#define USER_LIB_SYSCALL_H

#include "include/syscall.h"

/*
 * The POSIX form of a raw result.
 * => -1 with errno set if raw is -4095 .. -1, else raw
 */
long sys_result(long raw);

static inline long
raw_syscall0(long number)
{
    register long a0 __asm__("a0");
    register long a7 __asm__("a7") = number;

    __asm__ volatile("ecall" : "=r"(a0) : "r"(a7) : "memory");
    return a0;
}

static inline long
raw_syscall1(long number, long x0)
{
    register long a0 __asm__("a0") = x0;
    register long a7 __asm__("a7") = number;

    __asm__ volatile("ecall" : "+r"(a0) : "r"(a7) : "memory");
    return a0;
}

static inline long
raw_syscall2(long number, long x0, long x1)
{
    register long a0 __asm__("a0") = x0;
    register long a1 __asm__("a1") = x1;
    register long a7 __asm__("a7") = number;

    __asm__ volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a7) : "memory");
    return a0;
}

static inline long
raw_syscall3(long number, long x0, long x1, long x2)
{
    register long a0 __asm__("a0") = x0;
    register long a1 __asm__("a1") = x1;
    register long a2 __asm__("a2") = x2;
    register long a7 __asm__("a7") = number;

    __asm__ volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a2), "r"(a7) : "memory");
    return a0;
}

static inline long
raw_syscall4(long number, long x0, long x1, long x2, long x3)
{
    register long a0 __asm__("a0") = x0;
    register long a1 __asm__("a1") = x1;
    register long a2 __asm__("a2") = x2;
    register long a3 __asm__("a3") = x3;
    register long a7 __asm__("a7") = number;

    __asm__ volatile("ecall"
                     : "+r"(a0)
                     : "r"(a1), "r"(a2), "r"(a3), "r"(a7)
                     : "memory");
    return a0;
}

static inline long
raw_syscall6(long number, long x0, long x1, long x2, long x3, long x4, long x5)
{
    register long a0 __asm__("a0") = x0;
    register long a1 __asm__("a1") = x1;
    register long a2 __asm__("a2") = x2;
    register long a3 __asm__("a3") = x3;
    register long a4 __asm__("a4") = x4;
    register long a5 __asm__("a5") = x5;
    register long a7 __asm__("a7") = number;

    __asm__ volatile("ecall"
                     : "+r"(a0)
                     : "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5), "r"(a7)
                     : "memory");
    return a0;
}

/* Choose by the number of arguments, and cast each of them. */
#define RAW_0(n) raw_syscall0(n)
#define RAW_1(n, a) raw_syscall1(n, (long)(a))
#define RAW_2(n, a, b) raw_syscall2(n, (long)(a), (long)(b))
#define RAW_3(n, a, b, c) raw_syscall3(n, (long)(a), (long)(b), (long)(c))
#define RAW_4(n, a, b, c, d)                                                   \
    raw_syscall4(n, (long)(a), (long)(b), (long)(c), (long)(d))
#define RAW_5(n, a, b, c, d, e) RAW_6(n, a, b, c, d, e, 0)
#define RAW_6(n, a, b, c, d, e, f)                                             \
    raw_syscall6(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e),     \
                 (long)(f))
#define RAW_PICK(n, a, b, c, d, e, f, chosen, ...) chosen

#define RAW(name, ...)                                                         \
    RAW_PICK(n, ##__VA_ARGS__, RAW_6, RAW_5, RAW_4, RAW_3, RAW_2, RAW_1,       \
             RAW_0)                                                            \
    (SYS_##name, ##__VA_ARGS__)

#define SYS(name, ...) sys_result(RAW(name, ##__VA_ARGS__))

#endif
