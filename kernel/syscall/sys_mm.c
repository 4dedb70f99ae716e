/* SPDX-License-Identifier: MIT */
/* sys_mm.c - system calls on the address space. */
#include "fs/fs.h"
#include "include/mman.h"
#include "sched/task.h"
#include "syscall/syscall.h"
#include "vm/mm.h"

int64_t
sys_brk(const uint64_t *a)
{
    return (int64_t)do_brk(current->mm, a[0]);
}

/* What the file's mode lets a mapping do, now and by mprotect later. */
static int
file_rights(const struct file *f, struct mmap_args *args)
{
    bool shared = args->flags & (MAP_SHARED);

    if (!f->can_read)
        return -EACCES;
    args->may = VM_MAYREAD | VM_MAYEXEC;
    if (!shared || f->can_write)
        args->may |= VM_MAYWRITE;
    if (shared && (args->prot & PROT_WRITE) && !f->can_write)
        return -EACCES;
    return 0;
}

static int64_t
mmap_file(struct mmap_args *args, int fd)
{
    struct file *f = fd_get(fd);
    int64_t ret;

    if (!f)
        return -EBADF;
    args->file = f;
    ret = file_rights(f, args);
    if (!ret)
        ret = f->op->mmap ? f->op->mmap(f, args) : -ENODEV;
    if (!ret)
        ret = do_mmap(current->mm, args);
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
        .may = VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC,
        .pgoff = a[5] / PAGE_SIZE,
    };

    if (a[5] % PAGE_SIZE)
        return -EINVAL;
    if (args.flags & MAP_ANONYMOUS)
        return do_mmap(current->mm, &args);
    return mmap_file(&args, (int)a[4]);
}

int64_t
sys_munmap(const uint64_t *a)
{
    return do_munmap(current->mm, a[0], a[1]);
}

int64_t
sys_mprotect(const uint64_t *a)
{
    return do_mprotect(current->mm, a[0], a[1], (uint32_t)a[2]);
}
