/* SPDX-License-Identifier: MIT */
/*
 * sim.h - how often does a replacement policy miss?
 *
 * A trace is a list of page numbers, the memory a number of frames, empty at
 * first; a fault is an access to a page that is in no frame.
 */
#ifndef POLICIES_SIM_H
#define POLICIES_SIM_H

#include <stdint.h>

struct trace {
    const char *name;
    uint32_t pages; /* numbers in it are below that */
    uint32_t length;
    uint32_t least, most; /* what is of interest: numbers of frames */
    uint32_t *refs;
};

/* The kernel's policy of that name: kernel/vm/policy.c. */
uint32_t sim_kernel(const struct trace *t, uint32_t frames, const char *name);
/* The page that was used longest ago goes. */
uint32_t sim_exact_lru(const struct trace *t, uint32_t frames);
/* Belady's MIN: the page that is used again last goes. */
uint32_t sim_min(const struct trace *t, uint32_t frames);

/* Any of them by name: those of the kernel, "exact" and "min". */
uint32_t simulate(const struct trace *t, uint32_t frames, const char *name);

#endif
