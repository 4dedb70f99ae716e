/* SPDX-License-Identifier: MIT */
/* sys_swap.c - swapon and swapoff: from a path to a block device. */
#include "block/blkdev.h"
#include "include/swap_hdr.h"
#include "lib/err.h"
#include "sched/task.h"
#include "syscall/syscall.h"
#include "vm/swap.h"

enum {
    SWAP_FLAGS = SWAP_FLAG_PREFER | SWAP_FLAG_PRIO_MASK | SWAP_FLAG_DISCARD
};

/* => NULL and *err: no such path, no block device */
static struct block_device *
get_bdev(const char *path, int *err)
{
    struct block_device *bdev = NULL;
    struct dentry *d;

    *err = path_lookup(AT_FDCWD, path, LOOKUP_FOLLOW, &d);
    if (*err)
        return NULL;
    if (S_ISBLK(d->inode->mode))
        bdev = blkdev_lookup(d->inode->rdev);
    if (!bdev)
        *err = S_ISBLK(d->inode->mode) ? -ENXIO : -EINVAL;
    dput(d);
    return bdev;
}

int64_t
sys_swapon(char **path, const uint64_t *a)
{
    struct block_device *bdev;
    int err;

    if (a[1] & ~(uint64_t)SWAP_FLAGS)
        return -EINVAL;
    if (!is_root(&current->cred))
        return -EPERM;
    bdev = get_bdev(path[0], &err);
    return bdev ? swap_on(bdev, (uint32_t)a[1]) : err;
}

int64_t
sys_swapoff(char **path, const uint64_t *a)
{
    struct block_device *bdev;
    int err;

    (void)a;
    if (!is_root(&current->cred))
        return -EPERM;
    bdev = get_bdev(path[0], &err);
    return bdev ? swap_off(bdev) : err;
}
