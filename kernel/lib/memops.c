/* SPDX-License-Identifier: MIT */
/*
 * memops.c - copy, fill and compare blocks of memory.
 *
 * How
 *   Nothing is loaded or stored at an address that is not a multiple of its
 *   size: boards trap on that.  Both copy and fill first go byte by byte
 *   until the destination is aligned, then by 64-bit words, eight of them per
 *   turn of the loop, then by bytes again.  When the source is not aligned at
 *   that point, each word stored is put together from two words loaded:
 *
 *       source   ...|-----abc|defgh---|...     loaded in turn: low, high
 *       stored           |abcdefgh|            low >> s | high << (64 - s)
 *
 *   No byte outside of the blocks is ever read, not even in the same word.
 *
 *   A whole page is the common case and the hot one; it needs no cases and
 *   is unrolled to 512 bytes.
 *
 * Note: compile with -fno-builtin -fno-tree-loop-distribute-patterns, or the
 * compiler recognises these loops and makes memset() call memset().
 */
#include "lib/string.h"

#include "lib/macros.h"
#include "lib/types.h"

/* A word that may lie over objects of any type. */
typedef uint64_t __attribute__((may_alias)) word_t;

#define WORD sizeof(word_t)
#define BLOCK (8 * WORD)

/* Copy 64 bytes, d and s words; every load comes before every store. */
#define COPY_BLOCK(d, s)                                                       \
    do {                                                                       \
        word_t w0 = (s)[0], w1 = (s)[1], w2 = (s)[2], w3 = (s)[3];             \
        word_t w4 = (s)[4], w5 = (s)[5], w6 = (s)[6], w7 = (s)[7];             \
        (d)[0] = w0, (d)[1] = w1, (d)[2] = w2, (d)[3] = w3;                    \
        (d)[4] = w4, (d)[5] = w5, (d)[6] = w6, (d)[7] = w7;                    \
    } while (0)

#define FILL_BLOCK(d, w)                                                       \
    do {                                                                       \
        (d)[0] = (w), (d)[1] = (w), (d)[2] = (w), (d)[3] = (w);                \
        (d)[4] = (w), (d)[5] = (w), (d)[6] = (w), (d)[7] = (w);                \
    } while (0)

static bool
aligned(const void *p)
{
    return (uintptr_t)p % WORD == 0;
}

/* Copy words while a whole one is left, source and destination aligned. */
static size_t
copy_words(word_t *d, const word_t *s, size_t n)
{
    size_t done = n & ~(WORD - 1);

    for (; n >= BLOCK; n -= BLOCK, d += 8, s += 8)
        COPY_BLOCK(d, s);
    for (; n >= WORD; n -= WORD)
        *d++ = *s++;
    return done;
}

/*
 * The same from a source that is not aligned, by shifting.
 * => at least a word lies before s in its block, a word is left unread at the
 *    end: the words loaded at both ends lie inside
 */
static size_t
copy_shifted(word_t *d, const uint8_t *s, size_t n)
{
    unsigned shift = (uintptr_t)s % WORD * 8;
    const word_t *from = (const word_t *)(s - shift / 8);
    word_t low = *from++, high;
    size_t done = 0;

    for (; n - done >= 2 * WORD; done += WORD) {
        high = *from++;
        *d++ = low >> shift | high << (64 - shift);
        low = high;
    }
    return done;
}

/* Upwards; so it is also right for blocks that overlap, if dst is below src. */
void *
memcpy(void *dst, const void *src, size_t n)
{
    uint8_t *d = dst;
    const uint8_t *s = src;

    if (n >= 4 * WORD) {
        uint8_t *head = (uint8_t *)ALIGN_UP((uintptr_t)d, WORD);
        size_t done;

        if (!aligned(s + (head - d)))
            head += WORD; /* what copy_shifted() wants before s */
        for (; d < head; n--)
            *d++ = *s++;
        if (aligned(s))
            done = copy_words((word_t *)d, (const word_t *)s, n);
        else
            done = copy_shifted((word_t *)d, s, n);
        d += done;
        s += done;
        n -= done;
    }
    while (n--)
        *d++ = *s++;
    return dst;
}

/* Copy downwards from the ends; right for overlap if d is above s. */
static void
copy_down(uint8_t *d, const uint8_t *s, size_t n)
{
    d += n;
    s += n;
    if ((uintptr_t)d % WORD == (uintptr_t)s % WORD) {
        for (; n && !aligned(d); n--)
            *--d = *--s;
        for (; n >= WORD; n -= WORD) {
            d -= WORD;
            s -= WORD;
            *(word_t *)d = *(const word_t *)s;
        }
    }
    while (n--)
        *--d = *--s;
}

void *
memmove(void *dst, const void *src, size_t n)
{
    if ((uintptr_t)dst - (uintptr_t)src >= n) /* below src, or apart */
        return memcpy(dst, src, n);
    copy_down(dst, src, n);
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
            FILL_BLOCK((word_t *)p, word);
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
    word_t *end = (word_t *)page + PAGE_SIZE / WORD;

    for (word_t *d = page; d < end; d += 64) {
        FILL_BLOCK(d, 0);
        FILL_BLOCK(d + 8, 0);
        FILL_BLOCK(d + 16, 0);
        FILL_BLOCK(d + 24, 0);
        FILL_BLOCK(d + 32, 0);
        FILL_BLOCK(d + 40, 0);
        FILL_BLOCK(d + 48, 0);
        FILL_BLOCK(d + 56, 0);
    }
}

void
copy_page(void *dst, const void *src)
{
    word_t *end = (word_t *)dst + PAGE_SIZE / WORD;
    const word_t *s = src;

    for (word_t *d = dst; d < end; d += 64, s += 64) {
        COPY_BLOCK(d, s);
        COPY_BLOCK(d + 8, s + 8);
        COPY_BLOCK(d + 16, s + 16);
        COPY_BLOCK(d + 24, s + 24);
        COPY_BLOCK(d + 32, s + 32);
        COPY_BLOCK(d + 40, s + 40);
        COPY_BLOCK(d + 48, s + 48);
        COPY_BLOCK(d + 56, s + 56);
    }
}
