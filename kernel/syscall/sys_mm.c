/* SPDX-License-Identifier: MIT */
/*
 * sys_mm.c - system calls on the address space, and on swap areas.
 *
 * Most are vm/'s own functions.  What needs the file system is here: the file
 * behind a mapping, its writing by msync, the path of a swap device.
 */
#include "include/swap_hdr.h"
#include "syscall/syscall.h"
#include "vm/shmem.h"

/*
 * Memory of nobody, of a file, or shared memory that is made for it: `args`
 * says what the VMA will be.  The file's mode says what a mapping of it may do,
 * now and by mprotect later; its own mmap function fills in the rest.
 */
SYSCALL(mmap)
{
    struct mmap_args args = {
        .addr = a[0],
        .len = a[1],
        .prot = (uint32_t)a[2],
        .flags = (uint32_t)a[3],
        .may = VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC,
        .pgoff = a[5] / PAGE_SIZE,
    };
    struct file *f = NULL;
    int64_t ret = 0;

    if (a[5] % PAGE_SIZE)
        return -EINVAL;
    if (!(args.flags & MAP_ANONYMOUS)) {
        f = args.file = fd_get((int)a[4]);
        if (!f)
            return -EBADF;
        if (!f->can_write)
            args.may &= ~(uint32_t)VM_MAYWRITE;
        if (f->inode->sb->flags & MS_NOEXEC)
            args.may &= ~(uint32_t)VM_MAYEXEC;
        if (!f->can_read)
            ret = -EACCES;
        else
            ret = f->op->mmap ? f->op->mmap(f, &args) : -ENODEV;
    } else if ((args.flags & MAP_TYPE) == MAP_SHARED) {
        ret = shmem_zero_setup(&args);
    }
    if (!ret) {
        ret = do_mmap(current->mm, &args);
        /* An object of shared memory that was made for it is the VMA's now. */
        if (args.file && args.file != f)
            args.vm_ops->close(args.file);
    }
    fput(f);
    return ret;
}

/* clang-format off */
SYSCALL(brk) { return (int64_t)do_brk(current->mm, a[0]); }
SYSCALL(munmap) { return do_munmap(current->mm, a[0], a[1]); }
SYSCALL(mprotect)
    { return do_mprotect(current->mm, a[0], a[1], (uint32_t)a[2]); }
SYSCALL(madvise)
    { return do_madvise(current->mm, a[0], a[1], (uint32_t)a[2]); }
SYSCALL(mincore)
    { return do_mincore(current->mm, a[0], a[1], (uint8_t *)a[2]); }
SYSCALL(mlock) { return do_mlock(current->mm, a[0], a[1], true); }
SYSCALL(munlock) { return do_mlock(current->mm, a[0], a[1], false); }
SYSCALL(munlockall) { return do_mlockall(current->mm, 0); }
SYSCALL(mlockall) /* 0: EINVAL */
    { return do_mlockall(current->mm, a[0] ? (uint32_t)a[0] : UINT32_MAX); }
/* clang-format on */

SYSCALL(mremap)
{
    return do_mremap(current->mm, &(struct mremap_args){a[0], a[1], a[2],
                                                        (uint32_t)a[3], a[4]});
}

/*
 * VMA after VMA.  A file is written when mmap_lock is free again, since that
 * needs the file system.  Dirty pages are known as such, so MS_ASYNC leaves
 * them to the flusher.
 */
SYSCALL(msync)
{
    uint64_t addr = a[0], end = addr + ALIGN_UP(a[1], PAGE_SIZE);
    uint32_t flags = (uint32_t)a[2];
    struct mm *mm = current->mm;
    int err = 0, hole = 0;

    if ((flags & ~(uint32_t)(MS_ASYNC | MS_INVALIDATE | MS_SYNC)) ||
        (flags & (MS_ASYNC | MS_SYNC)) == (MS_ASYNC | MS_SYNC) ||
        (addr & ~PAGE_MASK))
        return -EINVAL;
    if (end < addr)
        return -ENOMEM;
    while (addr < end && !err) {
        struct file *file = NULL;
        struct vm_area *vma;

        if (fatal_signal_pending(current) || down_read_killable(&mm->mmap_lock))
            return -EINTR;
        /* The next VMA, whose file will be written; addr moves behind it. */
        vma = find_vma(mm, addr);
        if (!vma || vma->vm_start > addr)
            hole = -ENOMEM; /* told at the end: the rest is written */
        if (vma && vma->vm_start >= end)
            vma = NULL;
        if (vma && (flags & MS_INVALIDATE) && (vma->vm_flags & VM_LOCKED))
            err = -EBUSY;
        else if (vma && (flags & MS_SYNC) && (vma->vm_flags & VM_SHARED) &&
                 !vma_is_anon_shmem(vma))
            file = fget(vma->vm_file);
        addr = vma ? vma->vm_end : end;
        up_read(&mm->mmap_lock);
        if (file)
            err = vfs_fsync(file, false);
        fput(file);
    }
    return err ? err : hole;
}

/* Use the block device at path for swapping, or no longer. */
static int64_t
swap_call(const char *path, bool on, uint32_t flags)
{
    struct block_device *bdev;

    if (!is_root(&current->cred))
        return -EPERM;
    bdev = find_bdev(path);
    if (IS_ERR(bdev))
        return PTR_ERR(bdev) == -ENOTBLK ? -EINVAL : PTR_ERR(bdev);
    return on ? swap_on(bdev, flags) : swap_off(bdev);
}

SYSCALL_PATHS(swapon, BIT(0))
{
    const uint64_t known =
        SWAP_FLAG_PREFER | SWAP_FLAG_PRIO_MASK | SWAP_FLAG_DISCARD;

    return a[1] & ~known ? -EINVAL : swap_call(path[0], true, (uint32_t)a[1]);
}

/* clang-format off */
SYSCALL_PATHS(swapoff, BIT(0)) { return swap_call(path[0], false, 0); }
/* clang-format on */
