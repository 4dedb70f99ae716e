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

void
gather_begin(struct tlb_gather *g, struct mm *mm, bool full)
{
    /* Not all of it: pages is large. */
    g->mm = mm;
    g->full = full;
    g->start = UINT64_MAX;
    g->end = 0;
    g->nr = 0;
    g->swapcache = false;
    list_init(&g->tables);
    for (unsigned i = 0; i < NR_MM_COUNTERS; i++)
        g->rss[i] = 0;
}

static void
drop_pages(struct tlb_gather *g)
{
    mm_hiwater_rss(g->mm); /* RSS falls now: note how high it was */
    for (unsigned i = 0; i < NR_MM_COUNTERS; i++) {
        if (g->rss[i])
            atomic_sub(&g->mm->rss[i], g->rss[i]);
        g->rss[i] = 0;
    }
    if (unlikely(g->swapcache))
        for (unsigned i = 0; i < g->nr; i++)
            free_orphaned_swap(g->pages[i]);
    g->swapcache = false;
    put_pages(g->pages, g->nr);
    g->nr = 0;
}

void
gather_flush(struct tlb_gather *g)
{
    struct mm *mm = g->mm;

    if (g->full)
        ; /* nobody can look */
    else if (!list_empty(&g->tables))
        mmu_flush_all(&mm->mmu);
    else if (g->start < g->end)
        mmu_flush_range(&mm->mmu, g->start, g->end);
    g->start = UINT64_MAX;
    g->end = 0;
    if (g->nr || g->rss[MM_SWAPENTS])
        drop_pages(g);
    if (!list_empty(&g->tables))
        free_table_list(mm, &g->tables);
}

/*
 * Clear up to n entries from p on; stops when the batch is full.
 * => page_table_lock held; returns how many were looked at
 */
static unsigned
zap_ptes(struct tlb_gather *g, pte_t *p, unsigned n, vaddr_t addr)
{
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
            g->rss[MM_SWAPENTS]++;
            free_swap_and_cache(pte_to_swp_entry(old));
            continue;
        }
        any = true;
        if (pte_special(old))
            continue;
        page = pfn_to_page(pte_pfn(old));
        type = page_counter(page);
        g->rss[type]++;
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

    while (start < end) {
        vaddr_t stop;
        pte_t *p;

        spin_lock(&mm->page_table_lock);
        p = pgtable_next(mm, &start, end, &stop);
        if (p)
            start +=
                PAGE_SIZE *
                zap_ptes(g, p, (unsigned)((stop - start) >> PAGE_SHIFT), start);
        spin_unlock(&mm->page_table_lock);
        if (!p)
            break;
        if (g->nr == GATHER_PAGES)
            gather_flush(g);
    }
}

/*
 * The entry of this level for a, or NULL with *size being how much address
 * space the missing upper table would serve.
 */
static pte_t *
table_entry(const struct mm *mm, vaddr_t a, unsigned level, uint64_t *size)
{
    pte_t *entry = &mm->pgd[pte_index(a, PT_ROOT_LEVEL)];

    *size = PT_LEVEL_SIZE(PT_ROOT_LEVEL);
    if (!pte_present(pte_read(entry)))
        return NULL;
    if (level == PT_ROOT_LEVEL)
        return entry;
    entry = &pte_table(pte_read(entry))[pte_index(a, 1)];
    *size = PT_LEVEL_SIZE(1);
    return pte_present(pte_read(entry)) ? entry : NULL;
}

/* Unlink what the entries of this level in [start, end) point to. */
static void
unlink_tables(struct tlb_gather *g, unsigned level, vaddr_t start, vaddr_t end)
{
    uint64_t size;

    for (; start < end; start = ALIGN_DOWN(start, size) + size) {
        pte_t *entry = table_entry(g->mm, start, level, &size);

        if (!entry)
            continue;
        list_add(&pfn_to_page(pte_pfn(pte_read(entry)))->lru, &g->tables);
        spin_lock(&g->mm->page_table_lock);
        pte_xchg(entry, PTE_NONE);
        spin_unlock(&g->mm->page_table_lock);
    }
}

void
free_pgtables(struct tlb_gather *g, vaddr_t start, vaddr_t end, vaddr_t floor,
              vaddr_t ceiling)
{
    for (unsigned level = 1; level <= PT_ROOT_LEVEL; level++) {
        uint64_t size = PT_LEVEL_SIZE(level);
        vaddr_t lo = ALIGN_DOWN(start, size);
        vaddr_t hi = ALIGN_UP(end, size);

        /* A table that a neighbour needs too stays. */
        if (lo < floor)
            lo += size;
        if (hi > ceiling)
            hi -= size;
        if (lo >= hi)
            return; /* nor then at the next level */
        unlink_tables(g, level, lo, hi);
    }
}
