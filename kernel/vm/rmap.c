/* SPDX-License-Identifier: MIT */
/*
 * rmap.c - reverse mapping: from a frame to every PTE that maps it.
 *
 * What: reclaim and truncate begin with a frame and must take it away from
 * whoever maps it.  How: page->mapping is the file's address_space, whose
 * i_mmap list has every VMA of the file; page->index says which of the VMA's
 * pages it is; the VMA's mm has the page table:
 *
 *     page -> mapping -> i_mmap: vma, vma, ...   addr = vm_start +
 *        \-> index                                (index - vm_pgoff) pages
 *
 * A VMA whose private copy replaced the page does not map this frame; the
 * PTE's frame number tells.
 *
 * Invariants
 *   I1  mapcount and RSS change together with the PTE, under its
 *       page_table_lock, but for new anonymous pages, whose RSS follows.
 *   I2  fork puts the child's VMA behind its parent's on i_mmap: a walk that
 *       has seen the parent's PTE will still see the copy.
 *
 * Locks: page lock > i_mmap_lock > page_table_lock, one at a time.
 *
 * Not done: anonymous pages have no anon_vma yet, so they cannot be found
 * from their frame (nothing takes them away yet); a list instead of an
 * interval tree: a page costs a look at each VMA of its file.
 */
#include "vm/rmap.h"

#include "core/spinlock.h"
#include "lib/assert.h"
#include "lib/macros.h"
#include "mm/page_alloc.h"
#include "riscv/tlb.h"
#include "vm/pagecache.h"
#include "vm/pgtable.h"
#include "vm/vma.h"

static atomic32_t accessed_bits_cleared;

void
page_add_file_rmap(struct page *page)
{
    if (atomic_fetch_add_explicit(&page->mapcount, 1, memory_order_relaxed) ==
        0)
        zone_stat_add(page, NR_FILE_MAPPED, 1);
}

void
page_add_anon_rmap(struct page *page, struct vm_area *vma, uint64_t addr)
{
    uint64_t flags = atomic_read(&page->flags);

    DEBUG_ASSERT(!vma->anon_vma);
    page->mapping = NULL; /* seam: vma->anon_vma */
    page->index = vma->vm_pgoff + ((addr - vma->vm_start) >> PAGE_SHIFT);
    /* Nobody else knows the page, so its flags need no atomic change. */
    atomic_set(&page->flags,
               flags | BIT(PG_anon) | BIT(PG_swapbacked) | BIT(PG_uptodate));
    atomic_set(&page->mapcount, 1);
    zone_stat_add(page, NR_ANON_PAGES, 1);
}

void
page_unmapped(struct page *page)
{
    zone_stat_add(
        page, page_test(page, PG_anon) ? NR_ANON_PAGES : NR_FILE_MAPPED, -1);
}

/* Where vma has page `index` of its file.  => false: it does not */
static bool
vma_address(const struct vm_area *vma, uint64_t index, vaddr_t *addr)
{
    *addr = vma->vm_start + ((index - vma->vm_pgoff) << PAGE_SHIFT);
    return index - vma->vm_pgoff < vma_pages(vma);
}

/* The PTE by which vma maps page, or NULL.  => page_table_lock held */
static pte_t *
rmap_pte(const struct vm_area *vma, const struct page *page, vaddr_t *addr)
{
    pte_t *p;

    if (!vma_address(vma, page->index, addr))
        return NULL;
    p = pgtable_find(vma->vm_mm, *addr);
    if (!p || !pte_mapped(pte_read(p)) ||
        pte_pfn(pte_read(p)) != page_to_pfn(page))
        return NULL;
    return p;
}

/* => true if the PTE was there and dirty; what mlock holds stays */
static bool
unmap_one(struct vm_area *vma, struct page *page)
{
    struct mm *mm = vma->vm_mm;
    pte_t old = PTE_NONE;
    vaddr_t addr;
    pte_t *p;

    spin_lock(&mm->page_table_lock);
    p = vma->vm_flags & VM_LOCKED ? NULL : rmap_pte(vma, page, &addr);
    if (p) {
        old = pte_xchg(p, PTE_NONE);
        mmu_flush_range(&mm->mmu, addr, addr + PAGE_SIZE);
        atomic_dec(&mm->rss[page_counter(page)]);
        page_remove_rmap(page);
        put_page(page); /* never the last one: the caller has a reference */
    }
    spin_unlock(&mm->page_table_lock);
    return pte_dirty(old);
}

static bool
lock_i_mmap(struct address_space *m, bool try)
{
    if (try)
        return down_read_trylock(&m->i_mmap_lock);
    down_read(&m->i_mmap_lock);
    return true;
}

bool
try_to_unmap(struct page *page, bool try)
{
    struct address_space *m = page->mapping;
    struct vm_area *vma;
    bool dirty = false;

    DEBUG_ASSERT(page_test(page, PG_locked));
    if (atomic_read(&page->mapcount) == 0)
        return true;
    if (page_test(page, PG_anon) || !m || !lock_i_mmap(m, try))
        return false;
    list_for_each_entry(vma, &m->i_mmap, i_mmap_link) {
        dirty |= unmap_one(vma, page);
        if (atomic_read(&page->mapcount) == 0)
            break;
    }
    up_read(&m->i_mmap_lock);
    if (dirty)
        set_page_dirty(page);
    return atomic_read(&page->mapcount) == 0;
}

static bool
referenced_one(struct vm_area *vma, struct page *page)
{
    struct mm *mm = vma->vm_mm;
    bool young = false;
    vaddr_t addr;
    pte_t *p;

    spin_lock(&mm->page_table_lock);
    p = rmap_pte(vma, page, &addr);
    if (p && pte_accessed(pte_read(p)))
        young = pte_accessed(pte_and(p, ~(uint64_t)PTE_A));
    spin_unlock(&mm->page_table_lock);
    return young;
}

int
page_referenced(struct page *page, uint64_t *vm_flags)
{
    struct address_space *m = page->mapping;
    struct vm_area *vma;
    vaddr_t addr;
    int n = 0;

    *vm_flags = 0;
    if (atomic_read(&page->mapcount) == 0 || page_test(page, PG_anon) || !m)
        return 0;
    if (!lock_i_mmap(m, true))
        return 1;
    list_for_each_entry(vma, &m->i_mmap, i_mmap_link) {
        if (!vma_address(vma, page->index, &addr))
            continue;
        *vm_flags |= vma->vm_flags;
        n += referenced_one(vma, page);
    }
    up_read(&m->i_mmap_lock);
    if (n)
        atomic_set(&accessed_bits_cleared, 1);
    return n;
}

/*
 * A TLB entry made while the bit was set lets the hart go on without setting
 * it again.  One flush of everything for a whole batch is cheaper than one
 * for each bit; a bit missed meanwhile only makes a page look older.
 */
void
page_referenced_flush(void)
{
    if (atomic_exchange(&accessed_bits_cleared, 0))
        flush_tlb_kernel(0, TLB_FLUSH_ALL);
}

void
unmap_mapping_range(struct address_space *m, uint64_t first, uint64_t last)
{
    struct tlb_gather g;
    struct vm_area *vma;

    down_read(&m->i_mmap_lock);
    list_for_each_entry(vma, &m->i_mmap, i_mmap_link) {
        uint64_t lo = MAX(first, vma->vm_pgoff);
        uint64_t hi = MIN(last, vma->vm_pgoff + vma_pages(vma) - 1);

        if (lo > hi)
            continue;
        gather_begin(&g, vma->vm_mm, false);
        zap_range(&g, vma, vma->vm_start + ((lo - vma->vm_pgoff) << PAGE_SHIFT),
                  vma->vm_start + ((hi + 1 - vma->vm_pgoff) << PAGE_SHIFT));
        gather_flush(&g);
    }
    up_read(&m->i_mmap_lock);
}
