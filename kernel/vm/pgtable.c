/* SPDX-License-Identifier: MIT */
/*
 * pgtable.c - page tables of address spaces: walking and making them.
 *
 *   va   38     30 29     21 20     12 11        0
 *       +---------+---------+---------+-----------+
 *       | level 2 | level 1 | level 0 |  offset   |     9 + 9 + 9 + 12 bits
 *       +---------+---------+---------+-----------+
 *           root      mid       leaf
 *
 * Tables are made on the way down, outside any lock, since that may sleep;
 * page_table_lock then decides who installs his.  They go in zap.c.
 *
 * Invariants
 *   I1  An entry changes only under page_table_lock.
 *   I2  A table is unlinked only with mmap_lock held for writing, under
 *       page_table_lock: who holds either may walk.
 */
#include "vm/pgtable.h"

#include "mm/page_alloc.h"

pfn_t zero_pfn;

struct page *
table_alloc(struct mm *mm)
{
    struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);

    if (page) {
        page_set(page, PG_table);
        zone_stat_add(page, NR_PAGETABLE, 1);
        atomic_add(&mm->pgtable_bytes, (int64_t)PAGE_SIZE);
    }
    return page;
}

void
table_free(struct mm *mm, struct page *page)
{
    page_clear(page, PG_table);
    zone_stat_add(page, NR_PAGETABLE, -1);
    atomic_sub(&mm->pgtable_bytes, (int64_t)PAGE_SIZE);
    free_pages(page, 0);
}

/* Put a table into an empty entry.  => false: no memory */
static __noinline bool
install_table(struct mm *mm, pte_t *entry)
{
    struct page *page = table_alloc(mm);
    bool ours;

    if (!page)
        return false;
    spin_lock(&mm->page_table_lock);
    /* With release: its zeroes are seen before it is. */
    ours = pte_cmpxchg(entry, PTE_NONE, pte_make(page_to_pfn(page), PTE_TABLE));
    spin_unlock(&mm->page_table_lock);
    if (!ours)
        table_free(mm, page); /* another thread was faster */
    return true;
}

pte_t *
pgtable_alloc(struct mm *mm, vaddr_t addr)
{
    pte_t *entry = pgtable_root(mm, addr);

    for (unsigned level = PT_ROOT_LEVEL; level-- > 0;) {
        if (unlikely(!pte_present(pte_read(entry))) &&
            !install_table(mm, entry))
            return NULL;
        entry = &pte_table(pte_read(entry))[pte_index(addr, level)];
    }
    return entry;
}

pte_t *
pgtable_next(const struct mm *mm, vaddr_t *addr, vaddr_t end, vaddr_t *stop)
{
    vaddr_t a = *addr;

    while (a < end) {
        pte_t *mid = pgtable_mid(mm, a);
        vaddr_t next = PT_NEXT(a, mid ? 1 : PT_ROOT_LEVEL);

        if (mid && pte_present(pte_read(mid))) {
            *addr = a;
            *stop = MIN(next, end);
            return &pte_table(pte_read(mid))[pte_index(a, 0)];
        }
        a = next;
    }
    return NULL;
}
