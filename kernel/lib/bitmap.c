/* SPDX-License-Identifier: MIT */
/*
 * bitmap.c - arrays of bits, a word at a time.
 *
 * A search looks for a set bit in a word, which is inverted if a clear one is
 * wanted, with the bits before the start masked away.
 */
#include "lib/bitmap.h"

#include "lib/bitops.h"
#include "lib/macros.h"

/*
 * ctz64() isolates the lowest bit, 2^n, and multiplies: that shifts the
 * sequence n places up, and its upper six bits are different for every n.
 */
const uint8_t debruijn64_index[64] = {
    0,  1,  48, 2,  57, 49, 28, 3,  61, 58, 50, 42, 38, 29, 17, 4,
    62, 55, 59, 36, 53, 51, 43, 22, 45, 39, 33, 30, 24, 18, 12, 5,
    63, 47, 56, 27, 60, 41, 37, 16, 54, 35, 52, 21, 44, 32, 23, 11,
    46, 26, 40, 15, 34, 20, 31, 10, 25, 14, 19, 9,  13, 8,  7,  6,
};

size_t
bitmap_next(const uint64_t *map, size_t nbits, size_t start, bool value)
{
    uint64_t flip = value ? 0 : ~0ULL, word;
    size_t i = start / 64;

    if (start >= nbits)
        return nbits;
    word = (map[i] ^ flip) & (~0ULL << (start % 64));
    while (!word) {
        if (++i >= BITMAP_WORDS(nbits))
            return nbits;
        word = map[i] ^ flip;
    }
    return MIN(i * 64 + ctz64(word), nbits);
}
