/* SPDX-License-Identifier: MIT */
/*
 * arena.h - between arena.c and the page allocator that works on it.
 */
#ifndef SHIM_ARENA_H
#define SHIM_ARENA_H

/* The arena is new: nothing is allocated. */
void host_pages_reset(void) __attribute__((weak));

#endif
