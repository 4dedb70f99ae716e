/* SPDX-License-Identifier: MIT */
/*
 * memops.c - copy, fill and compare blocks of memory.
 *
 * How
 *   Nothing is loaded or stored at an address that is not a multiple of its
 *   size: boards trap on that.  Copy and fill first go byte by byte until the
 *   destination is aligned, then by 64-bit words, eight of them per turn of
 *   the loop, then by bytes again.  A copy whose source is not aligned where
 *   the destination is goes by bytes all the way.
 *
 *   A whole page is the common case and the hot one; it needs no cases and
 *   is unrolled to 512 bytes.
 *
 * Not done: speed for unaligned copies (putting words together by shifts) and
 * for blocks that overlap the wrong way.  The kernel makes few, all short; what
 * users copy goes through riscv/uaccess.S.
 *
 * Note: compile with -fno-builtin -fno-tree-loop-distribute-patterns, or the
 * compiler recognises these loops and makes memset() call memset().
 */
#include "lib/string.h"

#include "lib/types.h"

/* A word that may lie over objects of any type. */
typedef uint64_t __attribute__((may_alias)) word_t;

#define WORD sizeof(word_t)
#define BLOCK (8 * WORD)

#define aligned(p) ((uintptr_t)(p) % WORD == 0)

/* Every load comes before every store. */
static inline void
copy_block(word_t *d, const word_t *s)
{
    word_t w0 = s[0], w1 = s[1], w2 = s[2], w3 = s[3];
    word_t w4 = s[4], w5 = s[5], w6 = s[6], w7 = s[7];

    d[0] = w0, d[1] = w1, d[2] = w2, d[3] = w3;
    d[4] = w4, d[5] = w5, d[6] = w6, d[7] = w7;
}

static inline void
fill_block(word_t *d, word_t word)
{
    d[0] = d[1] = d[2] = d[3] = word;
    d[4] = d[5] = d[6] = d[7] = word;
}

/* Upwards; so it is also right for blocks that overlap, if dst is below src. */
void *
memcpy(void *dst, const void *src, size_t n)
{
    uint8_t *d = dst;
    const uint8_t *s = src;

    if (n >= 2 * WORD && ((uintptr_t)d - (uintptr_t)s) % WORD == 0) {
        for (; !aligned(d); n--)
            *d++ = *s++;
        for (; n >= BLOCK; n -= BLOCK, d += BLOCK, s += BLOCK)
            copy_block((word_t *)d, (const word_t *)s);
        for (; n >= WORD; n -= WORD, d += WORD, s += WORD)
            *(word_t *)d = *(const word_t *)s;
    }
    while (n--)
        *d++ = *s++;
    return dst;
}

void *
memmove(void *dst, const void *src, size_t n)
{
    uint8_t *d = dst;
    const uint8_t *s = src;

    if ((uintptr_t)dst - (uintptr_t)src >= n) /* below src, or apart */
        return memcpy(dst, src, n);
    while (n--)
        d[n] = s[n];
    return dst;
}

void *
memset(void *dst, int c, size_t n)
{
    word_t word = (uint8_t)c * 0x0101010101010101ULL;
    uint8_t *p = dst;

    if (n >= 2 * WORD) {
        for (; !aligned(p); n--)
            *p++ = (uint8_t)c;
        for (; n >= BLOCK; n -= BLOCK, p += BLOCK)
            fill_block((word_t *)p, word);
        for (; n >= WORD; n -= WORD, p += WORD)
            *(word_t *)p = word;
    }
    while (n--)
        *p++ = (uint8_t)c;
    return dst;
}

int
memcmp(const void *a, const void *b, size_t n)
{
    const uint8_t *p = a, *q = b;

    if (aligned(p) && aligned(q)) {
        /* Skip equal words; the bytes tell where they differ. */
        for (; n >= WORD; n -= WORD, p += WORD, q += WORD)
            if (*(const word_t *)p != *(const word_t *)q)
                break;
    }
    for (; n; n--, p++, q++)
        if (*p != *q)
            return *p - *q;
    return 0;
}

void *
memchr(const void *s, int c, size_t n)
{
    for (const uint8_t *p = s; n; n--, p++)
        if (*p == (uint8_t)c)
            return (void *)p;
    return NULL;
}

void
clear_page(void *page)
{
    for (word_t *d = page; d < (word_t *)page + PAGE_SIZE / WORD; d += 64)
#pragma GCC unroll 8
        for (int i = 0; i < 64; i += 8)
            fill_block(d + i, 0);
}

void
copy_page(void *dst, const void *src)
{
    word_t *d = dst, *end = d + PAGE_SIZE / WORD;

    for (const word_t *s = src; d < end; d += 64, s += 64)
#pragma GCC unroll 8
        for (int i = 0; i < 64; i += 8)
            copy_block(d + i, s + i);
}
