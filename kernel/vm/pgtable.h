/* SPDX-License-Identifier: MIT */
/*
 * pgtable.h - the user half of a page table: finding entries, making and
 * freeing tables, and the batch that frees what was unmapped.
 *
 * What a leaf entry of the user half means:
 *
 *   V PROTNONE  rest          meaning
 *   0    0      0             none: nothing was there
 *   0    0      not 0         a swap entry (swap.h)
 *   0    1      pfn, A, D     a page in a VMA without any access (PROT_NONE)
 *   1    0      pfn, bits     a page
 *
 * The last two are "mapped": they hold a reference and a mapcount, unless they
 * are PTE_SPECIAL: the zero page, or a device's memory, which has no struct
 * page.  Nobody counts those.
 */
#pragma once

#include "mm/page.h"
#include "vm/mm.h"

#define PTE_PROTNONE PTE_SOFT0
#define PTE_SPECIAL PTE_SOFT1
/* What depends on the VMA's permissions. */
#define PTE_ACCESS                                                             \
    ((uint64_t)(PTE_V | PTE_PROTNONE | PTE_U | PTE_R | PTE_W | PTE_X))

/* Behind the last user table, for free_pgtables(). */
#define USER_TABLES_END (KERNEL_ROOT_INDEX * PT_LEVEL_SIZE(PT_ROOT_LEVEL))

/*
 * The one frame of zeroes that untouched memory reads from.  It is counted
 * nowhere: no mapcount, no RSS.
 */
extern pfn_t zero_pfn;

/* PTE bits for a VMA's permissions; W means it may be writable. */
static inline uint64_t
vm_prot(uint32_t vm_flags)
{
    uint64_t access = (vm_flags & VM_ACCESS) * PTE_R; /* PTE_W, PTE_X follow */

    /* RISC-V has no writable page that cannot be read. */
    return access ? PTE_V | PTE_U | access | (access & PTE_W) / 2
                  : PTE_PROTNONE | PTE_U;
}

PTE_TEST(mapped, PTE_V | PTE_PROTNONE)
PTE_TEST(special, PTE_SPECIAL)

static inline pte_t *
pte_table(pte_t pte)
{
    return __va(pte_pfn(pte) << PAGE_SHIFT);
}

/* The first address behind what the entry of this level for a serves. */
#define PT_NEXT(a, level)                                                      \
    (ALIGN_DOWN(a, PT_LEVEL_SIZE(level)) + PT_LEVEL_SIZE(level))

/*
 * The root, the middle, the leaf entry of addr, or NULL if there is no table
 * for it.
 * => mmap_lock or page_table_lock held
 */
static inline pte_t *
pgtable_root(const struct mm *mm, vaddr_t addr)
{
    return &mm->pgd[pte_index(addr, PT_ROOT_LEVEL)];
}

static inline pte_t *
pgtable_mid(const struct mm *mm, vaddr_t addr)
{
    pte_t pte = pte_read(pgtable_root(mm, addr));

    return pte_present(pte) ? &pte_table(pte)[pte_index(addr, 1)] : NULL;
}

static inline pte_t *
pgtable_find(const struct mm *mm, vaddr_t addr)
{
    pte_t *mid = pgtable_mid(mm, addr), pte = mid ? pte_read(mid) : PTE_NONE;

    return pte_present(pte) ? &pte_table(pte)[pte_index(addr, 0)] : NULL;
}

/* As pgtable_find, but make the tables.  => may sleep; NULL: no memory */
pte_t *pgtable_alloc(struct mm *mm, vaddr_t addr);

/*
 * The next leaf table with entries for [*addr, end): moves *addr up to the
 * first address it covers, sets *stop behind the last and returns the entry
 * of *addr; NULL if there is none.
 * => mmap_lock or page_table_lock held
 */
pte_t *pgtable_next(const struct mm *mm, vaddr_t *addr, vaddr_t end,
                    vaddr_t *stop);

/* An empty table; back again, unlinked and flushed.  NULL: no memory */
struct page *table_alloc(struct mm *mm);
void table_free(struct mm *mm, struct page *page);

/* --- zap.c: taking mappings away, in batches */
enum { GATHER_PAGES = 64 };

struct tlb_gather {
    struct mm *mm;
    vaddr_t start, end;      /* entries changed since the last flush */
    struct list_head tables; /* table pages that were unlinked */
    uint64_t seen;           /* flags that some of pages have */
    unsigned nr;
    struct page *pages[GATHER_PAGES]; /* a reference of each to drop */
};

void gather_begin(struct tlb_gather *g, struct mm *mm);
/* Flush the TLBs, then free what was gathered.  => may sleep, no spinlock */
void gather_flush(struct tlb_gather *g);

/*
 * Unmap the pages of [start, end), which lies in vma.
 * => mmap_lock, or i_mmap_lock of vma's mapping held
 */
void zap_range(struct tlb_gather *g, struct vm_area *vma, vaddr_t start,
               vaddr_t end);
/*
 * Unlink the tables that serve only [start, end), where nothing is mapped
 * any more and which has no VMA; its neighbours end at floor and begin at
 * ceiling.
 * => mmap_lock held for writing
 */
void free_pgtables(struct tlb_gather *g, vaddr_t start, vaddr_t end,
                   vaddr_t floor, vaddr_t ceiling);
