/* SPDX-License-Identifier: MIT */
/* test: swap-zero ram=16M harts=1-8 swap=64 time=60 */
/*
 * Pages that were written and are all zeroes now: more of them than there is
 * memory go out and come back as zeroes, and hardly one is written to the disk.
 * Fails when swap writes every page (/proc/vmstat: pswpout) or brings anything
 * but zeroes back.
 */
#include "test.h"

enum { LARGEST_RAM_MB = 128 };

static long
vmstat(const char *name)
{
    return (long)proc_number("/proc/vmstat", name);
}

int
main(void)
{
    long zero = vmstat("swpout_zero "), written = vmstat("pswpout ");
    size_t size;
    char *p;

    if (ram_mb() > LARGEST_RAM_MB)
        SKIP("more memory than swap");
    size = ((size_t)free_mb() + 8) * MB;
    p = map_memory(size);
    for (size_t i = 0; i < size; i += PAGE) {
        p[i + PAGE / 2] = 1; /* a frame of its own */
        p[i + PAGE / 2] = 0;
    }
    for (size_t i = 0; i < size; i += PAGE)
        check_zero(p + i, PAGE);
    zero = vmstat("swpout_zero ") - zero;
    written = vmstat("pswpout ") - written;
    if (zero < (long)(4 * MB / PAGE) || written > zero / 2)
        FAIL("expected most pages as zeroes, seen %ld zero, %ld written", zero,
             written);
    return 0;
}
