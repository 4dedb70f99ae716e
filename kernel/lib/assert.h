/* SPDX-License-Identifier: MIT */
/*
 * assert.h - stop when an invariant is broken.
 *
 * A failed assertion is a bug of the kernel, never of a user, a disk or a
 * device: those get an errno.  ASSERT is always on and must be cheap;
 * DEBUG_ASSERT may be dear and exists in DEBUG builds only (elsewhere its
 * condition is compiled but not evaluated).  What can be decided at compile
 * time is a static_assert.
 */
#pragma once

#include "lib/macros.h"

#define static_assert _Static_assert /* as C's own header has it */

/* Say why, dump the state and stop the machine (core/panic.c). */
_Noreturn void panic(const char *fmt, ...) __printf(1, 2);

#define ASSERT(cond)                                                           \
    do {                                                                       \
        if (unlikely(!(cond)))                                                 \
            panic("%s:%d: %s: not true: %s", __FILE__, __LINE__, __func__,     \
                  #cond);                                                      \
    } while (0)

#ifdef DEBUG
#define DEBUG_ASSERT(cond) ASSERT(cond)
#else
#define DEBUG_ASSERT(cond) ((void)sizeof(!(cond)))
#endif
