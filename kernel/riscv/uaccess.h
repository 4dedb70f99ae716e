/* SPDX-License-Identifier: MIT */
/*
 * uaccess.h - the only code that touches user memory from the kernel.
 *
 * Each routine checks that the range lies in the user half, sets SUM for the
 * time of the access, and survives faults: the trap handler first asks vm/
 * (unless page faults are disabled), then lets uaccess.S fail gracefully.
 *
 * Interface
 *   copy_to_user, copy_from_user              => bytes NOT copied
 *   get_user(x, ptr), put_user(x, ptr)        => 0 or -EFAULT
 *   strncpy_from_user                         => length or -EFAULT
 */
#pragma once

#include "include/errno.h"
#include "riscv/memlayout.h"

/* Does [addr, addr + len) lie in the user half? */
static inline bool
access_ok(const volatile void *addr, size_t len)
{
    return len <= USER_END && (uint64_t)addr <= USER_END - len;
}

/* uaccess.S; the range was checked.  => bytes not copied */
size_t uaccess_copy(volatile void *dst, const volatile void *src, size_t n);

static inline size_t
copy_to_user(volatile void *dst, const void *src, size_t n)
{
    return access_ok(dst, n) ? uaccess_copy(dst, src, n) : n;
}

static inline size_t
copy_from_user(void *dst, const volatile void *src, size_t n)
{
    return access_ok(src, n) ? uaccess_copy(dst, src, n) : n;
}

/*
 * Copy a string of at most max bytes with its 0.
 * => its length; max if no 0 was found in max bytes (then dst has none);
 *    -EFAULT
 */
int64_t strncpy_from_user(char *dst, const char *src, size_t max);

/* ptr points to a user scalar of 1 to 8 bytes; put_user takes any type. */
#define get_user(x, ptr)                                                       \
    ({                                                                         \
        uint64_t gu_v_ = 0;                                                    \
        size_t gu_left_ = copy_from_user(&gu_v_, (ptr), sizeof(*(ptr)));       \
        (x) = (__typeof__(*(ptr)))gu_v_;                                       \
        gu_left_ ? -EFAULT : 0;                                                \
    })
#define put_user(x, ptr)                                                       \
    ({                                                                         \
        __typeof__(*(ptr)) pu_v_ = (x);                                        \
        copy_to_user((ptr), &pu_v_, sizeof(pu_v_)) ? -EFAULT : 0;              \
    })
