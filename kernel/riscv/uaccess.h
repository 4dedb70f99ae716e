/* SPDX-License-Identifier: MIT */
/*
 * uaccess.h - the only code that touches user memory from the kernel.
 *
 * Each routine checks that the range lies in the user half, sets SUM for the
 * time of the access, and survives faults: the trap handler first asks vm/
 * (unless page faults are disabled), then the exception table, which says
 * where the routine fails gracefully.
 *
 * Interface
 *   copy_to_user, copy_from_user, clear_user  => bytes NOT copied
 *   get_user(x, ptr), put_user(x, ptr)        => 0 or -EFAULT
 *   strncpy_from_user                         => length or -EFAULT
 */
#ifndef RISCV_UACCESS_H
#define RISCV_UACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "include/errno.h"
#include "riscv/csr.h"
#include "riscv/memlayout.h"

/* Does [addr, addr + len) lie in the user half? */
static inline bool
access_ok(const volatile void *addr, size_t len)
{
    return len <= USER_END && (uint64_t)addr <= USER_END - len;
}

/* uaccess.S; the range was checked.  => bytes not copied */
size_t uaccess_copy(void *dst, const void *src, size_t n);
size_t uaccess_clear(void *dst, size_t n);

static inline size_t
copy_to_user(void *dst, const void *src, size_t n)
{
    return access_ok(dst, n) ? uaccess_copy(dst, src, n) : n;
}

static inline size_t
copy_from_user(void *dst, const void *src, size_t n)
{
    return access_ok(src, n) ? uaccess_copy(dst, src, n) : n;
}

static inline size_t
clear_user(void *dst, size_t n)
{
    return access_ok(dst, n) ? uaccess_clear(dst, n) : n;
}

/*
 * Copy a string of at most max bytes with its 0.
 * => its length; max if no 0 was found in max bytes (then dst has none);
 *    -EFAULT
 */
int64_t strncpy_from_user(char *dst, const char *src, size_t max);

/* One load or store that may fault: then execution goes on at `fault`. */
#define UACCESS(insn)                                                          \
    __asm__ goto volatile("csrs sstatus, %[sum]\n"                             \
                          "1: " insn " %[v], 0(%[p])\n"                        \
                          "csrc sstatus, %[sum]\n"                             \
                          ".pushsection .ex_table, \"a\"\n"                    \
                          ".balign 4\n"                                        \
                          ".long 1b - ., 1b + 2 - ., %l[fault] - .\n"          \
                          ".popsection\n"                                      \
                          : [v] "+&r"(v)                                       \
                          : [p] "r"(p), [sum] "r"(SSTATUS_SUM)                 \
                          : "memory"                                           \
                          : fault)

/* A scalar of 1, 2, 4 or 8 bytes, in one access. */
static inline __attribute__((always_inline)) int
uaccess_scalar(uint64_t *value, const volatile void *p, size_t size, bool store)
{
    uint64_t v = *value;

    if (!access_ok(p, size))
        return -EFAULT;
    if (size == 1 && store)
        UACCESS("sb");
    else if (size == 1)
        UACCESS("lbu");
    else if (size == 2 && store)
        UACCESS("sh");
    else if (size == 2)
        UACCESS("lhu");
    else if (size == 4 && store)
        UACCESS("sw");
    else if (size == 4)
        UACCESS("lwu");
    else if (store)
        UACCESS("sd");
    else
        UACCESS("ld");
    *value = v;
    return 0;
fault:
    return -EFAULT;
}

/* x is a scalar variable, ptr points to a user scalar of 1, 2, 4, 8 bytes. */
#define get_user(x, ptr)                                                       \
    ({                                                                         \
        uint64_t gu_v_ = 0;                                                    \
        int gu_e_ = uaccess_scalar(&gu_v_, (ptr), sizeof(*(ptr)), false);      \
        (x) = (__typeof__(*(ptr)))gu_v_;                                       \
        gu_e_;                                                                 \
    })
#define put_user(x, ptr)                                                       \
    ({                                                                         \
        uint64_t pu_v_ = (uint64_t)(__typeof__(*(ptr)))(x);                    \
        uaccess_scalar(&pu_v_, (ptr), sizeof(*(ptr)), true);                   \
    })

/*
 * For trap.c: where to go on after a fault at pc; 0 if pc is not in a uaccess
 * routine.
 */
uint64_t uaccess_fixup(uint64_t pc);

#endif
