/* SPDX-License-Identifier: MIT */
/* sys_mm.c - system calls on the address space. */
#include "sched/task.h"
#include "syscall/syscall.h"
#include "vm/shmem.h"

/*
 * mmap; an object of shared memory that was made for it is the VMA's then.
 * f: the file that somebody else holds, or NULL
 */
static int64_t
map_and_close(const struct mmap_args *args, const struct file *f)
{
    int64_t ret = do_mmap(current->mm, args);

    if (args->file && args->file != f)
        args->vm_ops->close(args->file);
    return ret;
}

/* The file's mode says what a mapping may do, now and by mprotect later. */
static int64_t
mmap_file(struct mmap_args *args, int fd)
{
    struct file *f = fd_get(fd);
    int64_t ret;

    if (!f)
        return -EBADF;
    args->file = f;
    args->may = VM_MAYREAD | VM_MAYEXEC | (f->can_write ? VM_MAYWRITE : 0);
    if (!f->can_read)
        ret = -EACCES;
    else
        ret = f->op->mmap ? f->op->mmap(f, args) : -ENODEV;
    if (!ret)
        ret = map_and_close(args, f);
    fput(f);
    return ret;
}

int64_t
sys_mmap(const uint64_t *a)
{
    struct mmap_args args = {
        .addr = a[0],
        .len = a[1],
        .prot = (uint32_t)a[2],
        .flags = (uint32_t)a[3],
        .pgoff = a[5] / PAGE_SIZE,
    };

    if (a[5] % PAGE_SIZE)
        return -EINVAL;
    if (!(args.flags & MAP_ANONYMOUS))
        return mmap_file(&args, (int)a[4]);
    args.may = VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;
    if ((args.flags & MAP_TYPE) == MAP_SHARED && shmem_zero_setup(&args))
        return -ENOMEM;
    return map_and_close(&args, NULL);
}

/*
 * msync of the first VMA from *addr on, which moves behind it.  The file is
 * written when mmap_lock is free again, since that needs the file system.
 * => refs: *file, to be written or NULL, is the caller's; -ENOMEM: a hole came
 *    first; -EBUSY, -EINTR
 */
static int
msync_vma(struct mm *mm, uint64_t *addr, uint64_t end, uint32_t flags,
          struct file **file)
{
    struct vm_area *vma;
    int err = 0;

    *file = NULL;
    if (down_read_killable(&mm->mmap_lock))
        return -EINTR;
    vma = find_vma(mm, *addr);
    if (!vma || vma->vm_start > *addr)
        err = -ENOMEM;
    if (!vma || vma->vm_start >= end) {
        *addr = end;
    } else {
        *addr = vma->vm_end;
        if ((flags & MS_INVALIDATE) && (vma->vm_flags & VM_LOCKED))
            err = -EBUSY;
        else if ((flags & MS_SYNC) && (vma->vm_flags & VM_SHARED) &&
                 !vma_is_anon_shmem(vma))
            *file = fget(vma->vm_file);
    }
    up_read(&mm->mmap_lock);
    return err;
}

/* Dirty pages are known as such, so MS_ASYNC leaves them to the flusher. */
int64_t
sys_msync(const uint64_t *a)
{
    uint64_t addr = a[0], end = addr + ALIGN_UP(a[1], PAGE_SIZE);
    uint32_t flags = (uint32_t)a[2];
    int err = 0;

    if ((flags & ~(uint32_t)(MS_ASYNC | MS_INVALIDATE | MS_SYNC)) ||
        (flags & (MS_ASYNC | MS_SYNC)) == (MS_ASYNC | MS_SYNC) ||
        (addr & ~PAGE_MASK))
        return -EINVAL;
    if (end < addr)
        return -ENOMEM;
    while (addr < end) {
        struct file *file;
        int e = msync_vma(current->mm, &addr, end, flags, &file);

        if (e == -ENOMEM)
            err = e; /* told at the end: the rest is written */
        else if (e)
            return e;
        e = file ? vfs_fsync(file) : 0;
        fput(file);
        if (e)
            return e;
    }
    return err;
}
