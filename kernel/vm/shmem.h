/* SPDX-License-Identifier: MIT */
/*
 * shmem.h - memory that has no file on a disk but is cached like one: shared
 * anonymous memory and the files of tmpfs.  See shmem.c.
 */
#pragma once

#include "vm/swap.h"

/*
 * Page `index` of m, locked and up to date; a zeroed one if there is none.
 * => refs: the caller's; may sleep; ERR_PTR: -ENOSPC, -ENOMEM, -EIO and -EINTR
 *    from a swap area
 */
struct page *shmem_get_page(struct address_space *m, uint64_t index);
/* What stands for the page at index.  => val 0: no swap entry */
swp_entry_t shmem_swap_entry(struct address_space *m, uint64_t index);
/* The first page or entry at or after *index, which becomes its.  NULL: none */
void *shmem_find_next(struct address_space *m, uint64_t *index);
/* Truncation: drop the entries from first on.  => was there anything? */
bool shmem_drop_swapped(struct address_space *m, uint64_t first);
/* swapoff: bring everything of an area back.  -ENOMEM, -EINTR, -EIO */
int shmem_unuse(const struct swap_area *a);

/*
 * mmap: let args map a new object of shared anonymous memory.
 * => refs: the caller drops one by args->vm_ops->close; -ENOMEM
 */
int shmem_zero_setup(struct mmap_args *args);
extern const struct vm_operations shmem_vm_ops;

/* Is vm_file such an object, and no struct file? */
static inline bool
vma_is_anon_shmem(const struct vm_area *vma)
{
    return vma->vm_ops == &shmem_vm_ops;
}
