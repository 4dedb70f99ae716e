/* SPDX-License-Identifier: MIT */
/*
 * The kernel's own virtual space: vmalloc (single frames mapped
 * contiguously), ioremap, and guarded kernel stacks.
 */
#ifndef MM_VMALLOC_H
#define MM_VMALLOC_H

#include <stddef.h>

#include "lib/types.h"
#include "riscv/memlayout.h"

/* The window (memlayout.h) has two parts: stacks, then all else. */
#define KSTACK_AREA_END (VMALLOC_START + (1UL << 30))

void *vmalloc(size_t size); /* page aligned, may sleep; NULL: no memory */
void *vzalloc(size_t size);
void vfree(void *va); /* NULL is allowed; flushed lazily */

/* Map device registers, uncached.  May sleep; NULL: no memory, or size 0. */
void *ioremap(paddr_t pa, size_t size);

/*
 * A kernel stack of KERNEL_STACK_SIZE: the upper half of a window aligned to
 * KERNEL_STACK_ALIGN whose lower half is unmapped.  Returns its lowest
 * address; not cleared.  Cached per hart when freed.
 * => allocating may sleep; NULL: no memory
 */
void *kstack_alloc(void);
void kstack_free(void *stack);
void kstack_drain(void); /* empty the caches (drop_caches) */
void kstack_init(void);

uint64_t vmalloc_used_bytes(void); /* stacks not included */
/* The page that backs a vmalloc or stack address, or NULL. */
struct page *vmalloc_to_page(const void *va);

/*
 * For kstack.c: back [va, va + size) of the window with new frames, or take
 * them away and free them.  => false: no memory, nothing mapped; may sleep
 */
bool vmap_frames(vaddr_t va, size_t size, bool zero);
void vunmap_frames(vaddr_t va, size_t size);

#endif
