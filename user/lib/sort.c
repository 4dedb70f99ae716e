/* SPDX-License-Identifier: MIT */
/*
 * sort.c - qsort and bsearch.
 *
 * qsort is heapsort: n log n comparisons whatever the input, no recursion, no
 * memory. A heap is an array in which no element is greater than its parent,
 * and the parent of element i is (i - 1) / 2. Not stable; about half as fast
 * as a good quicksort on random input.
 *
 * See: Williams, Algorithm 232: Heapsort, CACM 1964.
 */
#include <stdlib.h>
#include <string.h>

typedef int compare_fn(const void *, const void *);

static void
swap(char *a, char *b, size_t size)
{
    char t[64];

    for (size_t n; size > 0; size -= n, a += n, b += n) {
        n = size < sizeof(t) ? size : sizeof(t);
        memcpy(t, a, n);
        memcpy(a, b, n);
        memcpy(b, t, n);
    }
}

/* Let element i sink below its greater children. */
static void
sink(char *base, size_t i, size_t count, size_t size, compare_fn *compare)
{
    size_t child;

    while ((child = 2 * i + 1) < count) {
        if (child + 1 < count &&
            compare(base + child * size, base + (child + 1) * size) < 0)
            child++;
        if (compare(base + i * size, base + child * size) >= 0)
            return;
        swap(base + i * size, base + child * size, size);
        i = child;
    }
}

void
qsort(void *base, size_t count, size_t size, compare_fn *compare)
{
    for (size_t i = count / 2; i-- > 0;)
        sink(base, i, count, size, compare);
    for (size_t last = count; last-- > 1;) {
        /* The greatest goes behind the heap, which shrinks by one. */
        swap(base, (char *)base + last * size, size);
        sink(base, 0, last, size, compare);
    }
}

void *
bsearch(const void *key, const void *base, size_t count, size_t size,
        compare_fn *compare)
{
    const char *low = base;

    while (count > 0) {
        const char *middle = low + count / 2 * size;
        int order = compare(key, middle);

        if (order == 0)
            return (void *)middle;
        if (order > 0) {
            low = middle + size;
            count--;
        }
        count /= 2;
    }
    return NULL;
}
