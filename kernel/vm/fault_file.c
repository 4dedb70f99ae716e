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

#include "lib/err.h"
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
    if (err == -EINTR)
        return VM_FAULT_KILLED;
    return err == -ENOMEM ? VM_FAULT_OOM : VM_FAULT_SIGBUS;
}

/*
 * Page `index`, locked; read, with what is near, if it is not cached.
 * => refs: the caller's; ERR_PTR
 */
static struct page *
lock_file_page(struct fault_ctx *c, uint64_t index, enum vm_fault *how)
{
    struct address_space *m = c->vma->mapping;
    struct page *page;

    if (mapping_is_shmem(m))
        return shmem_get_page(m, index);
    page = find_get_page(m, index);
    if (!page && !(c->vma->vm_flags & VM_RAND_READ))
        readahead_range(m, ALIGN_DOWN(index, FAULT_AROUND_PAGES),
                        FAULT_AROUND_PAGES);
    if (!page || !page_test(page, PG_uptodate)) {
        if (page)
            put_page(page);
        *how = VM_FAULT_MAJOR;
        page = read_cache_page(m, index);
    }
    if (!IS_ERR(page) && lock_page_killable(page)) {
        put_page(page);
        return ERR_PTR(-EINTR);
    }
    return page;
}

/*
 * The page of the fault: locked, up to date, inside the file.
 * => refs: the caller's; NULL: no page.  *how: DONE, MAJOR, or why not
 */
static struct page *
get_file_page(struct fault_ctx *c, enum vm_fault *how)
{
    struct address_space *m = c->vma->mapping;
    uint64_t index = fault_index(c);

    *how = VM_FAULT_DONE;
    while (index < mapping_pages(m)) {
        struct page *page = lock_file_page(c, index, how);

        if (IS_ERR(page)) {
            *how = fault_of(PTR_ERR(page));
            return NULL;
        }
        if (page_is_good(page, m, index))
            return page;
        unlock_page(page); /* truncated meanwhile: look again */
        put_page(page);
    }
    *how = VM_FAULT_SIGBUS; /* beyond the end of the file */
    return NULL;
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
        pte_t entry = fault_entry(c, page);

        entry.val &= ~(uint64_t)(PTE_W | (p == c->pte ? 0 : PTE_A));
        page_add_file_rmap(page);
        pte_set(p, entry);
    }
    unlock_page(page);
    return good;
}

/* As sync_icache_page, with one fence for all that need it. */
static void
sync_icache_pages(struct page **pages, unsigned nr)
{
    bool todo[FAULT_AROUND_PAGES], any = false;

    for (unsigned i = 0; i < nr; i++) {
        todo[i] =
            page_test(pages[i], PG_uptodate) && !page_test(pages[i], PG_icache);
        any |= todo[i];
    }
    if (!any)
        return;
    fence_i_all();
    for (unsigned i = 0; i < nr; i++)
        if (todo[i])
            page_set(pages[i], PG_icache);
}

/* => true: the page of the fault has been mapped */
static bool
fault_around(struct fault_ctx *c)
{
    struct page *pages[FAULT_AROUND_PAGES];
    vaddr_t window = FAULT_AROUND_PAGES * PAGE_SIZE;
    vaddr_t start = MAX(ALIGN_DOWN(c->addr, window), c->vma->vm_start);
    vaddr_t end = MIN(ALIGN_DOWN(c->addr, window) + window, c->vma->vm_end);
    uint64_t before = (c->addr - start) >> PAGE_SHIFT;
    uint64_t first = fault_index(c) - before;
    unsigned max = (unsigned)((end - start) >> PAGE_SHIFT);
    uint64_t next = first;
    unsigned nr =
        find_get_pages(c->vma->mapping, &next, RADIX_PRESENT, max, pages);
    unsigned mapped = 0, left = 0;

    if (c->vma->vm_flags & VM_EXEC)
        sync_icache_pages(pages, nr);
    spin_lock(&c->mm->page_table_lock);
    for (unsigned i = 0; i < nr; i++) {
        if (pages[i]->index - first < max &&
            map_cached_page(c, pages[i], c->pte - before, first))
            mapped++;
        else
            pages[left++] = pages[i];
    }
    spin_unlock(&c->mm->page_table_lock);
    atomic_add(&c->mm->rss[mapping_is_shmem(c->vma->mapping) ? MM_SHMEMPAGES
                                                             : MM_FILEPAGES],
               mapped);
    if (left)
        put_pages(pages, left);
    return mapped && pte_mapped(pte_read(c->pte));
}

/*
 * Map the locked page of the fault, or give its entry W, unless another thread
 * was faster.
 * => refs: consumes the caller's; unlocks the page
 */
static void
map_locked_page(struct fault_ctx *c, struct page *page, bool writable)
{
    bool present = pte_mapped(c->orig), added = false;
    pte_t entry = fault_entry(c, page);

    entry.val &= ~(uint64_t)(writable ? 0 : PTE_W);
    entry.val |= writable ? PTE_D : 0;
    spin_lock(&c->mm->page_table_lock);
    if (fault_unchanged(c) && present) {
        DEBUG_ASSERT(pte_pfn(c->orig) == page_to_pfn(page));
        pte_or(c->pte, entry.val & (PTE_W | PTE_A | PTE_D));
    } else if (fault_unchanged(c)) {
        page_add_file_rmap(page);
        pte_set(c->pte, entry);
        atomic_inc(&c->mm->rss[page_counter(page)]);
        added = true; /* our reference is the PTE's */
    }
    spin_unlock(&c->mm->page_table_lock);
    unlock_page(page);
    if (!added)
        put_page(page);
    if (present)
        local_flush_tlb_page(c->addr); /* it remembers: no W */
}

enum vm_fault
do_read_fault(struct fault_ctx *c)
{
    struct page *page;
    enum vm_fault how;

    if (!(c->vma->vm_flags & VM_RAND_READ) && fault_around(c))
        return VM_FAULT_DONE;
    page = get_file_page(c, &how);
    if (page)
        map_locked_page(c, page, false);
    return how;
}

enum vm_fault
do_shared_fault(struct fault_ctx *c)
{
    struct address_space *m = c->vma->mapping;
    enum vm_fault how;
    struct page *page = get_file_page(c, &how);
    int err;

    if (!page)
        return how;
    if (m->ops->page_mkwrite) {
        unlock_page(page); /* a journal handle comes before the page lock */
        err = m->ops->page_mkwrite(m, page);
        if (err) {
            put_page(page);
            /* Truncated just now: the next try finds what is there. */
            return err == -EAGAIN ? VM_FAULT_DONE : fault_of(err);
        }
        count_fault(how == VM_FAULT_MAJOR);
        how = VM_FAULT_DIRTIED;
    } else {
        set_page_dirty(page);
    }
    page_clear(page, PG_icache); /* what is stored may be code */
    map_locked_page(c, page, true);
    return how;
}

enum vm_fault
do_cow_fault(struct fault_ctx *c)
{
    struct page *page, *copy;
    enum vm_fault how;

    if (unlikely(!c->vma->anon_vma) && anon_vma_prepare(c->vma))
        return VM_FAULT_OOM;
    copy = alloc_page(GFP_USER_MOVABLE);
    if (!copy)
        return VM_FAULT_OOM;
    page = get_file_page(c, &how);
    if (!page) {
        put_page(copy);
        return how;
    }
    copy_frame(copy, page);
    unlock_page(page);
    put_page(page);
    install_anon_page(c, copy);
    return how;
}
