/* SPDX-License-Identifier: MIT */
/*
 * memdev.c - /dev/null, zero, full, random, urandom, rtcmem.
 *
 * random and urandom are the same generator (core/rng.c); what is written to
 * them is stirred into its pool.
 *
 * A private mapping of zero is anonymous memory.  rtcmem is the clock's
 * registers, to be mapped and read: the frames are a device's (VM_PFNMAP).
 *
 * Locks: none.
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

enum { CHUNK = 256 };

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
    .read = read_zero, .write = write_null, .mmap = mmap_zero};
static const struct file_operations full_ops = {.read = read_zero,
                                                .write = write_full};
static const struct file_operations random_ops = {.read = read_random,
                                                  .write = write_random};
static const struct file_operations rtc_ops = {.mmap = mmap_rtc};

void
memdev_init(void)
{
    static const struct {
        unsigned minor;
        const struct file_operations *op;
    } devices[] = {
        {MEM_MINOR_NULL, &null_ops},      {MEM_MINOR_ZERO, &zero_ops},
        {MEM_MINOR_FULL, &full_ops},      {MEM_MINOR_RANDOM, &random_ops},
        {MEM_MINOR_URANDOM, &random_ops}, {MEM_MINOR_RTC, &rtc_ops},
    };

    for (unsigned i = 0; i < ARRAY_SIZE(devices); i++)
        chrdev_register(makedev(MEM_MAJOR, devices[i].minor), devices[i].op,
                        NULL);
}
