/* SPDX-License-Identifier: MIT */
/* Sleeping on a word of user memory; see futex.c. */
#pragma once

#include "include/sched.h"
#include "sched/sched.h"

/*
 * Where the word is.  shared: others may have it at another address, in a
 * shared mapping.
 */
struct futex_word {
    uint32_t *user;
    bool shared;
};

void futex_init(void); /* once at boot */

/*
 * Sleep if the word is val, at most so many ticks (WAIT_FOREVER), until a wake
 * that has a bit of bitset.
 * => 0, -EAGAIN (it is not val), -ETIMEDOUT, -ERESTARTSYS (a signal),
 *    -EFAULT, -EINVAL (not aligned, no bits)
 */
int64_t futex_wait(struct futex_word word, uint32_t val, uint32_t bitset,
                   int64_t ticks);
/* Wake nr, at least one.  => how many; -EFAULT, -EINVAL */
int64_t futex_wake(struct futex_word word, int64_t nr, uint32_t bitset);
