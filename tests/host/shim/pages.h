/* SPDX-License-Identifier: MIT */
/*
 * pages.h - frames on the host: an arena of real memory that plays the RAM.
 *
 * host_ram(nr) makes mem_map[] and the direct map (__va, __pa) describe nr
 * frames, all of them free, at physical address HOST_RAM_BASE.  The page
 * allocator of shim/pages.c then serves alloc_pages() and free_pages() from
 * it, lowest block first; freed frames are filled with a pattern and closed
 * to ASan until they are allocated again.  A test of the real buddy system
 * takes just the arena.
 */
#ifndef SHIM_PAGES_H
#define SHIM_PAGES_H

#include "mm/page.h"

#define HOST_RAM_BASE 0x80000000UL

void host_ram(unsigned nr_frames);
void host_ram_release(void);

/* Frames that alloc_pages() has given out and nobody gave back. */
unsigned host_frames_used(void);

/* Let the n-th alloc_pages() from now on (1: the next) fail; 0: none. */
void host_fail_page_alloc(unsigned n);

#endif
