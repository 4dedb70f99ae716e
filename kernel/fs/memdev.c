/* SPDX-License-Identifier: MIT */
/*
 * memdev.c - character devices: from the number in a special inode to who
 * implements it; and those that need no hardware, or next to none: /dev/null,
 * zero, full, random, urandom, rtcmem.
 *
 * A device's node says only a number.  Opening it replaces the file's
 * operations by those registered for that number.
 *
 * random and urandom are the same generator (core/rng.c); what is written to
 * them is stirred into its pool.  A private mapping of zero is anonymous
 * memory.  rtcmem is the clock's registers, to be mapped and read: the frames
 * are a device's (VM_PFNMAP).
 *
 * Interface: chrdev_register() for drivers; inode_set_ops() for file
 * systems.
 *
 * Locks: none: devices register at boot, before anybody looks.
 *
 * Not done: kmsg (the log is /proc/kmsg).
 */
#include "fs/fs.h"

#include "core/machine.h"
#include "core/rng.h"
#include "riscv/uaccess.h"
#include "sched/task.h"
#include "vm/shmem.h"

enum { MAX_CHRDEVS = 16, CHUNK = 256 };

ssize_t
mem_give(void *ubuf, size_t n, bool random)
{
    size_t done = 0, left = 0;
    uint8_t buf[CHUNK] = {0};

    while (done < n && !left && !fatal_signal_pending(current)) {
        size_t chunk = MIN(n - done, sizeof(buf));

        if (random)
            rng_bytes(buf, chunk);
        left = copy_to_user((uint8_t *)ubuf + done, buf, chunk);
        done += chunk - left;
    }
    return left && !done ? -EFAULT : (ssize_t)done;
}

/* null is empty; the others give as much as is asked for. */
static ssize_t
mem_read(struct file *f, void *ubuf, size_t n, off_t *pos)
{
    unsigned which = minor(f->inode->rdev);

    (void)pos;
    if (which == MEM_MINOR_NULL)
        return 0;
    if (which == MEM_MINOR_RTC)
        return -EINVAL;
    return mem_give(ubuf, n,
                    which == MEM_MINOR_RANDOM || which == MEM_MINOR_URANDOM);
}

static ssize_t
mem_write(struct file *f, const void *ubuf, size_t n, off_t *pos)
{
    uint8_t buf[CHUNK];

    (void)pos;
    switch (minor(f->inode->rdev)) {
    case MEM_MINOR_FULL:
        return -ENOSPC;
    case MEM_MINOR_RTC:
        return -EINVAL;
    case MEM_MINOR_RANDOM:
    case MEM_MINOR_URANDOM:
        n = MIN(n, sizeof(buf));
        if (copy_from_user(buf, ubuf, n))
            return -EFAULT;
        rng_seed(buf, n);
        return (ssize_t)n;
    default:
        return (ssize_t)n;
    }
}

/* zero: as anonymous memory, private or shared; rtcmem: its registers. */
static int
mem_mmap(struct file *f, struct mmap_args *args)
{
    uint64_t pages = machine.rtc.size >> PAGE_SHIFT;

    switch (minor(f->inode->rdev)) {
    case MEM_MINOR_ZERO:
        if (args->flags & MAP_SHARED)
            return shmem_zero_setup(args);
        args->file = NULL;
        return 0;
    case MEM_MINOR_RTC:
        if (!(args->flags & MAP_SHARED) || args->pgoff > pages ||
            args->len > (pages - args->pgoff) << PAGE_SHIFT)
            return -EINVAL;
        args->pgoff += machine.rtc.base >> PAGE_SHIFT;
        args->vm_flags |= VM_PFNMAP;
        args->may &= ~(uint32_t)VM_MAYWRITE;
        args->vm_ops = &file_vm_ops;
        return 0;
    default:
        return -ENODEV;
    }
}

static const struct file_operations mem_ops = {
    .read = mem_read,
    .write = mem_write,
    .mmap = mem_mmap,
};

/* --- From the number to the device */

static struct chrdev {
    dev_t dev; /* 0: none, and none behind it */
    const struct file_operations *op;
    void *private;
} chrdevs[MAX_CHRDEVS] = {
    {makedev(MEM_MAJOR, MEM_MINOR_NULL), &mem_ops, NULL},
    {makedev(MEM_MAJOR, MEM_MINOR_ZERO), &mem_ops, NULL},
    {makedev(MEM_MAJOR, MEM_MINOR_FULL), &mem_ops, NULL},
    {makedev(MEM_MAJOR, MEM_MINOR_RANDOM), &mem_ops, NULL},
    {makedev(MEM_MAJOR, MEM_MINOR_URANDOM), &mem_ops, NULL},
    {makedev(MEM_MAJOR, MEM_MINOR_RTC), &mem_ops, NULL},
};

void
chrdev_register(dev_t dev, const struct file_operations *op, void *private)
{
    struct chrdev *c = chrdevs;

    while (c->dev)
        c++;
    ASSERT(c < chrdevs + MAX_CHRDEVS - 1);
    *c = (struct chrdev){dev, op, private};
}

static int
chrdev_open(struct inode *inode, struct file *f)
{
    struct chrdev *c = chrdevs;

    while (c->dev && c->dev != inode->rdev)
        c++;
    if (!c->dev)
        return -ENXIO;
    f->op = c->op;
    f->private = c->private;
    return c->op->open ? c->op->open(inode, f) : 0;
}

void
inode_set_ops(struct inode *inode, const struct inode_operations *op,
              dev_t rdev)
{
    static const struct file_operations chrdev_file_ops = {.open = chrdev_open};
    umode_t mode = inode->mode;

    inode->op = op;
    if (S_ISREG(mode))
        inode->fop = &generic_file_ops;
    else if (S_ISDIR(mode))
        inode->fop = op->dir_fop;
    else if (S_ISCHR(mode))
        inode->fop = &chrdev_file_ops;
    else if (S_ISBLK(mode))
        inode->fop = &bdev_file_ops;
    else if (S_ISFIFO(mode))
        inode->fop = &fifo_file_ops;
    /* else a socket or a link: it cannot be opened */
    if (S_ISCHR(mode) || S_ISBLK(mode))
        inode->rdev = rdev;
}
