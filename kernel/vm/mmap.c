/* SPDX-License-Identifier: MIT */
/*
 * mmap.c - mmap and munmap, and the two VMAs that change their size: the heap,
 * at the command of brk(2), and the stack, by itself.
 *
 *   start_brk        brk                             start_stack
 *      |==== heap ====|->        mmap area     <-|=== stack ===|
 *                                     guard gap ^
 *
 * mmap makes a VMA and no page: pages come by faults.  The new VMA is put in
 * the set and then joined with neighbours that it continues.  munmap takes
 * pages, VMAs and empty tables away; a VMA that is cut at one end is
 * shortened in place, only a hole in the middle needs a split.
 *
 * Whatever can fail comes before the first change, so a failed call has
 * changed nothing.
 *
 * Locks: mmap_lock for writing.
 *
 * Not done: MAP_HUGETLB is ignored.
 *
 * See: vma.c, zap.c, limits.c; POSIX and mmap(2) for the errors.
 */
#include "vm/vma.h"

#include "sched/task.h"
#include "vm/pgtable.h"

#define VM_MAYACCESS (VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC)

enum {
    HEAP_FLAGS = VM_READ | VM_WRITE | VM_MAYACCESS | VM_ACCOUNT,
    SAME_FLAGS = VM_GROWSDOWN | VM_LOCKED,
};
_Static_assert(SAME_FLAGS == (MAP_GROWSDOWN | MAP_LOCKED), "VM_X is MAP_X");

/* --- munmap */

int
unmap_locked(struct mm *mm, vaddr_t start, vaddr_t end)
{
    struct vm_area *vma = find_vma(mm, start), *prev, *next;
    struct tlb_gather g;

    if (!vma || vma->vm_start >= end)
        return 0;
    /* A hole inside one VMA: all that can fail comes first. */
    if (vma->vm_start < start && end < vma->vm_end && !vma_split(vma, end))
        return -ENOMEM;
    mm->hiwater_vm = MAX(mm->hiwater_vm, mm->total_vm); /* it falls now */
    prev = vma->vm_start < start ? vma : vma_prev(vma);
    gather_begin(&g, mm);
    for (; vma && vma->vm_start < end; vma = next) {
        vaddr_t from = MAX(start, vma->vm_start), to = MIN(end, vma->vm_end);

        next = vma_next(vma);
        zap_range(&g, vma, from, to);
        if (from > vma->vm_start) {
            vma_resize(vma, vma->vm_start, from);
        } else if (to == vma->vm_end) {
            vma_unlink(vma);
        } else {
            vma_resize(vma, to, vma->vm_end);
            next = vma; /* the first one behind */
        }
        /* The neighbours say which tables are still needed. */
        free_pgtables(&g, from, to, prev ? prev->vm_end : 0,
                      next ? next->vm_start : USER_TABLES_END);
    }
    gather_flush(&g);
    return 0;
}

int
do_munmap(struct mm *mm, uint64_t addr, uint64_t len)
{
    int err;

    if ((addr & ~PAGE_MASK) || len == 0 || len > USER_END ||
        addr > USER_END - len)
        return -EINVAL;
    if (down_write_killable(&mm->mmap_lock))
        return -EINTR;
    err = unmap_locked(mm, addr, ALIGN_UP(addr + len, PAGE_SIZE));
    mmap_write_unlock(mm);
    return err;
}

/* --- mmap */

/*
 * The new VMA's flags, or -errno: -EINVAL and -EOPNOTSUPP for a wrong kind of
 * mapping, -EACCES for what the file was not opened for.  As on Linux, other
 * bits of prot than the three mean nothing.
 */
static int64_t
mmap_flags(const struct mmap_args *a)
{
    uint32_t type = a->flags & MAP_TYPE;
    uint32_t may = a->file ? a->may : (uint32_t)VM_MAYACCESS;
    uint32_t flags = a->vm_flags | (a->prot & VM_ACCESS);

    if (a->len == 0 || ((a->flags & MAP_GROWSDOWN) && a->file))
        return -EINVAL;
    if (a->len > USER_END - USER_MIN)
        return -ENOMEM;
    if (a->file && a->pgoff > (INT64_MAX - a->len) >> PAGE_SHIFT)
        return -EOVERFLOW;
    if (type != MAP_PRIVATE &&
        (!a->file || (type != MAP_SHARED && type != MAP_SHARED_VALIDATE)))
        return -EINVAL;
    if (type == MAP_SHARED_VALIDATE && (a->flags & ~(uint32_t)MAP_KNOWN))
        return -EOPNOTSUPP;
    if (type == MAP_PRIVATE)
        may |= VM_MAYWRITE; /* our copy, not the file */
    else
        flags |= VM_SHARED;
    if ((flags & VM_ACCESS) & ~(may >> MAY_SHIFT))
        return -EACCES;
    flags |= a->flags & SAME_FLAGS;
    if ((a->flags & MAP_NORESERVE) && overcommit.mode != OVERCOMMIT_NEVER)
        flags |= VM_NORESERVE;
    if ((flags & (VM_WRITE | VM_SHARED | VM_NORESERVE)) == VM_WRITE)
        flags |= VM_ACCOUNT;
    return flags | may;
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
    if (addr > USER_END || !vma_range_free(mm, addr, len))
        addr = vma_find_room(mm, len); /* the hint will not do */
    return addr ? (int64_t)addr : -ENOMEM;
}

/* => mmap_lock held for writing; the address or -errno */
static int64_t
mmap_locked(struct mm *mm, const struct mmap_args *a, uint32_t vm_flags,
            uint64_t len)
{
    int64_t addr = mmap_place(mm, a, len);
    vaddr_t start = (vaddr_t)addr, end = start + len;
    struct vm_area kind = {
        .vm_start = start,
        .vm_end = end,
        .vm_flags = vm_flags,
        .vm_pgoff = a->file ? a->pgoff : start >> PAGE_SHIFT,
        .vm_file = a->file,
        .mapping = a->mapping,
        .vm_ops = a->vm_ops,
    };
    struct vm_area *vma;
    uint64_t replaced = 0;
    int err;

    if (addr < 0)
        return addr;
    if (mm->map_count >= max_map_count)
        return -ENOMEM;
    if (a->flags & MAP_FIXED)
        replaced = mm_pages_with(mm, start, end, 0);
    err = mm_charge(mm, vm_flags, len >> PAGE_SHIFT, replaced);
    if (err)
        return err;
    if (!replaced && vma_extend(mm, &kind))
        return addr;
    /* The VMA is there before anything is unmapped to make room for it. */
    vma = vma_dup(mm, &kind);
    if (!vma)
        return -ENOMEM;
    err = unmap_locked(mm, start, end);
    if (err) {
        list_add(&vma->link, &mm->removed);
        return err;
    }
    vma_link(vma, NULL);
    vma_merge(vma);
    return addr;
}

int64_t
do_mmap(struct mm *mm, const struct mmap_args *args)
{
    uint32_t populate = args->flags & (MAP_POPULATE | MAP_NONBLOCK);
    int64_t flags = mmap_flags(args), addr;

    if (flags < 0)
        return flags;
    if (down_write_killable(&mm->mmap_lock))
        return -EINTR;
    flags |= mm->def_flags;
    if (flags & VM_PFNMAP)
        flags &= ~(int64_t)VM_LOCKED; /* it cannot go anyway */
    addr =
        mmap_locked(mm, args, (uint32_t)flags, ALIGN_UP(args->len, PAGE_SIZE));
    mmap_write_unlock(mm);
    /* A failure to populate is not mmap's: later faults will tell. */
    if (addr >= 0 && ((flags & VM_LOCKED) || populate == MAP_POPULATE))
        mm_populate(mm, (vaddr_t)addr, ALIGN_UP(args->len, PAGE_SIZE),
                    POPULATE_TRY);
    return addr;
}

/* --- brk */

/* => 0: mm->brk may become brk; else not */
static int
brk_locked(struct mm *mm, uint64_t brk)
{
    vaddr_t old = ALIGN_UP(mm->brk, PAGE_SIZE);
    vaddr_t new = ALIGN_UP(brk, PAGE_SIZE);
    uint64_t data = brk - mm->start_brk + mm->end_data - mm->start_data;
    uint32_t flags = HEAP_FLAGS | mm->def_flags;
    struct vm_area *heap, *next;

    if (brk < mm->start_brk || brk >= USER_END)
        return -EINVAL;
    if (new < old)
        return unmap_locked(mm, new, old);
    if (brk > mm->brk && data > current->rlim[RLIMIT_DATA].rlim_cur)
        return -ENOMEM;
    if (new == old)
        return 0;
    heap = vma_at(mm, old - 1);
    next = heap ? vma_next(heap) : find_vma(mm, old);
    if ((heap && heap->vm_end > old) || (next && vma_floor(next) < new))
        return -ENOMEM;
    if (!heap || heap->vm_flags != flags || heap->vm_file)
        return mmap_locked(mm,
                           &(struct mmap_args){.addr = old, .flags = MAP_FIXED},
                           flags, new - old) < 0;
    /* As mmap would, without a new VMA that is joined to it at once. */
    if (mm_charge(mm, flags, (new - old) >> PAGE_SHIFT, 0))
        return -ENOMEM;
    vma_resize(heap, heap->vm_start, new);
    return 0;
}

uint64_t
do_brk(struct mm *mm, uint64_t brk)
{
    uint64_t old, result;

    if (down_write_killable(&mm->mmap_lock))
        return READ_ONCE(mm->brk);
    old = mm->brk;
    if (brk_locked(mm, brk) == 0)
        mm->brk = brk;
    result = mm->brk;
    mmap_write_unlock(mm);
    if ((READ_ONCE(mm->def_flags) & VM_LOCKED) && result > old)
        mm_populate(mm, old, result - old, POPULATE_TRY);
    return result;
}

/* --- The stack */

/* Reading will not do for it, and all may change between the two locks. */
struct vm_area *
grow_stack_to(struct mm *mm, uint64_t addr)
{
    vaddr_t start = addr & PAGE_MASK, lowest = USER_MIN + STACK_GUARD_GAP;
    struct vm_area *vma = find_vma(mm, addr), *prev;

    if (!vma || !(vma->vm_flags & VM_GROWSDOWN))
        return NULL;
    up_read(&mm->mmap_lock);
    down_write(&mm->mmap_lock);
    vma = find_vma(mm, addr);
    prev = vma ? vma_prev(vma) : NULL;
    /* Two stacks, or a VMA that guards (PROT_NONE), may lie closer. */
    if (prev && (prev->vm_flags & VM_ACCESS) &&
        !(prev->vm_flags & VM_GROWSDOWN))
        lowest = prev->vm_end + STACK_GUARD_GAP;
    /* Its indexes end at 0, which only one that was moved up can reach. */
    if (vma && (vma->vm_flags & VM_GROWSDOWN) && start >= lowest &&
        vma->vm_start > start &&
        vma->vm_start - start <= vma->vm_pgoff << PAGE_SHIFT &&
        vma->vm_end - start <= current->rlim[RLIMIT_STACK].rlim_cur &&
        mm_charge(mm, vma->vm_flags, (vma->vm_start - start) >> PAGE_SHIFT,
                  0) == 0)
        vma_resize(vma, start, vma->vm_end);
    mmap_write_unlock(mm);
    down_read(&mm->mmap_lock);
    return vma_at(mm, addr);
}
