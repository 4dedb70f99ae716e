/* SPDX-License-Identifier: MIT */
/*
 * bdev.c - block devices as files, and their page cache.
 *
 * Each block device has one mapping, whose page n is block n.  A mounted file
 * system keeps its metadata there; who opens the device's node reads and
 * writes the same pages.  File data never is in it, so what a mounted device
 * shows of that is as old as the disk; to write it then is refused (EBUSY).
 * A disk and its partitions have pages of their own for the same blocks, and so
 * has swap: clean ones are forgotten when a device is opened or mounted.
 *
 * Interface: bdev->mapping, for mount.c and file systems too; bdev_file_ops is
 * what open() of a block special inode gives, whatever node it was.
 *
 * Locks: a page's lock for a write into it.
 *
 * Not done: the last sectors of a device that is no multiple of a page; of
 * Linux's ioctls all but the size.
 */
#include "block/blkdev.h"

#include "fs/fs.h"
#include "include/ioctl.h"
#include "mm/slab.h"
#include "riscv/uaccess.h"

/* Page n is block n, as far as the device goes; there are no holes. */
static int
bdev_map_blocks(struct address_space *m, uint64_t index, unsigned max,
                uint64_t *block)
{
    uint64_t pages = (uint64_t)atomic_read(&m->size) >> PAGE_SHIFT;

    *block = index;
    return index < pages ? (int)MIN((uint64_t)max, pages - index) : -EIO;
}

static const struct address_space_ops bdev_aops = {
    .map_blocks = bdev_map_blocks,
};

/*
 * At boot, when all devices are known and none is used.  A mapping is there for
 * good, so neither inodes nor pages need to count their use of it.
 */
void
bdev_init(void)
{
    struct block_device *bdev = NULL;

    while ((bdev = blkdev_next(bdev))) {
        struct address_space *m = kzalloc(sizeof(*m), GFP_KERNEL);

        if (!m)
            panic("no memory for the cache of %s", bdev->name);
        address_space_init(m, NULL, &bdev_aops, bdev, AS_BDEV);
        atomic_set(&m->size,
                   (int64_t)((bdev->nr_sectors << SECTOR_SHIFT) & PAGE_MASK));
        bdev->mapping = m;
    }
}

int
sync_bdev(struct block_device *bdev)
{
    int err = sync_mapping(bdev->mapping);

    return submit_bio_wait(bdev, BIO_FLUSH, 0, NULL) ?: err;
}

/* --- The device's node as a file */

/*
 * From now on the node's inode is a window on the device's pages; its own,
 * empty ones are not used any more.
 */
static int
bdev_open(struct inode *inode, struct file *f)
{
    struct block_device *bdev = blkdev_lookup(inode->rdev);
    int err;

    if (!bdev)
        return -ENXIO;
    err = f->can_write ? bd_claim(bdev, false) : 0;
    if (err)
        return err;
    /* What is cached may be old: the disk was written by another name. */
    invalidate_pages(bdev->mapping);
    WRITE_ONCE(inode->mapping, bdev->mapping); /* the same for every open */
    f->private = bdev;
    return 0;
}

static void
bdev_release(struct file *f)
{
    if (!f->can_write)
        return;
    /* Who opens the disk next, by whatever name, sees what was written. */
    sync_mapping(f->inode->mapping);
    bd_release(f->private, false);
}

/* A device does not grow: the end is the end of the space. */
static ssize_t
bdev_write(struct file *f, const void *ubuf, size_t n, off_t *pos)
{
    int64_t left = atomic_read(&f->inode->mapping->size) - *pos;

    if (((struct block_device *)f->private)->disk->read_only)
        return -EPERM;
    if (n > 0 && (left <= 0 || f->flags & O_APPEND))
        return -ENOSPC;
    return generic_file_write(f, ubuf, MIN(n, (size_t)left), pos);
}

static long
bdev_ioctl(struct file *f, unsigned cmd, uint64_t arg)
{
    const struct block_device *bdev = f->private;

    if (cmd != BLKGETSIZE64)
        return -ENOTTY;
    return put_user(bdev->nr_sectors << SECTOR_SHIFT, (uint64_t *)arg);
}

const struct file_operations bdev_file_ops = {
    .open = bdev_open,
    .release = bdev_release,
    .read = generic_file_read,
    .write = bdev_write,
    .ioctl = bdev_ioctl,
    .mmap = generic_file_mmap,
};
