/* SPDX-License-Identifier: MIT */
/*
 * zap.c - taking mappings away: munmap, exit, truncate.
 *
 * A frame or a table may be used again only after every hart that could
 * reach it has forgotten the translation.  So unmapping is done in batches:
 * clear entries and note the pages (struct tlb_gather), flush the TLBs once,
 * then drop the references.  If tables were unlinked, the whole address space
 * is flushed, since harts also remember upper levels.  When the mm is dying
 * no hart runs in it, so there is nothing to flush: its ASID is not given
 * out again without a flush (riscv/mmu.c).
 *
 * Locks: page_table_lock for each stretch of at most GATHER_PAGES pages.
 * Dirty bits need no care here: a shared PTE has W only while its page is
 * dirty already (writeback.c, I4).
 */

#include "vm/reclaim.h"
#include "vm/swap.h"

/* A batch with nothing in it yet; not all of it is written: pages is large. */
static void
gather_clear(struct tlb_gather *g)
{
    g->start = UINT64_MAX;
    g->end = 0;
    g->nr = 0;
    g->swapcache = false;
    list_init(&g->tables);
}

void
gather_begin(struct tlb_gather *g, struct mm *mm, bool full)
{
    g->mm = mm;
    g->full = full;
    gather_clear(g);
    mm_hiwater_rss(mm); /* RSS falls now: note how high it was */
}

void
gather_flush(struct tlb_gather *g)
{
    struct page *table, *tmp;

    if (g->full)
        ; /* nobody can look */
    else if (!list_empty(&g->tables))
        mmu_flush_all(&g->mm->mmu);
    else if (g->start < g->end)
        mmu_flush_range(&g->mm->mmu, g->start, g->end);
    for (unsigned i = 0; unlikely(g->swapcache) && i < g->nr; i++)
        free_orphaned_swap(g->pages[i]);
    put_pages(g->pages, g->nr);
    list_for_each_entry_safe(table, tmp, &g->tables, lru)
        table_free(g->mm, table);
    gather_clear(g);
}

/*
 * Clear up to n entries from p on; stops when the batch is full.
 * => page_table_lock held; returns how many were looked at
 */
static unsigned
zap_ptes(struct tlb_gather *g, pte_t *p, uint64_t n, vaddr_t addr)
{
    struct mm *mm = g->mm;
    bool any = false;
    unsigned i;

    for (i = 0; i < n && g->nr < GATHER_PAGES; i++) {
        struct page *page;
        enum mm_counter type;
        pte_t old = pte_read(&p[i]);

        if (pte_none(old))
            continue;
        old = pte_xchg(&p[i], PTE_NONE); /* with the last A that was set */
        if (!pte_mapped(old)) {
            atomic_dec(&mm->rss[MM_SWAPENTS]);
            free_swap_and_cache(pte_to_swp_entry(old));
            continue;
        }
        any = true;
        if (pte_special(old))
            continue;
        page = pfn_to_page(pte_pfn(old));
        type = page_counter(page);
        atomic_dec(&mm->rss[type]);
        if (type != MM_ANONPAGES && pte_accessed(old))
            mark_page_accessed(page);
        page_remove_rmap(page);
        g->swapcache |= page_test(page, PG_swapcache);
        g->pages[g->nr++] = page;
    }
    if (any) {
        g->start = MIN(g->start, addr);
        g->end = MAX(g->end, addr + i * PAGE_SIZE);
    }
    return i;
}

void
zap_range(struct tlb_gather *g, struct vm_area *vma, vaddr_t start, vaddr_t end)
{
    struct mm *mm = vma->vm_mm;

    vaddr_t stop;
    pte_t *p;

    while (start < end) {
        spin_lock(&mm->page_table_lock);
        p = pgtable_next(mm, &start, end, &stop);
        if (p)
            stop =
                start +
                PAGE_SIZE * zap_ptes(g, p, (stop - start) >> PAGE_SHIFT, start);
        spin_unlock(&mm->page_table_lock);
        start = p ? stop : end;
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
