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
 * Whatever can fail comes before the first change, so a failed call has
 * changed nothing.
 *
 * Not done: MAP_HUGETLB is ignored.
 *
 * See: vma.c, zap.c, limits.c; POSIX and mmap(2) for the errors.
 */

#include "vm/limits.h"
#include "vm/pgtable.h"
#include "vm/vma.h"

#define VM_MAYACCESS (VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC)

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

    if (!vma || vma->vm_start >= end)
        return 0;
    /* A hole inside one VMA: all that can fail comes first. */
    if (vma->vm_start < start && end < vma->vm_end) {
        int err = vma_split(vma, end);

        if (err)
            return err;
    }
    prev = vma->vm_start < start ? vma : vma_prev(vma);
    gather_begin(&g, mm, false);
    for (; vma && vma->vm_start < end; vma = next) {
        vaddr_t from = MAX(start, vma->vm_start), to = MIN(end, vma->vm_end);

        next = vma_next(vma);
        zap_range(&g, vma, from, to);
        commit_uncharge(vma->vm_flags, (to - from) >> PAGE_SHIFT);
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
 * The new VMA's flags, or -errno: -EINVAL and -EOPNOTSUPP for a wrong kind of
 * mapping, -EACCES for what the file was not opened for.
 */
static int64_t
mmap_flags(const struct mmap_args *a)
{
    uint32_t type = a->flags & MAP_TYPE;
    uint32_t may = a->file ? a->may : (uint32_t)VM_MAYACCESS;
    uint32_t flags = a->vm_flags | (a->prot & VM_ACCESS);

    if (type != MAP_PRIVATE && type != MAP_SHARED &&
        (type != MAP_SHARED_VALIDATE || !a->file))
        return -EINVAL;
    if (type == MAP_SHARED_VALIDATE && (a->flags & ~(uint32_t)MAP_KNOWN))
        return -EOPNOTSUPP;
    if (type == MAP_PRIVATE) {
        may |= VM_MAYWRITE; /* our copy, not the file */
    } else {
        if (!a->file)
            return -EINVAL;
        flags |= VM_SHARED;
    }
    if ((flags & VM_ACCESS) & ~(may >> MAY_SHIFT))
        return -EACCES;
    if (a->flags & MAP_GROWSDOWN)
        flags |= VM_GROWSDOWN;
    if (a->flags & MAP_LOCKED)
        flags |= VM_LOCKED;
    if ((a->flags & MAP_NORESERVE) && overcommit.mode != OVERCOMMIT_NEVER)
        flags |= VM_NORESERVE;
    if ((flags & (VM_WRITE | VM_SHARED | VM_NORESERVE)) == VM_WRITE)
        flags |= VM_ACCOUNT;
    return flags | may;
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
    if (a->file && a->pgoff > (INT64_MAX - a->len) >> PAGE_SHIFT)
        return -EOVERFLOW;
    return (int64_t)ALIGN_UP(a->len, PAGE_SIZE);
}

vaddr_t
mm_find_room(struct mm *mm, uint64_t len)
{
    vaddr_t addr = vma_find_gap(mm, len, mm->mmap_base);

    return addr ? addr : vma_find_gap(mm, len, USER_END);
}

/*
 * Where to put it, or -errno.  MAP_FIXED means there and nowhere else; any
 * other address is a hint.
 */
static int64_t
mmap_place(struct mm *mm, const struct mmap_args *a, uint64_t len)
{
    vaddr_t addr = a->addr;

    if (a->flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) {
        if (addr & ~PAGE_MASK)
            return -EINVAL;
        if (addr > USER_END - len)
            return -ENOMEM;
        if (addr < USER_MIN)
            return -EPERM;
        if ((a->flags & MAP_FIXED_NOREPLACE) &&
            mm_pages_with(mm, addr, addr + len, 0))
            return -EEXIST;
        return (int64_t)addr;
    }
    addr = ALIGN_DOWN(addr, PAGE_SIZE);
    if (addr < USER_MIN || addr > USER_END - len ||
        !vma_range_free(mm, addr, len)) /* the hint will not do */
        addr = mm_find_room(mm, len);
    return addr ? (int64_t)addr : -ENOMEM;
}

/* => mmap_lock held for writing; the address or -errno */
static int64_t
mmap_locked(struct mm *mm, const struct mmap_args *a, uint32_t vm_flags,
            uint64_t len, struct list_head *removed)
{
    int64_t addr = mmap_place(mm, a, len);
    vaddr_t start = (vaddr_t)addr, end = start + len;
    struct vm_area *vma;
    int err;

    if (addr < 0)
        return addr;
    if (mm->map_count >= max_map_count)
        return -ENOMEM;
    err =
        mm_charge(mm, vm_flags, len >> PAGE_SHIFT,
                  a->flags & MAP_FIXED ? mm_pages_with(mm, start, end, 0) : 0);
    if (err)
        return err;
    /* The VMA is there before anything is unmapped to make room for it. */
    vma = vma_alloc(mm, start, end, vm_flags);
    if (vma && a->file) {
        vma->vm_pgoff = a->pgoff;
        vma->vm_file = a->file;
        vma->mapping = a->mapping;
        vma->vm_ops = a->vm_ops;
        vma_open(vma);
    }
    err = vma ? unmap_locked(mm, start, end, removed) : -ENOMEM;
    if (err) {
        commit_uncharge(vm_flags, len >> PAGE_SHIFT);
        if (vma)
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
    uint32_t populate = args->flags & (MAP_POPULATE | MAP_NONBLOCK);
    LIST_HEAD(removed);

    if (len < 0 || flags < 0)
        return len < 0 ? len : flags;
    if (down_write_killable(&mm->mmap_lock))
        return -EINTR;
    flags |= mm->def_flags;
    if (flags & VM_PFNMAP)
        flags &= ~(int64_t)VM_LOCKS; /* it cannot go anyway */
    addr = mmap_locked(mm, args, (uint32_t)flags, (uint64_t)len, &removed);
    up_write(&mm->mmap_lock);
    vma_close_list(&removed);
    /* A failure to populate is not mmap's: later faults will tell. */
    if (addr >= 0 && ((flags & VM_LOCKED) || populate == MAP_POPULATE))
        mm_populate(mm, (vaddr_t)addr, (uint64_t)len, POPULATE_TRY);
    return addr;
}
