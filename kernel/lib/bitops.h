/* SPDX-License-Identifier: MIT */
/*
 * bitops.h - finding bits in a 64-bit word.
 *
 * RV64IMAC has no instruction for these, and the compiler's builtins become
 * calls into its own library, so they are written out.
 */
#pragma once

#include <stdint.h>

/* In a de Bruijn sequence every 6-bit window differs: see ctz64(). */
#define DEBRUIJN64 0x03f79d71b4cb0a89ULL
extern const uint8_t debruijn64_index[64];

/* The number of the lowest bit set in x, which is not 0. */
static inline unsigned
ctz64(uint64_t x)
{
    return debruijn64_index[((x & -x) * DEBRUIJN64) >> 58];
}

/* 1 + the number of the lowest bit set, or 0 if x is 0. */
static inline unsigned
ffs64(uint64_t x)
{
    return x ? ctz64(x) + 1 : 0;
}

/* The logarithm of x to base 2, rounded down; x is not 0. */
static inline unsigned
ilog2(uint64_t x)
{
    unsigned n = 0;

    for (unsigned half = 32; half; half /= 2) {
        if (x >> half) {
            x >>= half;
            n += half;
        }
    }
    return n;
}
