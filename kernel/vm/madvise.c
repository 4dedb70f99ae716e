/* SPDX-License-Identifier: MIT */
/*
 * madvise.c - what a program says of its memory, and mincore, which tells it
 * what is there.
 *
 *   NORMAL RANDOM SEQUENTIAL     flags of the VMA, for readahead
 *   DONTFORK DOFORK              a flag for fork
 *   WILLNEED                     read the file ahead
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
 * Locks: mmap_lock, for writing where flags change; page_table_lock.
 *
 * Not done: mincore tells of any file that can be mapped, also who could not
 * write it.  Other advice is -EINVAL.
 */

#include "riscv/uaccess.h"
#include "vm/limits.h"
#include "vm/pgtable.h"
#include "vm/reclaim.h"
#include "vm/vma.h"

enum { MINCORE_CHUNK = 256 };

/*
 * The page of an entry is ours alone: let it look unwritten.
 * => page_table_lock held; true: the TLBs must forget D
 */
static bool
free_lazily(pte_t *p, uint64_t unused)
{
    pte_t pte = pte_read(p);
    struct page *page;

    (void)unused;
    if (!pte_mapped(pte) || pte_special(pte))
        return false;
    page = pfn_to_page(pte_pfn(pte));
    if (!page_test(page, PG_anon) || atomic_read(&page->mapcount) != 1 ||
        atomic_read(&page->refcount) != 1 || !isolate_lru_page(page))
        return false;
    page_clear(page, PG_swapbacked); /* the list depends on it */
    page_clear(page, PG_active);
    page_clear(page, PG_dirty);
    putback_lru_pages(&page, 1);
    count_vm_event(PGLAZYFREE);
    pte_and(p, ~(uint64_t)(PTE_A | PTE_D));
    return true;
}

static int
dontneed(struct vm_area *vma, struct range_op *op)
{
    struct tlb_gather g;

    if (vma->vm_flags & (VM_LOCKED | VM_PFNMAP))
        return -EINVAL;
    gather_begin(&g, vma->vm_mm, false);
    zap_range(&g, vma, op->start, op->end);
    gather_flush(&g);
    return 0;
}

static int
lazyfree(struct vm_area *vma, struct range_op *op)
{
    if ((vma->vm_flags & VM_LOCKED) || vma->vm_file)
        return -EINVAL;
    range_change_ptes(vma->vm_mm, op->start, op->end, free_lazily, 0);
    return 0;
}

static int
willneed(struct vm_area *vma, struct range_op *op)
{
    if (vma->mapping)
        readahead_range(vma->mapping, vma_index(vma, op->start),
                        (op->end - op->start) >> PAGE_SHIFT);
    return 0;
}

static int
set_flags(struct vm_area *vma, struct range_op *op)
{
    int err;

    if ((op->clear & VM_DONTCOPY) && (vma->vm_flags & VM_PFNMAP))
        return -EINVAL;
    err = range_set_flags(vma, op);
    return err == -ENOMEM ? -EAGAIN : err;
}

static const struct range_op advice_ops[] = {
    [MADV_NORMAL] = {set_flags, .clear = VM_RAND_READ | VM_SEQ_READ},
    [MADV_RANDOM] = {set_flags, .set = VM_RAND_READ, .clear = VM_SEQ_READ},
    [MADV_SEQUENTIAL] = {set_flags, .set = VM_SEQ_READ, .clear = VM_RAND_READ},
    [MADV_DONTFORK] = {set_flags, .set = VM_DONTCOPY},
    [MADV_DOFORK] = {set_flags, .clear = VM_DONTCOPY},
    [MADV_WILLNEED] = {willneed, .shared = true},
    [MADV_DONTNEED] = {dontneed, .shared = true},
    [MADV_FREE] = {lazyfree, .shared = true},
    [MADV_POPULATE_READ] = {populate, .shared = true, .how = POPULATE_READ},
    [MADV_POPULATE_WRITE] = {populate, .shared = true, .how = POPULATE_WRITE},
};

int
do_madvise(struct mm *mm, uint64_t addr, uint64_t len, uint32_t advice)
{
    struct range_op op;

    if (advice >= ARRAY_SIZE(advice_ops) || !advice_ops[advice].fn)
        return -EINVAL;
    op = advice_ops[advice];
    op.on_hole = op.fn == populate ? HOLE_STOP : HOLE_REPORT;
    return range_call(mm, addr, len, -EINVAL, &op);
}

/* --- mincore */

/* => mmap_lock held */
static bool
is_resident(const struct vm_area *vma, vaddr_t addr)
{
    pte_t *p = pgtable_find(vma->vm_mm, addr);
    struct page *page;
    bool there;

    if (p && pte_mapped(pte_read(p)))
        return true;
    page =
        vma->mapping ? find_get_page(vma->mapping, vma_index(vma, addr)) : NULL;
    if (!page)
        return false;
    there = page_test(page, PG_uptodate);
    put_page(page);
    return there;
}

int
do_mincore(struct mm *mm, uint64_t addr, uint64_t len, uint8_t *user_vec)
{
    uint8_t chunk[MINCORE_CHUNK];
    vaddr_t end = addr + len;

    if (addr & ~PAGE_MASK)
        return -EINVAL;
    if (len > USER_END || end > USER_END)
        return -ENOMEM;
    while (addr < end) {
        struct vm_area *vma = NULL;
        size_t n = 0;

        if (down_read_killable(&mm->mmap_lock))
            return -EINTR;
        for (; n < MINCORE_CHUNK && addr < end; addr += PAGE_SIZE) {
            vma = vma_at(mm, addr);
            if (!vma)
                break;
            chunk[n++] = is_resident(vma, addr);
        }
        up_read(&mm->mmap_lock);
        if (copy_to_user(user_vec, chunk, n)) /* may fault: no lock held */
            return -EFAULT;
        if (!vma)
            return -ENOMEM;
        user_vec += n;
    }
    return 0;
}
