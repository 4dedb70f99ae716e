/* SPDX-License-Identifier: MIT */
/*
 * range.c - what a program does to a range of its memory: mprotect, madvise,
 * mlock, and mincore, which tells it what is there.
 *
 * range_call() walks the VMAs of a range and does the same to each part.  What
 * changes flags splits a VMA at the ends of the range, gives the part its new
 * flags, and joins it with neighbours that have become equal
 * (vma_change_flags).
 *
 * mprotect then gives the PTEs the new bits, with one flush for each VMA.  W
 * is never given here, only taken: whether a frame may be written is for
 * do_wp_page to find out at the first write.
 *
 * madvise:
 *   NORMAL RANDOM SEQUENTIAL     flags of the VMA, for readahead
 *   DONTFORK DOFORK              a flag for fork
 *   WILLNEED                     read it ahead, file or swap area
 *   DONTNEED                     drop the pages now: zeroes, or the file, next
 *   FREE                         reclaim may drop them, if still unwritten
 *   POPULATE_READ POPULATE_WRITE fault them in, and say what went wrong
 *
 * MADV_FREE makes a page look as if nobody had written to it: its PTE loses
 * D, the page PG_dirty, and PG_swapbacked, which says that a clean page has a
 * copy nowhere.  An anonymous page without PG_swapbacked (it is on the file
 * lists) may be dropped instead of swapped while its PTEs are clean.  A write
 * sets D again; who then finds it set gives PG_swapbacked back.  A page that
 * others share is left alone.
 *
 * mlock is a flag of the VMA, VM_LOCKED; its pages are then faulted in.  The
 * pages themselves are not marked: reclaim asks the VMAs that map a page, and
 * leaves it alone when one of them is locked.  A page that reclaim is just
 * taking away while we lock is brought back by the faulting in that follows:
 * reclaim looks at vm_flags under the lock of the page table.  What
 * mlockall(MCL_FUTURE) wants of new VMAs is kept in mm->def_flags.  A device's
 * memory needs no lock and gets none.  Locks are not inherited by fork, and
 * end with exec.
 *
 * Locks: mmap_lock, for writing where flags change; page_table_lock for one
 * table at a time; none while faulting in.
 *
 * Not done: mincore tells of any file that can be mapped, also who could not
 * write it.  Other advice is -EINVAL.
 */
#include "riscv/uaccess.h"
#include "sched/task.h"
#include "vm/reclaim.h"
#include "vm/swap.h"
#include "vm/vma.h"

/* --- A range */

/*
 * Call op->fn for the parts of [addr, end) in order, up to the first error.
 * => mmap_lock held, for writing unless op->shared
 */
static int
range_locked(struct mm *mm, vaddr_t addr, vaddr_t end, struct range_op *op)
{
    int hole = 0, err = 0;

    if (op->set & VM_LOCKED) /* as a whole, or not at all */
        err = may_mlock(mm, mm_pages_with(mm, addr, end, 0) -
                                mm_pages_with(mm, addr, end, VM_LOCKED));
    while (addr < end && !err) {
        struct vm_area *vma = find_vma(mm, addr);

        if (!vma || vma->vm_start > addr)
            hole = op->on_hole == HOLE_IGNORE ? 0 : -ENOMEM;
        if (!vma || vma->vm_start >= end || (hole && op->on_hole == HOLE_STOP))
            break;
        op->start = MAX(addr, vma->vm_start);
        op->end = addr = MIN(end, vma->vm_end);
        if (vma->vm_flags & op->refuse)
            err = -EINVAL;
        else if (!(vma->vm_flags & op->skip))
            err = op->fn(vma, op); /* vma may have been split or merged */
    }
    return err ? err : hole;
}

int
range_call(struct mm *mm, uint64_t addr, uint64_t len, int wrapped,
           struct range_op *op)
{
    vaddr_t end = ALIGN_UP(addr + len, PAGE_SIZE);
    int err;

    if (addr & ~PAGE_MASK)
        return -EINVAL;
    if (len > PAGE_MASK - addr)
        return wrapped;
    if (end > USER_END)
        return -ENOMEM;
    if (rwsem_lock(&mm->mmap_lock, !op->shared, TASK_KILLABLE, 0))
        return -EINTR;
    err = range_locked(mm, addr, end, op);
    if (op->shared)
        up_read(&mm->mmap_lock);
    else
        mmap_write_unlock(mm);
    return err;
}

/* An fn: take the flags op->clear, give op->set. */
static int
set_flags(struct vm_area *vma, struct range_op *op)
{
    uint32_t flags = (vma->vm_flags & ~op->clear) | op->set;

    return vma_change_flags(vma, op->start, op->end, flags) ? op->no_memory : 0;
}

/*
 * Call fn for every entry of the tables of op's part; if one returned true,
 * which means that it took something away, flush the part.
 * => fn is called with page_table_lock held
 */
static void
change_ptes(struct mm *mm, struct range_op *op,
            bool (*fn)(pte_t *p, uint64_t arg), uint64_t arg)
{
    vaddr_t addr = op->start, stop;
    bool changed = false;
    pte_t *p;

    while ((p = pgtable_next(mm, &addr, op->end, &stop))) {
        spin_lock(&mm->page_table_lock);
        for (; addr < stop; addr += PAGE_SIZE)
            changed |= fn(p++, arg);
        spin_unlock(&mm->page_table_lock);
    }
    if (changed)
        mmu_flush_range(&mm->mmu, op->start, op->end);
}

/* --- mprotect */

/* Give a mapped page the access bits of prot, without W. */
static bool
protect_pte(pte_t *p, uint64_t prot)
{
    pte_t old, new;

    do { /* the hardware may set A or D meanwhile */
        old = pte_read(p);
        new.val =
            (old.val & ~PTE_ACCESS) | (prot & (old.val | ~(uint64_t)PTE_W));
        if (!pte_mapped(old) || new.val == old.val)
            return false;
    } while (!pte_cmpxchg(p, old, new));
    return true;
}

static int
protect(struct vm_area *vma, struct range_op *op)
{
    struct mm *mm = vma->vm_mm;
    uint32_t old = vma->vm_flags, flags = (old & ~op->clear) | op->set;
    uint64_t pages = (op->end - op->start) >> PAGE_SHIFT;
    uint32_t account = 0;
    int err;

    if (op->set & ~(flags >> MAY_SHIFT))
        return -EACCES;
    if (flags == old)
        return 0;
    /* Is it that it becomes data? */
    if (!may_expand(mm, flags, pages) && may_expand(mm, old, pages))
        return -ENOMEM;
    if ((flags & VM_WRITE) &&
        !(old & (VM_ACCOUNT | VM_WRITE | VM_SHARED | VM_NORESERVE)))
        account = VM_ACCOUNT;
    err = commit_charge(mm, account, pages)
              ?: vma_change_flags(vma, op->start, op->end, flags | account);
    if (err)
        return err;
    if (flags & VM_EXEC)
        fence_i_all(); /* code may have been written here */
    change_ptes(mm, op, protect_pte, vm_prot(flags));
    return 0;
}

int
do_mprotect(struct mm *mm, uint64_t addr, uint64_t len, uint32_t prot)
{
    struct range_op op = {.fn = protect, .clear = VM_ACCESS, .set = prot};

    if (prot & ~(uint32_t)VM_ACCESS)
        return -EINVAL;
    return range_call(mm, addr, len, -ENOMEM, &op);
}

/* --- madvise */

/*
 * The page of an entry is ours alone: let it look unwritten.
 * => page_table_lock held; true: the TLBs must forget D
 */
static bool
free_lazily(pte_t *p, uint64_t unused __maybe_unused)
{
    pte_t pte = pte_read(p);
    struct page *page;

    if (!pte_mapped(pte) || pte_special(pte))
        return false;
    page = pfn_to_page(pte_pfn(pte));
    if (!page_test(page, PG_anon) || atomic_read(&page->mapcount) != 1 ||
        !lru_change(page, 1,
                    BIT(PG_swapbacked) | BIT(PG_active) | BIT(PG_dirty), 0))
        return false;
    count_vm_event(PGLAZYFREE);
    pte_and(p, ~(uint64_t)(PTE_A | PTE_D));
    return true;
}

static int
dontneed(struct vm_area *vma, struct range_op *op)
{
    struct tlb_gather g;

    gather_begin(&g, vma->vm_mm);
    zap_range(&g, vma, op->start, op->end);
    gather_flush(&g);
    return 0;
}

static int
lazyfree(struct vm_area *vma, struct range_op *op)
{
    if (vma->vm_file)
        return -EINVAL;
    change_ptes(vma->vm_mm, op, free_lazily, 0);
    return 0;
}

static int
willneed(struct vm_area *vma, struct range_op *op)
{
    vaddr_t addr = op->start, stop;
    pte_t *p;

    if (vma->mapping)
        readahead_range(vma->mapping, vma_index(vma, op->start),
                        (op->end - op->start) >> PAGE_SHIFT);
    for (; (p = pgtable_next(vma->vm_mm, &addr, op->end, &stop)); addr = stop)
        for (; addr < stop; addr += PAGE_SIZE, p++) {
            pte_t pte = pte_read(p);
            swp_entry_t e = pte_to_swp_entry(pte);

            if (pte_swapped(pte)) /* or was: then nothing has its slot */
                readahead_range(&swap_area_of(e)->cache, swp_offset(e), 1);
        }
    return 0;
}

static const struct range_op advice_ops[] = {
    [MADV_NORMAL] = {set_flags, .clear = VM_RAND_READ | VM_SEQ_READ},
    [MADV_RANDOM] = {set_flags, .set = VM_RAND_READ, .clear = VM_SEQ_READ},
    [MADV_SEQUENTIAL] = {set_flags, .set = VM_SEQ_READ, .clear = VM_RAND_READ},
    [MADV_DONTFORK] = {set_flags, .set = VM_DONTCOPY},
    [MADV_DOFORK] = {set_flags, .clear = VM_DONTCOPY, .refuse = VM_PFNMAP},
    [MADV_WILLNEED] = {willneed, .shared = true},
    [MADV_DONTNEED] = {dontneed, .shared = true,
                       .refuse = VM_LOCKED | VM_PFNMAP},
    [MADV_FREE] = {lazyfree, .shared = true, .refuse = VM_LOCKED},
    [MADV_POPULATE_READ] = {populate, .shared = true, .refuse = VM_PFNMAP,
                            .how = POPULATE_READ},
    [MADV_POPULATE_WRITE] = {populate, .shared = true, .refuse = VM_PFNMAP,
                             .how = POPULATE_WRITE},
};

int
do_madvise(struct mm *mm, uint64_t addr, uint64_t len, uint32_t advice)
{
    struct range_op op;

    if (advice >= ARRAY_SIZE(advice_ops) || !advice_ops[advice].fn)
        return -EINVAL;
    op = advice_ops[advice];
    op.no_memory = -EAGAIN;
    op.on_hole = op.fn == populate ? HOLE_STOP : HOLE_REPORT;
    return range_call(mm, addr, len, -EINVAL, &op);
}

/* --- mlock */

static const struct range_op lock_op = {set_flags, .set = VM_LOCKED,
                                        .clear = VM_LOCKED, .skip = VM_PFNMAP,
                                        .no_memory = -ENOMEM};

int
do_mlock(struct mm *mm, uint64_t addr, uint64_t len, bool lock)
{
    struct range_op op = lock_op;
    int err;

    op.set = lock ? VM_LOCKED : 0;
    len += addr & ~PAGE_MASK;
    addr &= PAGE_MASK;
    err = range_call(mm, addr, len, -EINVAL, &op);
    if (err || !lock)
        return err;
    err = mm_populate(mm, addr, len, POPULATE_LOCK);
    /* The names that POSIX has for these. */
    return err == -EFAULT ? -ENOMEM : err == -ENOMEM ? -EAGAIN : err;
}

int
do_mlockall(struct mm *mm, uint32_t flags)
{
    struct range_op op = lock_op;
    int err = 0;

    if (flags & ~(uint32_t)(MCL_CURRENT | MCL_FUTURE))
        return -EINVAL;
    if (flags && may_mlock(mm, 0) == -EPERM)
        return -EPERM;
    op.set = flags ? VM_LOCKED : 0;
    op.on_hole = HOLE_IGNORE;
    if (down_write_killable(&mm->mmap_lock))
        return -EINTR;
    if (flags != MCL_FUTURE)
        err = range_locked(mm, 0, USER_END, &op);
    if (!err)
        mm->def_flags = flags & MCL_FUTURE ? VM_LOCKED : 0;
    mmap_write_unlock(mm);
    if (!err && (flags & MCL_CURRENT))
        mm_populate(mm, 0, USER_END, POPULATE_TRY); /* as far as it goes */
    return err;
}

/* --- mincore */

int
do_mincore(struct mm *mm, uint64_t addr, uint64_t len, uint8_t *user_vec)
{
    vaddr_t end = addr + len;

    if (addr & ~PAGE_MASK)
        return -EINVAL;
    if (len > USER_END || addr > USER_END - len)
        return -ENOMEM;
    for (; addr < end; addr += PAGE_SIZE) {
        struct page *page = NULL;
        struct vm_area *vma;
        uint8_t there;
        swp_entry_t e;
        pte_t *p, pte;

        if (fatal_signal_pending(current) || down_read_killable(&mm->mmap_lock))
            return -EINTR;
        vma = vma_at(mm, addr);
        p = pgtable_find(mm, addr);
        pte = p ? pte_read(p) : PTE_NONE;
        e = pte_to_swp_entry(pte);
        there = pte_mapped(pte);
        if (pte_swapped(pte))
            page = find_get_page(&swap_area_of(e)->cache, swp_offset(e));
        else if (!there && vma && vma->mapping)
            page = find_get_page(vma->mapping, vma_index(vma, addr));
        up_read(&mm->mmap_lock);
        if (!vma)
            return -ENOMEM;
        if (page) {
            there = page_test(page, PG_uptodate);
            put_page(page);
        }
        if (copy_to_user(user_vec++, &there, 1)) /* may fault: no lock held */
            return -EFAULT;
    }
    return 0;
}
