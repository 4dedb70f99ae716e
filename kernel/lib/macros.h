/* SPDX-License-Identifier: MIT */
/*
 * macros.h - small expressions that C has no function for.
 *
 * MIN and MAX evaluate each argument once and refuse to mix types: cast at the
 * call, where the reader sees it.  The alignment macros want a power of two.
 */
#pragma once

#include <stddef.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* The structure of type `type` whose `member` is at `ptr`. */
#define container_of(ptr, type, member)                                        \
    ({                                                                         \
        _Static_assert(                                                        \
            __builtin_types_compatible_p(__typeof__(*(ptr)),                   \
                                         __typeof__(((type *)0)->member)),     \
            "container_of: ptr does not point to such a member");              \
        (type *)((char *)(ptr)-offsetof(type, member));                        \
    })

/* The counter gives each use its own names, so that uses may nest. */
#define MIN(a, b) COMPARE_ONCE(<, a, b, __COUNTER__)
#define MAX(a, b) COMPARE_ONCE(>, a, b, __COUNTER__)
#define COMPARE_ONCE(op, a, b, id) COMPARE_ONCE_(op, a, b, id)
#define COMPARE_ONCE_(op, a, b, id)                                            \
    ({                                                                         \
        __auto_type a_##id = (a);                                              \
        __auto_type b_##id = (b);                                              \
        (void)(&a_##id == &b_##id); /* warns when the types differ */          \
        a_##id op b_##id ? a_##id : b_##id;                                    \
    })

#define ALIGN_DOWN(x, a) ((x) & ~((__typeof__(x))(a)-1))
#define ALIGN_UP(x, a) ALIGN_DOWN((x) + ((__typeof__(x))(a)-1), a)
#define IS_ALIGNED(x, a) (((x) & ((__typeof__(x))(a)-1)) == 0)
#define DIV_ROUND_UP(n, d) (((n) + (d)-1) / (d))
#define BIT(n) (1UL << (n))

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* One access, exactly as written: not torn, repeated, cached or left out. */
#define READ_ONCE(x) (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))

#define __aligned(n) __attribute__((aligned(n)))
#define __printf(fmt, args) __attribute__((format(printf, fmt, args)))
#define __maybe_unused __attribute__((unused))
#define __noinline __attribute__((noinline))
#define fallthrough __attribute__((fallthrough)) /* to the next case */
