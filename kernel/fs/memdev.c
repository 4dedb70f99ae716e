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
 * Interface: chrdev_register() for drivers; inode_set_fop() for file
 * systems.
 *
 * Locks: none: devices register at boot, before anybody looks.
 *
 * Not done: kmsg (the log is /proc/kmsg).
 */
#include "fs/fs.h"

#include "core/machine.h"
#include "core/rng.h"
#include "include/major.h"
#include "riscv/uaccess.h"
#include "sched/task.h"
#include "vm/shmem.h"

enum { MAX_CHRDEVS = 16, CHUNK = 256 };

static ssize_t
read_null(struct file *f, void *ubuf, size_t n, off_t *pos)
{
    (void)f, (void)ubuf, (void)n, (void)pos;
    return 0;
}

static ssize_t
write_null(struct file *f, const void *ubuf, size_t n, off_t *pos)
{
    (void)f, (void)ubuf, (void)pos;
    return (ssize_t)n;
}

static ssize_t
write_full(struct file *f, const void *ubuf, size_t n, off_t *pos)
{
    (void)f, (void)ubuf, (void)n, (void)pos;
    return -ENOSPC;
}

static ssize_t write_random(struct file *f, const void *ubuf, size_t n,
                            off_t *pos);

/* Zeroes, or random bytes. */
static ssize_t
read_bytes(struct file *f, void *ubuf, size_t n, off_t *pos)
{
    bool random = f->op->write == write_random;
    size_t done = 0, left = 0;
    uint8_t buf[CHUNK];

    (void)pos;
    while (done < n && !left && !fatal_signal_pending(current)) {
        size_t chunk = MIN(n - done, random ? sizeof(buf) : PAGE_SIZE);
        uint8_t *to = (uint8_t *)ubuf + done;

        if (random)
            rng_bytes(buf, chunk);
        left = random ? copy_to_user(to, buf, chunk) : clear_user(to, chunk);
        done += chunk - left;
    }
    return left && !done ? -EFAULT : (ssize_t)done;
}

static ssize_t
write_random(struct file *f, const void *ubuf, size_t n, off_t *pos)
{
    uint8_t buf[CHUNK];
    size_t chunk = MIN(n, sizeof(buf));

    (void)f, (void)pos;
    if (copy_from_user(buf, ubuf, chunk))
        return -EFAULT;
    rng_seed(buf, chunk);
    return (ssize_t)chunk;
}

/* As anonymous memory, private or shared. */
static int
mmap_zero(struct file *f, struct mmap_args *args)
{
    (void)f;
    if (args->flags & MAP_SHARED)
        return shmem_zero_setup(args);
    args->file = NULL;
    return 0;
}

static int
mmap_rtc(struct file *f, struct mmap_args *args)
{
    uint64_t pages = machine.rtc.size >> PAGE_SHIFT;

    (void)f;
    if (!(args->flags & MAP_SHARED) || args->pgoff > pages ||
        args->len > (pages - args->pgoff) << PAGE_SHIFT)
        return -EINVAL;
    args->pgoff += machine.rtc.base >> PAGE_SHIFT;
    args->vm_flags |= VM_PFNMAP;
    args->may &= ~(uint32_t)VM_MAYWRITE;
    args->vm_ops = &file_vm_ops;
    return 0;
}

static const struct file_operations null_ops = {.read = read_null,
                                                .write = write_null};
static const struct file_operations zero_ops = {
    .read = read_bytes, .write = write_null, .mmap = mmap_zero};
static const struct file_operations full_ops = {.read = read_bytes,
                                                .write = write_full};
static const struct file_operations random_ops = {.read = read_bytes,
                                                  .write = write_random};
static const struct file_operations rtc_ops = {.mmap = mmap_rtc};

/* --- From the number to the device */

static struct chrdev {
    dev_t dev; /* 0: none, and none behind it */
    const struct file_operations *op;
    void *private;
} chrdevs[MAX_CHRDEVS] = {
    {makedev(MEM_MAJOR, MEM_MINOR_NULL), &null_ops, NULL},
    {makedev(MEM_MAJOR, MEM_MINOR_ZERO), &zero_ops, NULL},
    {makedev(MEM_MAJOR, MEM_MINOR_FULL), &full_ops, NULL},
    {makedev(MEM_MAJOR, MEM_MINOR_RANDOM), &random_ops, NULL},
    {makedev(MEM_MAJOR, MEM_MINOR_URANDOM), &random_ops, NULL},
    {makedev(MEM_MAJOR, MEM_MINOR_RTC), &rtc_ops, NULL},
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
inode_set_fop(struct inode *inode, const struct file_operations *dir,
              dev_t rdev)
{
    static const struct file_operations chrdev_file_ops = {.open = chrdev_open};
    umode_t mode = inode->mode;

    if (S_ISREG(mode))
        inode->fop = &generic_file_ops;
    else if (S_ISDIR(mode))
        inode->fop = dir;
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
