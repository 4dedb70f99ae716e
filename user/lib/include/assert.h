/* SPDX-License-Identifier: MIT */
/* assert.h: stop the program where a belief of its author is wrong. */
#ifndef USER_ASSERT_H
#define USER_ASSERT_H

void assert_failed(const char *expr, const char *file, int line,
                   const char *func) __attribute__((noreturn));

#ifdef NDEBUG
#define assert(expr) ((void)0)
#else
#define assert(expr)                                                           \
    ((expr) ? (void)0 : assert_failed(#expr, __FILE__, __LINE__, __func__))
#endif

#define static_assert _Static_assert

#endif
