/* SPDX-License-Identifier: MIT */
/*
 * fault_file.c - faults on pages of files.
 *
 * do_read_fault maps the page cache's own frame, without W.  It first looks
 * around: of the FAULT_AROUND_PAGES pages about the address, those that are
 * in the cache and can be had without waiting are mapped at once, since a
 * program that touches one page will soon touch its neighbours.  If that did
 * not bring the page itself, it is read, together with its neighbours.
 *
 * do_cow_fault serves a first write to a private mapping: a copy, and the
 * cache's page is not mapped at all.
 *
 * do_shared_fault serves a write to a shared one.  Before the entry gets W the
 * file system is asked (page_mkwrite): it finds the page a block, or says that
 * the disk is full, and makes it dirty.  Shared memory (shmem.c) has no
 * page_mkwrite: its pages get their slot when reclaim writes them.
 *
 * Who else may be at the same page:
 *   another hart with the same fault  both pass page_mkwrite, one after the
 *       other; the second finds the PTE changed and is done.
 *   truncation  first lowers the size, then unmaps and drops the pages under
 *       their locks.  So with the page locked, mapping and size are looked at
 *       again; a PTE set then will be found by the truncation's unmapping.
 *   write-out  holds the page lock from taking W away until the page is under
 *       writeback (writeback.c); W is given with the page locked and dirty.
 *
 * Invariants
 *   I1  A PTE is made, or gets W, with its page locked (looking around:
 *       try-locked) and inside the file.
 *   I2  A PTE of a shared mapping maps the page that is cached at its index.
 *
 * Locks: mmap_lock for reading > page lock (try-locked when looking around)
 * > page_table_lock.
 */
#include "vm/fault.h"

#include "vm/rmap.h"
#include "vm/shmem.h"

enum { FAULT_AROUND_PAGES = 16 };

/* May a locked page be mapped as page `index` of m? */
static bool
page_is_good(struct page *page, struct address_space *m, uint64_t index)
{
    return page->mapping == m && page_test(page, PG_uptodate) &&
           index < mapping_pages(m);
}

enum vm_fault
fault_of(long err)
{
    if (err == -EAGAIN)
        return VM_FAULT_DONE;
    if (err == -EINTR)
        return VM_FAULT_KILLED;
    return err == -ENOMEM ? VM_FAULT_OOM : VM_FAULT_SIGBUS;
}

/*
 * The page of the fault: locked, up to date, inside the file; read, with what
 * is near, if it is not cached.
 * => refs: the caller's; ERR_PTR, -EAGAIN: it was truncated meanwhile
 */
static struct page *
get_file_page(struct fault_ctx *c)
{
    struct address_space *m = c->vma->mapping;
    uint64_t index = vma_index(c->vma, c->addr);
    bool alone = c->vma->vm_flags & VM_RAND_READ;
    struct page *page;

    if (index >= mapping_pages(m))
        return ERR_PTR(-EFAULT); /* beyond the end of the file */
    if (mapping_is_shmem(m)) {
        page = shmem_get_page(m, index);
    } else {
        page = find_get_page(m, index);
        c->major = !page || !page_test(page, PG_uptodate);
        page = lock_page_at(m, index, page, alone ? 1 : FAULT_AROUND_PAGES,
                            GFP_USER_MOVABLE);
    }
    if (IS_ERR(page) || page_is_good(page, m, index))
        return page;
    unlock_page(page);
    put_page(page);
    return ERR_PTR(-EAGAIN);
}

/*
 * A cached page that was found around the fault: map it if that needs no
 * waiting.  Its A bit stays clear unless it is the one that is wanted.
 * => page_table_lock held; refs: the PTE takes the caller's if true
 */
static bool
map_cached_page(struct fault_ctx *c, struct page *page, pte_t *base,
                uint64_t first)
{
    pte_t *p = base + (page->index - first);
    bool good;

    if (!pte_none(pte_read(p)) || !trylock_page(page))
        return false;
    good = page_is_good(page, c->vma->mapping, page->index);
    if (good) {
        pte_t entry = fault_entry(c, page, 0);

        entry.val &= ~(uint64_t)(p == c->pte ? 0 : PTE_A);
        page_add_file_rmap(page);
        pte_set(p, entry);
    }
    unlock_page(page);
    return good;
}

/* => true: the page of the fault has been mapped */
static bool
fault_around(struct fault_ctx *c)
{
    struct vm_area *vma = c->vma;
    struct page *pages[FAULT_AROUND_PAGES];
    vaddr_t window = ALIGN_DOWN(c->addr, FAULT_AROUND_PAGES * PAGE_SIZE);
    vaddr_t start = MAX(window, vma->vm_start);
    vaddr_t end = MIN(window + FAULT_AROUND_PAGES * PAGE_SIZE, vma->vm_end);
    uint64_t first = vma_index(vma, start);
    uint64_t last = first + ((end - start) >> PAGE_SHIFT) - 1;
    pte_t *base = c->pte - ((c->addr - start) >> PAGE_SHIFT);
    unsigned nr = find_get_pages(vma->mapping, first, last, pages);
    unsigned left = 0;

    spin_lock(&c->mm->page_table_lock);
    for (unsigned i = 0; i < nr; i++)
        if (!map_cached_page(c, pages[i], base, first))
            pages[left++] = pages[i];
    atomic_add(&c->mm->rss[mapping_is_shmem(vma->mapping) ? MM_SHMEMPAGES
                                                          : MM_FILEPAGES],
               nr - left);
    spin_unlock(&c->mm->page_table_lock);
    put_pages(pages, left);
    return pte_mapped(pte_read(c->pte));
}

/*
 * Map the locked page of the fault, or give its entry W, unless another thread
 * was faster.  may: as for fault_entry().
 * => refs: consumes the caller's; unlocks the page
 */
static void
map_locked_page(struct fault_ctx *c, struct page *page, uint64_t may)
{
    bool present = pte_mapped(c->orig);
    pte_t entry = fault_entry(c, page, may);

    spin_lock(&c->mm->page_table_lock);
    if (fault_unchanged(c)) {
        DEBUG_ASSERT(!present || pte_pfn(c->orig) == page_to_pfn(page));
        if (!present) {
            get_page(page); /* the PTE's */
            page_add_file_rmap(page);
            atomic_inc(&c->mm->rss[page_counter(page)]);
        }
        pte_or(c->pte, entry.val);
    }
    spin_unlock(&c->mm->page_table_lock);
    unlock_page(page);
    put_page(page);
    if (present)
        local_flush_tlb_page(c->addr); /* it remembers: no W */
}

enum vm_fault
do_read_fault(struct fault_ctx *c)
{
    struct page *page;

    if (!(c->vma->vm_flags & VM_RAND_READ) && fault_around(c))
        return VM_FAULT_DONE;
    page = get_file_page(c);
    if (IS_ERR(page))
        return fault_of(PTR_ERR(page));
    map_locked_page(c, page, 0);
    return VM_FAULT_DONE;
}

enum vm_fault
do_shared_fault(struct fault_ctx *c)
{
    struct address_space *m = c->vma->mapping;
    struct page *page = get_file_page(c);
    bool file = m->ops->page_mkwrite;

    if (IS_ERR(page))
        return fault_of(PTR_ERR(page));
    if (file) {
        int err;

        unlock_page(page); /* a journal handle comes before the page lock */
        err = m->ops->page_mkwrite(m, page);
        if (err) {
            put_page(page);
            return fault_of(err);
        }
    } else {
        set_page_dirty(page);
    }
    page_clear(page, PG_icache); /* what is stored may be code */
    map_locked_page(c, page, PTE_W | PTE_D);
    return file ? VM_FAULT_DIRTIED : VM_FAULT_DONE;
}

enum vm_fault
do_cow_fault(struct fault_ctx *c)
{
    struct page *page = get_file_page(c);
    enum vm_fault r;
    uint32_t scope;

    if (IS_ERR(page))
        return fault_of(PTR_ERR(page));
    /* Locked until it is mapped: truncation then finds the copy. */
    scope = memalloc_scope_save(SCOPE_NOFS);
    r = make_private_page(c, page);
    memalloc_scope_restore(scope);
    unlock_page(page);
    put_page(page);
    return r;
}
