/* SPDX-License-Identifier: MIT */
/*
 * mm_copy.c - fork: a copy of an address space, without copying its pages.
 *
 * VMAs are duplicated and page tables are copied entry by entry.  A page that
 * the parent may write and does not share loses its W bit in both tables, so
 * that the first write of either faults and gets its own copy (do_wp_page in
 * fault.c).  The parent's TLB entries are flushed once, at the end: until
 * then its other threads may go on writing to pages that the child, which
 * does not run yet, has already got; mmap_lock keeps them from copying one.
 *
 * Clean pages of files are copied too (the child would fault them in again
 * one by one); a VMA with VM_DONTCOPY is left out.  Locks are not inherited.
 *
 * The loop over the entries is what fork costs: about 25 instructions a page.
 *
 * Locks: mmap_lock of the parent and of the child for writing (rmap can see
 * the child as soon as its first VMA is linked); page_table_lock of both for
 * one table at a time.
 */

#include "vm/limits.h"
#include "vm/rmap.h"
#include "vm/swap.h"
#include "vm/vma.h"

struct copy_ctx {
    struct mm *to, *from;
    bool wrprotected;            /* the parent's TLBs must be flushed */
    int64_t rss[NR_MM_COUNTERS]; /* of the child */
    struct anon_fork anon;
};

/* Copy n entries.  => both page_table_locks held */
static void
copy_ptes(struct copy_ctx *c, pte_t *dst, pte_t *src, unsigned n, bool cow)
{
    for (unsigned i = 0; i < n; i++) {
        pte_t pte = pte_read(&src[i]);

        if (!pte_mapped(pte)) {
            if (pte_none(pte))
                continue;
            swap_dup(pte_to_swp_entry(pte));
            c->rss[MM_SWAPENTS]++;
        }
        /* The old value counts: the hardware may just have set D. */
        if (cow && pte_write(pte)) {
            pte = pte_and(&src[i], ~(uint64_t)PTE_W);
            pte.val &= ~(uint64_t)PTE_W;
            c->wrprotected = true;
        }
        if (pte_mapped(pte) && !pte_special(pte)) {
            struct page *page = pfn_to_page(pte_pfn(pte));

            atomic_inc(&page->refcount);
            atomic_inc(&page->mapcount);
            c->rss[page_counter(page)]++;
        }
        pte_set(&dst[i], pte);
    }
}

/* Copy the entries of a VMA, table by table. */
static int
copy_range(struct copy_ctx *c, struct vm_area *vma)
{
    bool cow = !(vma->vm_flags & VM_SHARED);
    vaddr_t addr = vma->vm_start, stop;
    pte_t *src, *dst;

    for (; (src = pgtable_next(c->from, &addr, vma->vm_end, &stop));
         addr = stop) {
        /* One table of the parent at a time, into one of the child. */
        dst = pgtable_alloc(c->to, addr);
        if (!dst)
            return -ENOMEM;
        spin_lock(&c->from->page_table_lock);
        spin_lock_nested(&c->to->page_table_lock, 1);
        copy_ptes(c, dst, src, (unsigned)((stop - addr) >> PAGE_SHIFT), cow);
        spin_unlock(&c->to->page_table_lock);
        spin_unlock(&c->from->page_table_lock);
    }
    return 0;
}

static int
copy_vma(struct copy_ctx *c, struct vm_area *vma)
{
    struct vm_area *new;
    int err;

    if (commit_charge(vma->vm_flags, vma_pages(vma)))
        return -ENOMEM;
    new = vma_dup(c->to, vma);
    if (!new) {
        commit_uncharge(vma->vm_flags, vma_pages(vma));
        return -ENOMEM;
    }
    new->vm_flags &= ~VM_LOCKS;
    err = anon_vma_fork(new, vma->anon_vma, &c->anon);
    vma_link(new, vma); /* after a failure the end of `to` takes it apart */
    if (err || (vma->vm_flags & VM_PFNMAP))
        return err; /* device memory faults in again */
    return copy_range(c, vma);
}

static int
copy_vmas(struct copy_ctx *c)
{
    struct vm_area *vma;
    int err = 0;

    for (vma = vma_first(c->from); vma && !err; vma = vma_next(vma))
        if (!(vma->vm_flags & VM_DONTCOPY))
            err = copy_vma(c, vma);
    if (c->wrprotected)
        mmu_flush_all(&c->from->mmu);
    for (unsigned i = 0; i < NR_MM_COUNTERS; i++)
        atomic_add(&c->to->rss[i], c->rss[i]);
    return err;
}

int
mm_copy(struct mm *to, struct mm *from)
{
    const size_t layout = offsetof(struct mm, start_code); /* to exe_file */
    struct copy_ctx c = {.to = to, .from = from};
    int err;

    if (down_write_killable(&from->mmap_lock))
        return -EINTR;
    down_write_nested(&to->mmap_lock, 1);
    memcpy((char *)to + layout, (char *)from + layout,
           offsetof(struct mm, exe_file) - layout);
    mm_set_exe_file(to, from->exe_file, from->exe_ops);
    err = copy_vmas(&c);
    up_write(&to->mmap_lock);
    up_write(&from->mmap_lock);
    return err;
}
