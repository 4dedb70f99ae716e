/* SPDX-License-Identifier: MIT */
/*
 * mmap.c - mmap and munmap.
 *
 * mmap makes a VMA and no page: pages come by faults.  The new VMA is put in
 * the set and then joined with neighbours that it continues.  munmap takes
 * pages, VMAs and empty tables away; a VMA that is cut at one end is
 * shortened in place, only a hole in the middle needs a split.
 *
 * What was unmapped may hold the last reference of a file, which must not be
 * dropped under mmap_lock (the file system would be entered below it): the
 * VMAs are collected on a list and closed when the lock is free.
 *
 * Shared anonymous memory comes here as a file already: see shmem.c.
 *
 * Not done: MAP_LOCKED is ignored.  With MAP_FIXED, limits are checked as if
 * what it replaces stayed.
 *
 * See: vma.c, zap.c; POSIX and mmap(2) for the errors.
 */
#include "vm/mm.h"

#include "include/errno.h"
#include "lib/macros.h"
#include "sched/task.h"
#include "vm/limits.h"
#include "vm/pgtable.h"
#include "vm/vma.h"

#define USER_TABLES_END (KERNEL_ROOT_INDEX * PT_LEVEL_SIZE(PT_ROOT_LEVEL))
#define VM_MAYACCESS (VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC)
enum { MAY_SHIFT = 4 }; /* VM_MAYREAD == VM_READ << MAY_SHIFT, ... */

bool
may_expand(struct mm *mm, uint32_t vm_flags, uint64_t pages)
{
    const struct rlimit *rlim = current->rlim;
    bool data = (vm_flags & (VM_WRITE | VM_SHARED | VM_GROWSDOWN)) == VM_WRITE;

    if (mm->total_vm + pages > rlim[RLIMIT_AS].rlim_cur >> PAGE_SHIFT)
        return false;
    return !data ||
           mm->data_vm + pages <= rlim[RLIMIT_DATA].rlim_cur >> PAGE_SHIFT;
}

/* --- munmap */

/* Cut [start, end), or all of it, off vma, whose pages are gone. */
static void
cut_vma(struct vm_area *vma, vaddr_t start, vaddr_t end,
        struct list_head *removed)
{
    if (vma->vm_start < start) {
        vma_resize(vma, vma->vm_start, start);
    } else if (end < vma->vm_end) {
        vma_resize(vma, end, vma->vm_end);
    } else {
        vma_unlink(vma);
        list_add(&vma->link, removed);
    }
}

int
unmap_locked(struct mm *mm, vaddr_t start, vaddr_t end,
             struct list_head *removed)
{
    struct vm_area *vma = find_vma(mm, start), *prev, *next;
    struct tlb_gather g;
    int err;

    if (!vma || vma->vm_start >= end)
        return 0;
    /* A hole inside one VMA: all that can fail comes first. */
    if (vma->vm_start < start && end < vma->vm_end) {
        err = vma_split(vma, end);
        if (err)
            return err;
    }
    prev = vma->vm_start < start ? vma : vma_prev(vma);
    gather_begin(&g, mm, false);
    for (; vma && vma->vm_start < end; vma = next) {
        next = vma_next(vma);
        zap_range(&g, vma, MAX(start, vma->vm_start), MIN(end, vma->vm_end));
        cut_vma(vma, start, end, removed);
    }
    /* The neighbours say which tables are still needed. */
    next = prev ? vma_next(prev) : vma_first(mm);
    free_pgtables(&g, start, end, prev ? prev->vm_end : 0,
                  next ? next->vm_start : USER_TABLES_END);
    gather_flush(&g);
    return 0;
}

int
do_munmap(struct mm *mm, uint64_t addr, uint64_t len)
{
    LIST_HEAD(removed);
    int err;

    if ((addr & ~PAGE_MASK) || len == 0 || len > USER_END ||
        addr > USER_END - len)
        return -EINVAL;
    if (down_write_killable(&mm->mmap_lock))
        return -EINTR;
    err = unmap_locked(mm, addr, ALIGN_UP(addr + len, PAGE_SIZE), &removed);
    up_write(&mm->mmap_lock);
    vma_close_list(&removed);
    return err;
}

/* --- mmap */

/*
 * The new VMA's flags, or -errno: -EINVAL for a wrong kind of mapping,
 * -EACCES for what the file was not opened for.
 */
static int64_t
mmap_flags(const struct mmap_args *a)
{
    uint32_t type = a->flags & MAP_TYPE;
    uint32_t may = a->file ? a->may : (uint32_t)VM_MAYACCESS;
    uint32_t flags = a->prot & VM_ACCESS;

    if (type != MAP_PRIVATE && type != MAP_SHARED &&
        type != MAP_SHARED_VALIDATE)
        return -EINVAL;
    if (a->file && !(may & VM_MAYREAD))
        return -EACCES;
    if (type == MAP_PRIVATE) {
        may |= VM_MAYWRITE; /* our copy, not the file */
    } else {
        if (!a->file)
            return -EINVAL;
        if (type == MAP_SHARED_VALIDATE && a->flags & ~(uint32_t)MAP_KNOWN)
            return -EOPNOTSUPP;
        flags |= VM_SHARED;
    }
    if ((flags & VM_ACCESS) & ~(may >> MAY_SHIFT))
        return -EACCES;
    if (a->file && !a->mapping)
        return -ENODEV;
    if (a->flags & MAP_GROWSDOWN)
        flags |= VM_GROWSDOWN;
    return flags | may | a->vm_flags;
}

/* Length in whole pages, or -errno. */
static int64_t
mmap_length(const struct mmap_args *a)
{
    if (a->len == 0 || (a->prot & ~(uint32_t)VM_ACCESS))
        return -EINVAL;
    if ((a->flags & MAP_GROWSDOWN) && a->file)
        return -EINVAL;
    if (a->len > USER_END - USER_MIN)
        return -ENOMEM;
    if (a->pgoff + (a->len >> PAGE_SHIFT) < a->pgoff)
        return -EOVERFLOW;
    return (int64_t)ALIGN_UP(a->len, PAGE_SIZE);
}

/*
 * Where to put it, or -errno.  MAP_FIXED means there and nowhere else; any
 * other address is a hint; without one the highest gap below mmap_base, and
 * when that part is full, anywhere.
 */
static int64_t
mmap_place(struct mm *mm, const struct mmap_args *a, uint64_t len)
{
    vaddr_t addr = a->addr;

    if (a->flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) {
        struct vm_area *vma = find_vma(mm, addr);

        if (addr & ~PAGE_MASK)
            return -EINVAL;
        if (addr > USER_END - len)
            return -ENOMEM;
        if (addr < USER_MIN)
            return -EPERM;
        if ((a->flags & MAP_FIXED_NOREPLACE) && vma &&
            vma->vm_start < addr + len)
            return -EEXIST;
        return (int64_t)addr;
    }
    addr = ALIGN_DOWN(addr, PAGE_SIZE);
    if (addr >= USER_MIN && addr <= USER_END - len &&
        vma_range_free(mm, addr, len))
        return (int64_t)addr; /* the hint will do */
    addr = vma_find_gap(mm, len, mm->mmap_base);
    if (!addr)
        addr = vma_find_gap(mm, len, USER_END);
    return addr ? (int64_t)addr : -ENOMEM;
}

/* The new VMA, in no set yet; it counts the file.  NULL: no memory */
static struct vm_area *
mmap_vma(struct mm *mm, const struct mmap_args *a, uint32_t vm_flags,
         vaddr_t start, vaddr_t end)
{
    struct vm_area *vma = vma_alloc(mm);

    if (!vma)
        return NULL;
    vma->vm_start = start;
    vma->vm_end = end;
    vma->vm_flags = vm_flags;
    vma->vm_pgoff = a->file ? a->pgoff : start >> PAGE_SHIFT;
    vma->vm_file = a->file;
    vma->mapping = a->file ? a->mapping : NULL;
    vma->vm_ops = a->file ? a->vm_ops : NULL;
    vma_open(vma);
    return vma;
}

/* => mmap_lock held for writing; the address or -errno */
static int64_t
mmap_locked(struct mm *mm, const struct mmap_args *a, uint32_t vm_flags,
            uint64_t len, struct list_head *removed)
{
    int64_t addr = mmap_place(mm, a, len);
    struct vm_area *vma;
    vaddr_t end;
    int err;

    if (addr < 0)
        return addr;
    if (mm->map_count >= MAX_MAP_COUNT ||
        !may_expand(mm, vm_flags, len >> PAGE_SHIFT))
        return -ENOMEM;
    end = (vaddr_t)addr + len;
    /* The VMA is there before anything is unmapped to make room for it. */
    vma = mmap_vma(mm, a, vm_flags, (vaddr_t)addr, end);
    if (!vma)
        return -ENOMEM;
    err = unmap_locked(mm, (vaddr_t)addr, end, removed);
    if (err) {
        list_add(&vma->link, removed);
        return err;
    }
    vma_link(vma, NULL);
    vma_merge(vma, removed);
    return addr;
}

int64_t
do_mmap(struct mm *mm, const struct mmap_args *args)
{
    int64_t len = mmap_length(args), flags = mmap_flags(args), addr;
    LIST_HEAD(removed);

    if (len < 0 || flags < 0)
        return len < 0 ? len : flags;
    if (down_write_killable(&mm->mmap_lock))
        return -EINTR;
    addr = mmap_locked(mm, args, (uint32_t)flags, (uint64_t)len, &removed);
    up_write(&mm->mmap_lock);
    vma_close_list(&removed);
    /* A failure to populate is not mmap's: later faults will tell. */
    if (addr >= 0 && (args->flags & MAP_POPULATE))
        mm_populate(mm, (vaddr_t)addr, (uint64_t)len);
    return addr;
}
