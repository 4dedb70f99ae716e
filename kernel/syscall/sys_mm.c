/* SPDX-License-Identifier: MIT */
/* sys_mm.c - system calls on the address space. */
#include "fs/fs.h"
#include "include/mman.h"
#include "sched/task.h"
#include "syscall/syscall.h"
#include "vm/mm.h"

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
        .pgoff = a[5] / PAGE_SIZE,
    };

    if (a[5] % PAGE_SIZE)
        return -EINVAL;
    if (args.flags & MAP_ANONYMOUS)
        return do_mmap(current->mm, &args);
    return mmap_file(&args, (int)a[4]);
}

/* The others only take their arguments apart. */
#define MM_CALL(name, function, ...)                                           \
    int64_t sys_##name(const uint64_t *a)                                      \
    {                                                                          \
        (void)a;                                                               \
        return (int64_t)function(current->mm, __VA_ARGS__);                    \
    }

MM_CALL(brk, do_brk, a[0])
MM_CALL(munmap, do_munmap, a[0], a[1])
MM_CALL(mprotect, do_mprotect, a[0], a[1], (uint32_t)a[2])
MM_CALL(madvise, do_madvise, a[0], a[1], (uint32_t)a[2])
MM_CALL(mincore, do_mincore, a[0], a[1], (uint8_t *)a[2])
MM_CALL(mlock, do_mlock, a[0], a[1], 0)
MM_CALL(mlock2, do_mlock, a[0], a[1], (uint32_t)a[2])
MM_CALL(munlock, do_munlock, a[0], a[1])
MM_CALL(mlockall, do_mlockall, a[0] ? (uint32_t)a[0] : MCL_ONFAULT) /* EINVAL */
MM_CALL(munlockall, do_mlockall, 0)
MM_CALL(mremap, do_mremap,
        &(struct mremap_args){a[0], a[1], a[2], (uint32_t)a[3], a[4]})
