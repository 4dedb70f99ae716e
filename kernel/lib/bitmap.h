/* SPDX-License-Identifier: MIT */
/*
 * bitmap.h - arrays of bits.
 *
 * Bit n is bit n % 64 of word n / 64.  Declare BITMAP(name, bits), or give
 * BITMAP_WORDS(bits) words of zeroed memory.  The find functions return the
 * number of bits, nbits, when there is none; they never look at bits beyond it.
 * Locks: the caller's; no function here is atomic.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BITMAP_WORDS(bits) (((bits) + 63) / 64)
#define BITMAP(name, bits) uint64_t name[BITMAP_WORDS(bits)]

static inline void
bitmap_set(uint64_t *map, size_t n)
{
    map[n / 64] |= 1ULL << (n % 64);
}

static inline void
bitmap_clear(uint64_t *map, size_t n)
{
    map[n / 64] &= ~(1ULL << (n % 64));
}

static inline bool
bitmap_test(const uint64_t *map, size_t n)
{
    return (map[n / 64] >> (n % 64)) & 1;
}

/* The first bit at or after start that has the value, or nbits. */
size_t bitmap_next(const uint64_t *map, size_t nbits, size_t start, bool value);
#define bitmap_next_set(map, nbits, start) bitmap_next(map, nbits, start, true)
#define bitmap_next_zero(map, nbits, start)                                    \
    bitmap_next(map, nbits, start, false)
