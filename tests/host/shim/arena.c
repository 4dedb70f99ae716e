/* SPDX-License-Identifier: MIT */
/*
 * arena.c - the memory that plays the RAM, and its mem_map[].  See pages.h.
 */
#include "host.h"

#include <sanitizer/asan_interface.h>

#include "lib/macros.h"
#include "shim/arena.h"
#include "shim/pages.h"

struct page *mem_map;
pfn_t first_pfn, nr_pfns;
uint64_t direct_map_offset;

static char *arena;

void
host_ram(unsigned nr_frames)
{
    host_ram_release();
    arena =
        aligned_alloc(1UL << 22, ALIGN_UP(nr_frames * PAGE_SIZE, 1UL << 22));
    mem_map = calloc(nr_frames, sizeof(*mem_map));
    if (!arena || !mem_map)
        abort();
    for (unsigned i = 0; i < nr_frames; i++)
        list_init(&mem_map[i].lru);
    first_pfn = HOST_RAM_BASE >> PAGE_SHIFT;
    nr_pfns = nr_frames;
    direct_map_offset = (uint64_t)arena - HOST_RAM_BASE;
}

void
host_ram_release(void)
{
    if (arena)
        ASAN_UNPOISON_MEMORY_REGION(arena, nr_pfns * PAGE_SIZE);
    free(arena);
    free(mem_map);
    arena = NULL;
    mem_map = NULL;
    nr_pfns = 0;
    if (host_pages_reset)
        host_pages_reset();
}
