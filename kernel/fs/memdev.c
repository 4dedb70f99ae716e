/* SPDX-License-Identifier: MIT */
/*
 * memdev.c - from an inode's type to what open() gives; from the number of a
 * character device to who implements it; and those that need no hardware, or
 * next to none: /dev/null, zero, full, random, urandom, rtcmem.
 *
 * A device's node says only a number.  Opening it replaces the file's
 * operations by those that the table has for that number.
 *
 * random and urandom are the same generator (core/rng.c).  A private mapping of
 * zero is anonymous memory.  rtcmem is the clock's registers, to be mapped and
 * read: the frames are a device's (VM_PFNMAP).
 *
 * Interface: inode_set_ops() for file systems.
 *
 * Not done: kmsg (the log is /proc/kmsg); what is written to random is not
 * stirred into its pool.
 */
#include "core/machine.h"
#include "core/rng.h"
#include "fs/tty/tty.h"
#include "riscv/uaccess.h"
#include "sched/task.h"
#include "vm/shmem.h"

enum { CHUNK = 256 };

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
    return mem_give(ubuf, n,
                    which == MEM_MINOR_RANDOM || which == MEM_MINOR_URANDOM);
}

static ssize_t
mem_write(struct file *f, const void *ubuf, size_t n, off_t *pos)
{
    (void)ubuf, (void)pos;
    return minor(f->inode->rdev) == MEM_MINOR_FULL ? -ENOSPC : (ssize_t)n;
}

/* zero: as anonymous memory, private or shared. */
static int
mem_mmap(struct file *f, struct mmap_args *args)
{
    if (minor(f->inode->rdev) != MEM_MINOR_ZERO)
        return -ENODEV;
    if (args->flags & MAP_SHARED)
        return shmem_zero_setup(args);
    args->file = NULL;
    return 0;
}

static int
rtc_mmap(struct file *f, struct mmap_args *args)
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

static const struct file_operations mem_ops = {
    .read = mem_read,
    .write = mem_write,
    .mmap = mem_mmap,
};
static const struct file_operations rtc_ops = {.mmap = rtc_mmap};

/* --- From the number to the device, from the type to the operations */

static int
chrdev_open(struct inode *inode, struct file *f)
{
    static const struct {
        dev_t dev;
        const struct file_operations *op;
    } table[] = {
        {makedev(MEM_MAJOR, MEM_MINOR_NULL), &mem_ops},
        {makedev(MEM_MAJOR, MEM_MINOR_ZERO), &mem_ops},
        {makedev(MEM_MAJOR, MEM_MINOR_FULL), &mem_ops},
        {makedev(MEM_MAJOR, MEM_MINOR_RANDOM), &mem_ops},
        {makedev(MEM_MAJOR, MEM_MINOR_URANDOM), &mem_ops},
        {makedev(MEM_MAJOR, MEM_MINOR_RTC), &rtc_ops},
        {makedev(TTYAUX_MAJOR, TTYAUX_MINOR_TTY), &tty_file_ops},
        {makedev(TTYAUX_MAJOR, TTYAUX_MINOR_CONSOLE), &tty_file_ops},
    };

    for (unsigned i = 0; i < ARRAY_SIZE(table); i++)
        if (table[i].dev == inode->rdev) {
            f->op = table[i].op;
            return f->op->open ? f->op->open(inode, f) : 0;
        }
    return -ENXIO;
}

void
inode_set_ops(struct inode *inode, const struct inode_operations *op,
              dev_t rdev)
{
    static const struct file_operations chrdev_file_ops = {.open = chrdev_open};
    static const struct file_operations *const by_type[1 << 4] = {
        [DT_REG] = &generic_file_ops,
        [DT_CHR] = &chrdev_file_ops,
        [DT_BLK] = &bdev_file_ops,
        [DT_FIFO] = &fifo_file_ops,
        /* a socket or a link cannot be opened */
    };
    umode_t mode = inode->mode;

    inode->op = op;
    inode->fop = S_ISDIR(mode) ? op->dir_fop : by_type[mode >> DT_SHIFT & 15];
    if (S_ISCHR(mode) || S_ISBLK(mode))
        inode->rdev = rdev;
}
