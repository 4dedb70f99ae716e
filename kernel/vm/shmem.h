/* SPDX-License-Identifier: MIT */
/*
 * shmem.h - memory that has no file on a disk but is cached like one: shared
 * anonymous memory and the files of tmpfs.  See shmem.c.
 */
#pragma once

#include "vm/swap.h"

static inline bool
mapping_is_shmem(struct address_space *m)
{
    return atomic_read(&m->flags) & AS_SHMEM;
}

/* An address_space of shared memory. */
void shmem_init(struct address_space *m, struct inode *host,
                const struct address_space_ops *ops);
/* The page cache lets a page go. */
void shmem_release_page(struct page *page);

/* What to do about a page that is not there. */
enum shmem_how {
    SHMEM_FIND,  /* nothing: *page is NULL */
    SHMEM_FAULT, /* a zeroed one, if it is inside the size; else -EFAULT */
    SHMEM_WRITE, /* a zeroed one; the caller's inode lock keeps the size */
};
/*
 * Page `index` of m, locked, up to date.
 * => refs: *page is the caller's; may sleep; -ENOSPC, -ENOMEM, -EFAULT,
 *    -EIO and -EINTR from a swap area
 */
int shmem_get_page(struct address_space *m, uint64_t index, enum shmem_how how,
                   struct page **page);

/*
 * Reclaim: move a locked page that nobody maps into the swap cache; it is
 * dirty there.  => false: no slot, or somebody uses it
 */
bool shmem_swap_out(struct page *page);
/* What stands for the page at index.  => val 0: no swap entry */
swp_entry_t shmem_swap_entry(struct address_space *m, uint64_t index);
/* Truncation: drop what is swapped out from index `first` on.  => how much */
uint64_t shmem_drop_swapped(struct address_space *m, uint64_t first);
/* swapoff: bring everything of an area back.  -ENOMEM, -EINTR, -EIO */
int shmem_unuse(unsigned type);

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
