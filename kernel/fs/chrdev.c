/* SPDX-License-Identifier: MIT */
/*
 * chrdev.c - device nodes, and the devices of memory: null, zero, full, random,
 * urandom.
 *
 * A special inode says only a number.  Opening a character device replaces the
 * file's operations by those registered for that number.
 *
 * random and urandom are the same generator (core/rng.c); what is written to
 * them is stirred into its pool.
 *
 * Interface: chrdev_register() for drivers; init_special_inode() for file
 * systems.
 *
 * Locks: none: devices register at boot, before anybody looks.
 *
 * Not done: kmsg (see /proc/kmsg); mapping zero.
 */
#include "fs/fs.h"

#include "core/rng.h"
#include "include/errno.h"
#include "include/major.h"
#include "lib/assert.h"
#include "lib/macros.h"
#include "riscv/uaccess.h"
#include "sched/signal.h"
#include "sched/task.h"

enum { MAX_CHRDEVS = 16, CHUNK = 256 };

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

/* --- The devices of memory */

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

static ssize_t
read_zero(struct file *f, void *ubuf, size_t n, off_t *pos)
{
    size_t done = 0, left = 0;

    (void)f, (void)pos;
    while (done < n && !left && !fatal_signal_pending(current)) {
        size_t chunk = MIN(n - done, PAGE_SIZE);

        left = clear_user((uint8_t *)ubuf + done, chunk);
        done += chunk - left;
    }
    return left && !done ? -EFAULT : (ssize_t)done;
}

static ssize_t
read_random(struct file *f, void *ubuf, size_t n, off_t *pos)
{
    size_t done = 0, left = 0;
    uint8_t buf[CHUNK];

    (void)f, (void)pos;
    while (done < n && !left && !fatal_signal_pending(current)) {
        size_t chunk = MIN(n - done, sizeof(buf));

        rng_bytes(buf, chunk);
        left = copy_to_user((uint8_t *)ubuf + done, buf, chunk);
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

void
memdev_init(void)
{
    static const struct {
        unsigned minor;
        struct file_operations op;
    } devices[] = {
        {MEM_MINOR_NULL, {.read = read_null, .write = write_null}},
        {MEM_MINOR_ZERO, {.read = read_zero, .write = write_null}},
        {MEM_MINOR_FULL, {.read = read_zero, .write = write_full}},
        {MEM_MINOR_RANDOM, {.read = read_random, .write = write_random}},
        {MEM_MINOR_URANDOM, {.read = read_random, .write = write_random}},
    };

    for (unsigned i = 0; i < ARRAY_SIZE(devices); i++)
        chrdev_register(makedev(MEM_MAJOR, devices[i].minor), &devices[i].op,
                        NULL);
}
