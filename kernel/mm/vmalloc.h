/* SPDX-License-Identifier: MIT */
/*
 * The kernel's own virtual space: vmalloc (single frames mapped
 * contiguously), ioremap, and guarded kernel stacks.
 */
#pragma once

#include <stddef.h>

#include "mm/page.h"

void *vmalloc(size_t size); /* page aligned, may sleep; NULL: no memory */
void vfree(void *va);       /* NULL is allowed; flushed lazily */

/* Map device registers, for ever.  NULL: no memory, or no such range. */
void *ioremap(paddr_t pa, size_t size);

/*
 * A kernel stack of KERNEL_STACK_SIZE: the upper half of a window aligned to
 * KERNEL_STACK_ALIGN whose lower half is unmapped.  Returns its lowest
 * address; not cleared.  A few are cached when freed.
 * => allocating may sleep; NULL: no memory
 */
void *kstack_alloc(void);
void kstack_free(void *stack);
void kstack_drain(void); /* empty the cache (drop_caches) */
