/* SPDX-License-Identifier: MIT */
/* test: fork-thousand ram=16M harts=1-8 swap=0 time=120 */
/*
 * A thousand forks in a row from a process with a dirtied heap of 16 MB (less
 * where that is more than half of what is free). Each child finds the heap as
 * it was, writes to one page of it, and ends. Fails when fork copies pages
 * (memory or time run out), when a frame is lost on the way, or when a child's
 * write shows in the parent.
 */
#include "test.h"

enum { FORKS = 1000, HEAP_MB = 16 };

static uint64_t *heap;
static size_t pages;

static uint64_t *
word_of(size_t page)
{
    return heap + page * (PAGE / sizeof(*heap));
}

static void
use_heap(void *arg)
{
    size_t i = (size_t)arg % pages;

    CHECK_EQ(*word_of(i), i);
    CHECK_EQ(*word_of(pages - 1 - i), pages - 1 - i);
    *word_of(i) = ~0UL;
    CHECK_EQ(*word_of(i), ~0UL);
    _exit((int)(i & 0x7f));
}

int
main(void)
{
    size_t size = free_mb() / 2;

    size = (size < 1 ? 1 : size > HEAP_MB ? HEAP_MB : size) * MB;
    pages = size / PAGE;
    heap = malloc(size + PAGE);
    CHECK(heap != NULL);
    for (size_t i = 0; i < pages; i++)
        *word_of(i) = i;
    for (size_t n = 0; n < FORKS; n++) {
        int status = reap(start_child(use_heap, (void *)n));

        CHECK(WIFEXITED(status));
        CHECK_EQ(WEXITSTATUS(status), n % pages & 0x7f);
    }
    for (size_t i = 0; i < pages; i++)
        CHECK_EQ(*word_of(i), i);
    return 0;
}
