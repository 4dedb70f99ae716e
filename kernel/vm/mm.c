/* SPDX-License-Identifier: MIT */
/*
 * mm.c - the life of an address space.
 *
 * An mm has users, the tasks that run in it and procfs while it looks:
 *
 *   mm_alloc            one user               fork, exec
 *   mm_get / mm_put     one more, one less     clone(CLONE_VM)
 *   mm_get_not_zero     one more, if it lives  procfs, which holds the lock of
 *                                              a task that has it
 *   last mm_put         mappings, tables and commit go, and the struct when
 *                       nobody holds it (mm_hold / mm_drop: reclaim)
 *
 * Locks: teardown needs no mmap_lock, since no user is left; rmap may still
 * find the VMAs until they are off their mapping's list, hence the order:
 * unmap the pages, unlink the VMA, free the tables; close the files last.
 */
#include "vm/mm.h"

#include "mm/slab.h"
#include "sched/sched.h"
#include "vm/limits.h"
#include "vm/rmap.h"
#include "vm/swap.h"
#include "vm/vma.h"

static struct kmem_cache *mm_cache;

void
mm_cache_init(void)
{
    struct page *zero = alloc_page(GFP_KERNEL | __GFP_ZERO);

    vma_cache_init();
    anon_vma_init();
    swap_cache_init();
    mm_cache = kmem_cache_create("mm_struct", sizeof(struct mm),
                                 CACHE_LINE_BYTES, 0, NULL);
    if (!mm_cache || !zero)
        panic("no memory for address spaces");
    page_set(zero, PG_reserved);
    page_set(zero, PG_icache);
    page_set(zero, PG_uptodate);
    zero_pfn = page_to_pfn(zero);
}

struct mm *
mm_alloc(void)
{
    struct mm *mm = kmem_cache_alloc(mm_cache, GFP_KERNEL);

    if (!mm)
        return NULL;
    *mm = (struct mm){.users = 1, .count = 1};
    mm->pgd = pgd_alloc();
    if (!mm->pgd) {
        kmem_cache_free(mm_cache, mm);
        return NULL;
    }
    atomic_set(&mm->pgtable_bytes, (int64_t)PAGE_SIZE);
    mmu_init(&mm->mmu, __pa(mm->pgd));
    rwsem_init(&mm->mmap_lock, RANK_MMAP, "mmap_lock");
    spin_init(&mm->page_table_lock, RANK_PAGE_TABLE, "page_table");
    list_init(&mm->vmas);
    return mm;
}

/* No user is left: unmap everything.  The VMAs end on `removed`. */
static void
unmap_all(struct mm *mm, struct list_head *removed)
{
    struct vm_area *vma, *next;
    struct tlb_gather g;

    /* 1. the pages  2. VMA by VMA, its place in the mapping, its tables */
    gather_begin(&g, mm, true);
    for (vma = vma_first(mm); vma; vma = vma_next(vma))
        zap_range(&g, vma, vma->vm_start, vma->vm_end);
    for (vma = vma_first(mm); vma; vma = next) {
        next = vma_next(vma);
        vma_detach(vma);
        commit_uncharge(vma->vm_flags, vma_pages(vma));
        free_pgtables(&g, vma->vm_start, vma->vm_end, 0,
                      next ? next->vm_start : USER_TABLES_END);
    }
    gather_flush(&g);
    list_splice(&mm->vmas, removed);
}

void
mm_put(struct mm *mm)
{
    LIST_HEAD(removed);

    if (!atomic_dec_and_test(&mm->users))
        return;
    unmap_all(mm, &removed);
    mmu_destroy(&mm->mmu);
    pgd_free(mm->pgd);
    mm->pgd = NULL;
    vma_close_list(&removed);
    mm_set_exe_file(mm, NULL, NULL);
    mm_drop(mm);
}

void
mm_drop(struct mm *mm)
{
    if (atomic_dec_and_test(&mm->count))
        kmem_cache_free(mm_cache, mm);
}

void
mm_set_exe_file(struct mm *mm, struct file *file,
                const struct vm_operations *ops)
{
    struct file *old = mm->exe_file;
    const struct vm_operations *old_ops = mm->exe_ops;

    if (file)
        ops->open(file);
    mm->exe_file = file;
    mm->exe_ops = ops;
    if (old)
        old_ops->close(old);
}

uint64_t
mm_rss(struct mm *mm)
{
    int64_t sum = atomic_read(&mm->rss[MM_FILEPAGES]) +
                  atomic_read(&mm->rss[MM_ANONPAGES]) +
                  atomic_read(&mm->rss[MM_SHMEMPAGES]);

    return sum > 0 ? (uint64_t)sum : 0;
}

/* The peak is noted when RSS is about to fall, and looked at here. */
uint64_t
mm_hiwater_rss(struct mm *mm)
{
    mm->hiwater_rss = MAX(mm->hiwater_rss, mm_rss(mm));
    return mm->hiwater_rss;
}
