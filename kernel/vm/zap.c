/* SPDX-License-Identifier: MIT */
/*
 * zap.c - taking mappings away: munmap, exit, truncate.
 *
 * A frame or a table may be used again only after every hart that could
 * reach it has forgotten the translation.  So unmapping is done in batches:
 * clear entries and note the pages (struct tlb_gather), flush the TLBs once,
 * then drop the references.  If tables were unlinked, the whole address space
 * is flushed, since harts also remember upper levels.  In an mm that dies no
 * hart runs, so the flush finds nobody; its ASID is not given out again without
 * one (riscv/mmu.c).
 *
 * Locks: page_table_lock for each stretch of at most GATHER_PAGES pages.
 * Dirty bits need no care here: a shared PTE has W only while its page is
 * dirty already (writeback.c, I4; shmem.c, I3).  But while a hart may still
 * store through it, write-out must not clean the page for good.  So where one
 * had W its flush comes before the page counts as unmapped, which reclaim waits
 * for, and before the lock is given up, which page_mkclean() waits for.
 */
#include "vm/reclaim.h"
#include "vm/swap.h"

void
gather_begin(struct tlb_gather *g, struct mm *mm)
{
    /* Not all of it: pages is large. */
    g->mm = mm;
    g->start = UINT64_MAX;
    g->end = 0;
    g->nr = 0;
    g->seen = 0;
    list_init(&g->tables);
}

void
gather_flush(struct tlb_gather *g)
{
    struct page *table, *tmp;

    if (!list_empty(&g->tables))
        mmu_flush_all(&g->mm->mmu);
    else if (g->start < g->end)
        mmu_flush_range(&g->mm->mmu, g->start, g->end);
    for (unsigned i = 0; g->seen & BIT(PG_swapcache) && i < g->nr; i++)
        free_orphaned_swap(g->pages[i]);
    if (g->nr)
        put_pages(g->pages, g->nr);
    list_for_each_entry_safe(table, tmp, &g->tables, lru)
        table_free(g->mm, table);
    gather_begin(g, g->mm);
}

/*
 * Take away what the entry at p, which is not none, maps.  *stores: it was a
 * page of a file, or of shared memory, with W.
 * => page_table_lock held; true: the TLBs may remember it
 */
static bool
zap_pte(struct tlb_gather *g, pte_t *p, bool *stores)
{
    pte_t old = pte_xchg(p, PTE_NONE); /* with the last A that was set */
    struct page *page;
    enum mm_counter type;

    if (!pte_mapped(old)) {
        atomic_dec(&g->mm->rss[MM_SWAPENTS]);
        free_swap_and_cache(pte_to_swp_entry(old));
        return false;
    }
    if (pte_special(old))
        return true;
    page = pfn_to_page(pte_pfn(old));
    type = page_counter(page);
    atomic_dec(&g->mm->rss[type]);
    if (type != MM_ANONPAGES && pte_accessed(old))
        mark_page_accessed(page);
    *stores |= type != MM_ANONPAGES && pte_write(old);
    g->seen |= atomic_read(&page->flags);
    g->pages[g->nr++] = page;
    return true;
}

void
zap_range(struct tlb_gather *g, struct vm_area *vma, vaddr_t start, vaddr_t end)
{
    struct mm *mm = vma->vm_mm;

    mm_hiwater_rss(mm); /* RSS falls now: note how high it was */
    while (start < end) {
        vaddr_t from = start, stop;
        bool any = false, stores = false;
        unsigned nr = g->nr;
        pte_t *p, *first, *last;

        spin_lock(&mm->page_table_lock);
        first = p = pgtable_next(mm, &from, end, &stop);
        last = p ? p + (stop - from) / PAGE_SIZE : NULL;
        for (; p < last && g->nr < GATHER_PAGES; p++)
            if (!pte_none(pte_read(p)))
                any |= zap_pte(g, p, &stores);
        start = p ? from + (vaddr_t)(p - first) * PAGE_SIZE : end;
        if (stores)
            mmu_flush_range(&mm->mmu, from, start);
        for (; nr < g->nr; nr++)
            page_remove_rmap(g->pages[nr]);
        spin_unlock(&mm->page_table_lock);
        if (any && !stores) {
            g->start = MIN(g->start, from);
            g->end = MAX(g->end, start);
        }
        if (g->nr == GATHER_PAGES)
            gather_flush(g);
    }
}

void
free_pgtables(struct tlb_gather *g, vaddr_t start, vaddr_t end, vaddr_t floor,
              vaddr_t ceiling)
{
    struct mm *mm = g->mm;

    for (unsigned level = 1; level <= PT_ROOT_LEVEL; level++) {
        uint64_t size = PT_LEVEL_SIZE(level);
        vaddr_t a = ALIGN_DOWN(start, size), stop = ALIGN_UP(end, size);

        /* A table that a neighbour needs too stays. */
        a += a < floor ? size : 0;
        stop -= stop > ceiling ? size : 0;
        if (a >= stop)
            return; /* nor then at the next level */
        while (a < stop) {
            pte_t *p = level == PT_ROOT_LEVEL ? pgtable_root(mm, a)
                                              : pgtable_mid(mm, a);

            if (p && pte_present(pte_read(p))) {
                list_add(&pfn_to_page(pte_pfn(pte_read(p)))->lru, &g->tables);
                spin_lock(&mm->page_table_lock);
                pte_xchg(p, PTE_NONE);
                spin_unlock(&mm->page_table_lock);
            }
            /* Without a middle table, on to what the next one serves. */
            a = p ? a + size : PT_NEXT(a, PT_ROOT_LEVEL);
        }
    }
}
