/* SPDX-License-Identifier: MIT */
/*
 * memory.c - blocks of memory: copy, fill, compare, search.
 *
 * memcpy and memset move words, eight at a time, where the addresses allow it;
 * they never touch a word that is not aligned, because real boards trap on
 * that. The file is compiled with -fno-builtin, or the compiler would turn the
 * loops into calls of the very functions they implement.
 *
 * Not done: blocks whose addresses differ in their low three bits are copied
 * byte by byte, at a fifth of the speed.
 */
#include <stdint.h>
#include <strings.h>

typedef uint64_t word __attribute__((may_alias));

enum { WORD_BYTES = sizeof(word), CHUNK_BYTES = 8 * WORD_BYTES };

static const word LOW_BITS = 0x0101010101010101;

static int
misaligned(const void *p)
{
    return (uintptr_t)p % WORD_BYTES != 0;
}

/*
 * Copy from the start to the end. Right for blocks that overlap, too, if dst
 * is below src: every word is read before one that is written over it.
 */
static inline void
copy_up(char *d, const char *s, size_t n)
{
    if (((uintptr_t)d ^ (uintptr_t)s) % WORD_BYTES == 0) {
        for (; n > 0 && misaligned(d); n--)
            *d++ = *s++;
        for (; n >= CHUNK_BYTES; n -= CHUNK_BYTES) {
            word w0 = ((const word *)s)[0], w1 = ((const word *)s)[1];
            word w2 = ((const word *)s)[2], w3 = ((const word *)s)[3];
            word w4 = ((const word *)s)[4], w5 = ((const word *)s)[5];
            word w6 = ((const word *)s)[6], w7 = ((const word *)s)[7];

            ((word *)d)[0] = w0, ((word *)d)[1] = w1;
            ((word *)d)[2] = w2, ((word *)d)[3] = w3;
            ((word *)d)[4] = w4, ((word *)d)[5] = w5;
            ((word *)d)[6] = w6, ((word *)d)[7] = w7;
            d += CHUNK_BYTES;
            s += CHUNK_BYTES;
        }
        for (; n >= WORD_BYTES; n -= WORD_BYTES) {
            *(word *)d = *(const word *)s;
            d += WORD_BYTES;
            s += WORD_BYTES;
        }
    }
    for (; n > 0; n--)
        *d++ = *s++;
}

void *
memcpy(void *restrict dst, const void *restrict src, size_t n)
{
    copy_up(dst, src, n);
    return dst;
}

/* Copy from the end towards the start, for blocks that overlap. */
static void
copy_down(char *dst, const char *src, size_t n)
{
    char *d = dst + n;
    const char *s = src + n;

    if (((uintptr_t)d ^ (uintptr_t)s) % WORD_BYTES == 0) {
        for (; n > 0 && misaligned(d); n--)
            *--d = *--s;
        for (; n >= WORD_BYTES; n -= WORD_BYTES) {
            d -= WORD_BYTES;
            s -= WORD_BYTES;
            *(word *)d = *(const word *)s;
        }
    }
    for (; n > 0; n--)
        *--d = *--s;
}

void *
memmove(void *dst, const void *src, size_t n)
{
    if ((uintptr_t)dst - (uintptr_t)src < n)
        copy_down(dst, src, n);
    else
        copy_up(dst, src, n);
    return dst;
}

void *
mempcpy(void *restrict dst, const void *restrict src, size_t n)
{
    return (char *)memcpy(dst, src, n) + n;
}

void *
memset(void *dst, int c, size_t n)
{
    char *d = dst;
    word w = LOW_BITS * (uint8_t)c;

    for (; n > 0 && misaligned(d); n--)
        *d++ = (char)c;
    for (; n >= CHUNK_BYTES; n -= CHUNK_BYTES) {
        ((word *)d)[0] = w, ((word *)d)[1] = w;
        ((word *)d)[2] = w, ((word *)d)[3] = w;
        ((word *)d)[4] = w, ((word *)d)[5] = w;
        ((word *)d)[6] = w, ((word *)d)[7] = w;
        d += CHUNK_BYTES;
    }
    for (; n >= WORD_BYTES; n -= WORD_BYTES) {
        *(word *)d = w;
        d += WORD_BYTES;
    }
    for (; n > 0; n--)
        *d++ = (char)c;
    return dst;
}

int
memcmp(const void *a, const void *b, size_t n)
{
    const uint8_t *p = a, *q = b;

    if (!misaligned(p) && !misaligned(q))
        while (n >= WORD_BYTES && *(const word *)p == *(const word *)q) {
            p += WORD_BYTES;
            q += WORD_BYTES;
            n -= WORD_BYTES;
        }
    for (; n > 0; n--, p++, q++)
        if (*p != *q)
            return *p - *q;
    return 0;
}

/* The compiler turns a memcmp() that is only compared with 0 into this. */
int
bcmp(const void *a, const void *b, size_t n)
{
    return memcmp(a, b, n);
}

void *
memchr(const void *s, int c, size_t n)
{
    for (const uint8_t *p = s; n > 0; n--, p++)
        if (*p == (uint8_t)c)
            return (void *)p;
    return NULL;
}

void *
memrchr(const void *s, int c, size_t n)
{
    for (const uint8_t *p = (const uint8_t *)s + n; n > 0; n--)
        if (*--p == (uint8_t)c)
            return (void *)p;
    return NULL;
}

void *
memmem(const void *s, size_t n, const void *what, size_t what_len)
{
    const char *p = s;

    for (; n >= what_len; n--, p++)
        if (memcmp(p, what, what_len) == 0)
            return (void *)p;
    return NULL;
}

/*
 * The length of a string. A word has a zero byte exactly if subtracting 1 from
 * every byte borrows into a high bit that was clear before. The aligned word
 * that holds the end is always readable, since a page is a whole number of
 * words.
 */
size_t
strlen(const char *s)
{
    const char *p = s;

    for (; misaligned(p); p++)
        if (*p == '\0')
            return (size_t)(p - s);
    for (;; p += WORD_BYTES) {
        word w = *(const word *)p;

        if (((w - LOW_BITS) & ~w & (LOW_BITS << 7)) != 0)
            break;
    }
    while (*p != '\0')
        p++;
    return (size_t)(p - s);
}
