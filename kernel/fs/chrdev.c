/* SPDX-License-Identifier: MIT */
/*
 * chrdev.c - from the number in a special inode to who implements it.
 *
 * A character device's node says only a number.  Opening it replaces the
 * file's operations by those registered for that number.
 *
 * Interface: chrdev_register() for drivers; init_special_inode() for file
 * systems.
 *
 * Locks: none: devices register at boot, before anybody looks.
 */
#include "fs/fs.h"

enum { MAX_CHRDEVS = 16 };

static struct chrdev {
    dev_t dev;
    const struct file_operations *op;
    void *private;
} chrdevs[MAX_CHRDEVS];
static unsigned nr_chrdevs;

void
chrdev_register(dev_t dev, const struct file_operations *op, void *private)
{
    ASSERT(nr_chrdevs < MAX_CHRDEVS);
    chrdevs[nr_chrdevs++] = (struct chrdev){dev, op, private};
}

static int
chrdev_open(struct inode *inode, struct file *f)
{
    for (struct chrdev *c = chrdevs; c < chrdevs + nr_chrdevs; c++) {
        if (c->dev != inode->rdev)
            continue;
        f->op = c->op;
        f->private = c->private;
        return c->op->open ? c->op->open(inode, f) : 0;
    }
    return -ENXIO;
}

void
init_special_inode(struct inode *inode, umode_t mode, dev_t rdev)
{
    static const struct file_operations chrdev_file_ops = {.open = chrdev_open};

    inode->rdev = rdev;
    if (S_ISCHR(mode))
        inode->fop = &chrdev_file_ops;
    else if (S_ISBLK(mode))
        inode->fop = &bdev_file_ops;
    else if (S_ISFIFO(mode))
        inode->fop = &fifo_file_ops;
    /* else a socket: it cannot be opened */
}
