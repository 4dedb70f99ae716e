/* SPDX-License-Identifier: MIT */
/* limits.h - what mmap.c, brk.c and mprotect.c share: limits and unmapping. */
#ifndef VM_LIMITS_H
#define VM_LIMITS_H

#include "vm/mm.h"

/* Do RLIMIT_AS and RLIMIT_DATA of the current task allow so much more? */
bool may_expand(struct mm *mm, uint32_t vm_flags, uint64_t pages);

/*
 * munmap: unmap [start, end), page aligned; VMAs that went are on `removed`,
 * for vma_close_list() after mmap_lock.
 * => mmap_lock held for writing; -ENOMEM (a split), then nothing has changed
 */
int unmap_locked(struct mm *mm, vaddr_t start, vaddr_t end,
                 struct list_head *removed);

#endif
