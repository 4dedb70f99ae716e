/* SPDX-License-Identifier: MIT */
/*
 * mm.c - the life of an address space.
 *
 * An mm has users, the tasks that run in it and procfs while it looks:
 *
 *   mm_alloc            one user               fork, exec
 *   mm_get / mm_put     one more, one less     clone(CLONE_VM); procfs, swapoff,
 *                                              under the lock of a task that
 *                                              has it
 *   last mm_put         mappings, tables and commit go, and the struct when
 *                       nobody holds it (mm_hold / mm_drop: reclaim)
 *
 * fork copies an address space without copying its pages.  VMAs are duplicated
 * and page tables are copied entry by entry.  A page that the parent may write
 * and does not share loses its W bit in both tables, so that the first write of
 * either faults and gets its own copy (do_wp_page in fault.c).  The parent's
 * TLB entries are flushed once, at the end: until then its other threads may go
 * on writing to pages that the child, which does not run yet, has already got;
 * mmap_lock keeps them from copying one.  Clean pages of files are copied too
 * (the child would fault them in again one by one); a VMA with VM_DONTCOPY is
 * left out.  Locks are not inherited.  The loop over the entries is what fork
 * costs: about 25 instructions a page.
 *
 * Locks: mmap_lock for writing, in fork of the parent and of the child, since
 * rmap can see the child as soon as its first VMA is linked; page_table_lock,
 * of both for one table at a time.  The end of an mm is munmap of all of it.
 * No user is left then, but rmap may still find a VMA until it is off its
 * mapping's list, hence the order there: unmap its pages, unlink it, free its
 * tables; the files are closed last.
 */
#include "vm/mm.h"

#include "mm/kpgtable.h"
#include "mm/slab.h"
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
    mm_cache = kmem_cache_create("mm_struct", sizeof(struct mm),
                                 CACHE_LINE_BYTES, 0, NULL);
    if (!zero)
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
    struct page *root;

    if (!mm)
        return NULL;
    *mm = (struct mm){.users = 1, .count = 1, .mmap_base = USER_END};
    root = table_alloc(mm);
    if (!root) {
        kmem_cache_free(mm_cache, mm);
        return NULL;
    }
    mm->pgd = page_address(root);
    kpgtable_copy_root(mm->pgd);
    mm->mmu.root_pa = __pa(mm->pgd);
    rwsem_init(&mm->mmap_lock, RANK_MMAP);
    spin_init(&mm->page_table_lock, RANK_PAGE_TABLE, "page_table");
    list_init(&mm->vmas);
    list_init(&mm->removed);
    return mm;
}

void
mm_put(struct mm *mm)
{
    if (!mm || !atomic_dec_and_test(&mm->users))
        return;
    down_write(&mm->mmap_lock);
    unmap_locked(mm, 0, USER_END);
    ASSERT(atomic_read(&mm->mmu.hart_mask) == 0);
    table_free(mm, virt_to_page(mm->pgd));
    mmap_write_unlock(mm);
    if (mm->exe_file)
        mm->exe_ops->close(mm->exe_file);
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
    if (file)
        ops->open(file);
    mm->exe_file = file;
    mm->exe_ops = ops;
}

/* --- fork */

struct copy_ctx {
    struct mm *to, *from;
    bool wrprotected; /* the parent's TLBs must be flushed */
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
            atomic_inc(&c->to->rss[MM_SWAPENTS]);
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
            atomic_inc(&c->to->rss[page_counter(page)]);
        }
        pte_set(&dst[i], pte);
    }
}

/* A VMA, and its entries table by table. */
static int
copy_vma(struct copy_ctx *c, struct vm_area *vma)
{
    bool cow = !(vma->vm_flags & VM_SHARED);
    vaddr_t addr = vma->vm_start, stop;
    struct vm_area *new;
    pte_t *src, *dst;
    int err;

    if (commit_charge(c->to, vma->vm_flags, vma_pages(vma)))
        return -ENOMEM;
    new = vma_dup(c->to, vma);
    if (!new)
        return -ENOMEM;
    new->vm_flags &= ~(uint32_t)VM_LOCKED;
    err = anon_vma_fork(new, vma->anon_vma, &c->anon);
    vma_link(new, NULL); /* after a failure the end of `to` takes it apart */
    if (err || (vma->vm_flags & VM_PFNMAP))
        return err; /* device memory faults in again */
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

int
mm_copy(struct mm *to, struct mm *from)
{
    const size_t layout = offsetof(struct mm, start_code); /* to exe_file */
    struct copy_ctx c = {.to = to, .from = from};
    struct vm_area *vma;
    int err = 0;

    if (down_write_killable(&from->mmap_lock))
        return -EINTR;
    down_write_nested(&to->mmap_lock, 1);
    memcpy((char *)to + layout, (char *)from + layout,
           offsetof(struct mm, exe_file) - layout);
    mm_set_exe_file(to, from->exe_file, from->exe_ops);
    for (vma = vma_first(from); vma && !err; vma = vma_next(vma))
        if (!(vma->vm_flags & VM_DONTCOPY))
            err = copy_vma(&c, vma);
    if (c.wrprotected)
        mmu_flush_all(&from->mmu);
    mmap_write_unlock(to);
    up_write(&from->mmap_lock);
    return err;
}

/* --- RSS */

uint64_t
mm_rss(struct mm *mm)
{
    return (uint64_t)MAX((int64_t)0, atomic_read(&mm->rss[MM_FILEPAGES]) +
                                         atomic_read(&mm->rss[MM_ANONPAGES]) +
                                         atomic_read(&mm->rss[MM_SHMEMPAGES]));
}

/* The peak is noted when RSS is about to fall, and looked at here. */
uint64_t
mm_hiwater_rss(struct mm *mm)
{
    mm->hiwater_rss = MAX(mm->hiwater_rss, mm_rss(mm));
    return mm->hiwater_rss;
}
