/* SPDX-License-Identifier: MIT */
/*
 * rmap.c - reverse mapping: from a frame to every PTE that maps it.
 *
 * What: reclaim and truncate begin with a frame and must take it away from
 * whoever maps it.  How: the page knows a set of VMAs, and its index in them:
 *
 *     file, shmem  page->mapping -> i_mmap: an interval tree of VMAs
 *     anonymous    page->anon_vma -> the same in each node of a subtree
 *                  (anon_vma.c)
 *
 *     addr = vm_start + (page->index - vm_pgoff) pages, in vma->vm_mm
 *
 * Only VMAs that may map the page's index are looked at, however many others
 * the file has.  Not every one of them maps the page: one may have its own
 * copy, or have been moved or cut at this very moment.  The PTE decides: under
 * page_table_lock it either has this frame's number or is left alone.
 *
 * Invariants
 *   I1  mapcount and RSS change together with the PTE, under its
 *       page_table_lock, but for new anonymous pages, and those that are mapped
 *       around a fault: their RSS follows.
 *   I2  fork puts the child's VMA behind its parent's in i_mmap, as equals lie
 *       in the order of their coming: a walk that has seen the parent's PTE
 *       will still see the copy.  (A walk of the anonymous kind that misses one
 *       finds mapcount not 0 at its end.)
 *   I3  An anonymous page is unmapped only when it is in the swap cache; each
 *       PTE is replaced by its swap entry and counts in the swap map.  One
 *       without PG_swapbacked (MADV_FREE) is if it has not been written since.
 *
 * Locks: page lock > i_mmap_lock or anon_vma lock > page_table_lock, one at a
 * time.
 *
 * See: anon_vma.c; lib/interval.c; Linux, mm/rmap.c.
 */
#include "vm/rmap.h"

#include "vm/swap.h"
#include "vm/vma.h"

void
page_add_new_anon_rmap(struct page *page, struct vm_area *vma, uint64_t addr)
{
    uint64_t flags = atomic_read(&page->flags);

    page->anon_vma = vma->anon_vma;
    page->index = vma_index(vma, addr);
    /* Nobody else knows the page, so its flags need no atomic change. */
    atomic_set(&page->flags,
               flags | BIT(PG_anon) | BIT(PG_swapbacked) | BIT(PG_uptodate));
    atomic_set(&page->mapcount, 1);
    zone_stat_add(page, NR_ANON_PAGES, 1);
}

void
page_add_anon_rmap(struct page *page, struct vm_area *vma, uint64_t addr,
                   bool exclusive)
{
    DEBUG_ASSERT(page_test(page, PG_anon) && page_test(page, PG_locked));
    if (atomic_read(&page->mapcount) == 0) {
        page->anon_vma = exclusive ? vma->anon_vma : vma->anon_vma->root;
        page->index = vma_index(vma, addr);
        zone_stat_add(page, NR_ANON_PAGES, 1);
    }
    atomic_inc(&page->mapcount);
}

/* --- Flushing in batches */

void
tlb_batch_flush(struct tlb_batch *batch)
{
    for (unsigned i = 0; i < batch->nr; i++) {
        mmu_flush_all(&batch->mms[i]->mmu);
        mm_drop(batch->mms[i]);
    }
    if (batch->young)
        local_flush_tlb_all();
    batch->young = false;
    batch->nr = 0;
}

/*
 * An entry of mm at addr has changed: flush it at the end of the batch, or at
 * once if the batch is full.
 * => page_table_lock held, so the mm lives
 */
static void
batch_add(struct tlb_batch *batch, struct mm *mm, vaddr_t addr)
{
    for (unsigned i = 0; i < batch->nr; i++)
        if (batch->mms[i] == mm)
            return;
    if (batch->nr == TLB_BATCH_MMS) {
        mmu_flush_range(&mm->mmu, addr, addr + PAGE_SIZE);
        return;
    }
    mm_hold(mm);
    batch->mms[batch->nr++] = mm;
}

/* --- Walks */

/* What a walk does with each entry that maps the page, and what it found. */
struct rmap_walk {
    struct page *page;
    struct tlb_batch *batch;
    uint64_t clear;    /* bits to clear; 0: take the entry away */
    uint64_t vm_flags; /* of the VMAs that map it */
    int changed;       /* entries that had such bits, or were taken away */
    bool dirty;        /* one that was taken away was dirty */
};

/*
 * Take the entry at p away.  What replaces it: the swap entry of an anonymous
 * page; nothing, for pages that are cached elsewhere and for anonymous ones
 * that MADV_FREE let go of, unless they were written again: those stay.
 */
static void
unmap_entry(struct rmap_walk *w, struct vm_area *vma, pte_t *p, vaddr_t addr)
{
    struct mm *mm = vma->vm_mm;
    struct page *page = w->page;
    swp_entry_t e = page_swap_entry(page);
    pte_t old;

    if (vma->vm_flags & VM_LOCKED)
        return;
    if (!page_test(page, PG_anon)) {
        old = pte_xchg(p, PTE_NONE);
    } else if (e.val) {
        swap_dup(e);
        old = pte_xchg(p, swp_entry_to_pte(e));
        atomic_inc(&mm->rss[MM_SWAPENTS]);
    } else {
        do { /* ends: D is set once */
            old = pte_read(p);
            w->dirty |= pte_dirty(old);
            if (w->dirty)
                return;
        } while (!pte_cmpxchg(p, old, PTE_NONE));
    }
    w->dirty |= pte_dirty(old);
    batch_add(w->batch, mm, addr);
    w->changed++;
    mm_hiwater_rss(mm);
    atomic_dec(&mm->rss[page_counter(page)]);
    page_remove_rmap(page);
    put_page(page); /* never the last one: the caller has a reference */
}

static void
visit(struct rmap_walk *w, struct vm_area *vma)
{
    uint64_t nr = w->page->index - vma->vm_pgoff;
    vaddr_t addr = vma->vm_start + (nr << PAGE_SHIFT);
    struct mm *mm = vma->vm_mm;
    pte_t *p;

    spin_lock(&mm->page_table_lock);
    p = nr < vma_pages(vma) ? pgtable_find(mm, addr) : NULL;
    if (!p || !pte_mapped(pte_read(p)) ||
        pte_pfn(pte_read(p)) != page_to_pfn(w->page))
        goto unlock; /* it does not map the page */
    w->vm_flags |= vma->vm_flags;
    if (w->clear == 0) {
        unmap_entry(w, vma, p, addr);
    } else if (pte_read(p).val & w->clear) {
        pte_and(p, ~w->clear);
        w->changed++;
        if (w->clear & PTE_W)
            batch_add(w->batch, mm, addr);
        else
            w->batch->young = true;
    }
unlock:
    spin_unlock(&mm->page_table_lock);
}

/*
 * Visit the VMAs that may map the page, while anybody does.
 * => page lock held; false: the lock of an anonymous page's VMAs, or (wait
 *    false) of a file's, was not to be had without waiting, which reclaim
 *    must not do: its holder may wait for memory
 */
static bool
rmap_walk(struct rmap_walk *w, bool wait)
{
    struct page *page = w->page;
    struct address_space *m = page->mapping;
    uint64_t index = page->index;
    struct interval *i;

    DEBUG_ASSERT(page_test(page, PG_locked));
    if (atomic_read(&page->mapcount) == 0)
        return true;
    if (page_test(page, PG_anon)) {
        struct anon_vma *top = page_lock_anon_vma(page);

        if (!top)
            return atomic_read(&page->mapcount) == 0;
        for (struct anon_vma *av = top; av; av = anon_vma_next(av, top))
            for_each_interval(i, &av->vmas, index, index)
                if (atomic_read(&page->mapcount) > 0)
                    visit(w, container_of(i, struct vm_area, in_anon));
        unlock_anon_vma(top);
        return true;
    }
    if (wait)
        down_read(&m->i_mmap_lock);
    else if (!down_read_trylock(&m->i_mmap_lock))
        return false;
    for_each_interval(i, &m->i_mmap, index, index)
        if (atomic_read(&page->mapcount) > 0)
            visit(w, container_of(i, struct vm_area, in_mapping));
    up_read(&m->i_mmap_lock);
    return true;
}

bool
try_to_unmap(struct page *page, struct tlb_batch *batch)
{
    struct rmap_walk w = {.page = page, .batch = batch};

    rmap_walk(&w, false);
    if (w.dirty && page_test(page, PG_anon) && !page_test(page, PG_swapcache))
        page_set(page, PG_swapbacked); /* not to be dropped after all */
    else if (w.dirty)
        set_page_dirty(page);
    if (atomic_read(&page->mapcount) == 0)
        return true;
    /* It will be unlocked, and may be cleaned: no hart may store to it then. */
    if (w.changed)
        tlb_batch_flush(batch);
    return false;
}

int
page_referenced(struct page *page, uint64_t *vm_flags, struct tlb_batch *batch)
{
    struct rmap_walk w = {.page = page, .batch = batch, .clear = PTE_A};
    bool locked = rmap_walk(&w, false);

    *vm_flags = w.vm_flags;
    return locked ? w.changed : 1;
}

void
page_mkclean(struct page *page, struct tlb_batch *batch)
{
    struct rmap_walk w = {.page = page, .batch = batch, .clear = PTE_W | PTE_D};

    /* With the page locked no first PTE can come.  A copy by fork can (I2). */
    rmap_walk(&w, true);
}

void
unmap_mapping_range(struct address_space *m, uint64_t first, uint64_t last)
{
    struct tlb_gather g;
    struct interval *i;

    down_read(&m->i_mmap_lock);
    for_each_interval(i, &m->i_mmap, first, last) {
        struct vm_area *vma = container_of(i, struct vm_area, in_mapping);
        uint64_t lo = MAX(first, i->first), hi = MIN(last, i->last);

        gather_begin(&g, vma->vm_mm);
        zap_range(&g, vma, vma->vm_start + ((lo - vma->vm_pgoff) << PAGE_SHIFT),
                  vma->vm_start + ((hi + 1 - vma->vm_pgoff) << PAGE_SHIFT));
        gather_flush(&g);
    }
    up_read(&m->i_mmap_lock);
}
