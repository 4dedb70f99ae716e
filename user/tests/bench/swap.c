/* SPDX-License-Identifier: MIT */
/*
 * swap.c: the rows of the benchmark that use twice the RAM, so that each page
 * leaves and comes back.
 */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "util.h"
#include "bench.h"

static char *swapped; /* mapped by the first of these rows, for the others */
static size_t swapped_pages;

/*
 * Write to twice the RAM, page by page; what the same costs where there is
 * memory enough (write_fault) is taken off.
 */
uint64_t
swap_out(void)
{
    uint64_t fault, out, n;

    if (swapped_pages == 0)
        swapped_pages = 2 * (size_t)sysconf(_SC_PHYS_PAGES);
    if (swapped != NULL)
        munmap(swapped, swapped_pages * PAGE);
    fault = write_fault();
    out = vmstat("pswpout");
    swapped = map_pages(swapped_pages);
    start();
    touch(swapped, swapped_pages);
    n = stop(1) - fault * swapped_pages;
    out = vmstat("pswpout") - out;
    return out ? n / out : 0;
}

/* => per page that was read */
static uint64_t
swap_in(bool random)
{
    static uint64_t state = 1; /* other pages in each run */
    uint64_t in, n;
    size_t count;

    if (swapped == NULL)
        swap_out();
    count = random ? swapped_pages / 8 : swapped_pages;
    in = vmstat("pswpin");
    start();
    for (size_t i = 0; i < count; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        (void)*(volatile char *)(swapped +
                                 (random ? (state >> 33) % swapped_pages : i) *
                                     PAGE);
    }
    n = stop(1);
    in = vmstat("pswpin") - in;
    return in ? n / in : 0;
}

uint64_t
swap_in_order(void)
{
    return swap_in(false);
}

uint64_t
swap_in_random(void)
{
    return swap_in(true);
}
