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

#include "mm/kpgtable.h"
#include "mm/page_alloc.h"

pfn_t zero_pfn;

enum { USER_PAGE = PTE_V | PTE_U };

/* RISC-V has no writable page that cannot be read. */
const uint16_t vm_prot_bits[VM_ACCESS + 1] = {
    [0] = PTE_PROTNONE | PTE_U,
    [VM_READ] = USER_PAGE | PTE_R,
    [VM_WRITE] = USER_PAGE | PTE_R | PTE_W,
    [VM_READ | VM_WRITE] = USER_PAGE | PTE_R | PTE_W,
    [VM_EXEC] = USER_PAGE | PTE_X,
    [VM_READ | VM_EXEC] = USER_PAGE | PTE_R | PTE_X,
    [VM_WRITE | VM_EXEC] = USER_PAGE | PTE_R | PTE_W | PTE_X,
    [VM_READ | VM_WRITE | VM_EXEC] = USER_PAGE | PTE_R | PTE_W | PTE_X,
};

static struct page *
table_alloc(void)
{
    struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);

    if (page) {
        page_set(page, PG_table);
        zone_stat_add(page, NR_PAGETABLE, 1);
    }
    return page;
}

static void
table_free(struct page *page)
{
    page_clear(page, PG_table);
    zone_stat_add(page, NR_PAGETABLE, -1);
    free_pages(page, 0);
}

pte_t *
pgd_alloc(void)
{
    struct page *page = table_alloc();

    if (!page)
        return NULL;
    kpgtable_copy_root(page_address(page));
    return page_address(page);
}

void
pgd_free(pte_t *pgd)
{
    table_free(virt_to_page(pgd));
}

void
free_table_list(struct mm *mm, struct list_head *tables)
{
    struct page *page, *tmp;

    list_for_each_entry_safe(page, tmp, tables, lru) {
        table_free(page);
        atomic_sub(&mm->pgtable_bytes, (int64_t)PAGE_SIZE);
    }
    list_init(tables);
}

/* Put a table into an empty entry.  => false: no memory */
static __noinline bool
install_table(struct mm *mm, pte_t *entry)
{
    struct page *page = table_alloc();

    if (!page)
        return false;
    spin_lock(&mm->page_table_lock);
    if (!pte_present(pte_read(entry))) {
        smp_wmb(); /* its zeroes are seen before it is */
        pte_set(entry, pte_make(page_to_pfn(page), PTE_TABLE));
        atomic_add(&mm->pgtable_bytes, (int64_t)PAGE_SIZE);
        page = NULL;
    }
    spin_unlock(&mm->page_table_lock);
    if (page)
        table_free(page); /* another thread was faster */
    return true;
}

pte_t *
pgtable_alloc(struct mm *mm, vaddr_t addr)
{
    pte_t *table = mm->pgd;

    for (unsigned level = PT_ROOT_LEVEL; level > 0; level--) {
        pte_t *entry = &table[pte_index(addr, level)];

        if (unlikely(!pte_present(pte_read(entry))) &&
            !install_table(mm, entry))
            return NULL;
        table = pte_table(pte_read(entry));
    }
    return &table[pte_index(addr, 0)];
}

pte_t *
pgtable_next(const struct mm *mm, vaddr_t *addr, vaddr_t end, vaddr_t *stop)
{
    vaddr_t a = *addr;

    while (a < end) {
        pte_t pte = pte_read(&mm->pgd[pte_index(a, 2)]);
        unsigned level = 2;

        if (pte_present(pte)) {
            pte = pte_read(&pte_table(pte)[pte_index(a, 1)]);
            level = 1;
        }
        if (level == 1 && pte_present(pte)) {
            *addr = a;
            *stop =
                MIN(ALIGN_DOWN(a, PT_LEVEL_SIZE(1)) + PT_LEVEL_SIZE(1), end);
            return &pte_table(pte)[pte_index(a, 0)];
        }
        a = ALIGN_DOWN(a, PT_LEVEL_SIZE(level)) + PT_LEVEL_SIZE(level);
    }
    return NULL;
}
