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
 * Truncation first lowers the size, then unmaps and drops the pages under
 * their locks.  So with the page locked, mapping and size are looked at
 * again; a PTE set then will be found by the truncation's unmapping.
 *
 * Locks: mmap_lock for reading > page lock (try-locked when looking around)
 * > page_table_lock.
 */
#include "vm/fault.h"

#include "core/spinlock.h"
#include "include/errno.h"
#include "lib/err.h"
#include "lib/macros.h"
#include "mm/page_alloc.h"
#include "vm/pagecache.h"
#include "vm/rmap.h"

enum { FAULT_AROUND_PAGES = 16 };

/* Pages of the file, the last one perhaps in part. */
static uint64_t
mapping_pages(struct address_space *m)
{
    return DIV_ROUND_UP((uint64_t)atomic_read(&m->size), PAGE_SIZE);
}

/* May a locked page be mapped as page `index` of m? */
static bool
page_is_good(struct page *page, struct address_space *m, uint64_t index)
{
    return page->mapping == m && page_test(page, PG_uptodate) &&
           index < mapping_pages(m);
}

/*
 * The page of the fault: locked, up to date, inside the file.  Reads it, and
 * what is near, if it is not cached.
 * => refs: *out is the caller's; DONE, MAJOR, or why not
 */
static enum vm_fault
get_file_page(struct fault_ctx *c, struct page **out)
{
    struct address_space *m = c->vma->mapping;
    uint64_t index = fault_index(c);
    enum vm_fault how = VM_FAULT_DONE;

    while (index < mapping_pages(m)) {
        struct page *page = find_get_page(m, index);

        if (!page && !(c->vma->vm_flags & VM_RAND_READ))
            readahead_range(m, ALIGN_DOWN(index, FAULT_AROUND_PAGES),
                            FAULT_AROUND_PAGES);
        if (!page || !page_test(page, PG_uptodate)) {
            if (page)
                put_page(page);
            how = VM_FAULT_MAJOR;
            page = read_cache_page(m, index);
        }
        if (IS_ERR(page))
            return PTR_ERR(page) == -EINTR    ? VM_FAULT_KILLED
                   : PTR_ERR(page) == -ENOMEM ? VM_FAULT_OOM
                                              : VM_FAULT_SIGBUS;
        if (lock_page_killable(page)) {
            put_page(page);
            return VM_FAULT_KILLED;
        }
        if (page_is_good(page, m, index)) {
            *out = page;
            return how;
        }
        unlock_page(page); /* truncated meanwhile: look again */
        put_page(page);
    }
    return VM_FAULT_SIGBUS; /* beyond the end of the file */
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
    unsigned nr = find_get_pages(c->vma->mapping, first, max, pages);
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
    atomic_add(&c->mm->rss[MM_FILEPAGES], mapped);
    if (left)
        put_pages(pages, left);
    return mapped && pte_mapped(pte_read(c->pte));
}

enum vm_fault
do_read_fault(struct fault_ctx *c)
{
    struct page *page;
    enum vm_fault how;
    bool same;

    if (!(c->vma->vm_flags & VM_RAND_READ) && fault_around(c))
        return VM_FAULT_DONE;
    how = get_file_page(c, &page);
    if (how != VM_FAULT_DONE && how != VM_FAULT_MAJOR)
        return how;
    spin_lock(&c->mm->page_table_lock);
    same = fault_unchanged(c);
    if (same) {
        pte_t entry = fault_entry(c, page);

        entry.val &= ~(uint64_t)PTE_W;
        page_add_file_rmap(page);
        pte_set(c->pte, entry);
        atomic_inc(&c->mm->rss[MM_FILEPAGES]);
    }
    spin_unlock(&c->mm->page_table_lock);
    unlock_page(page);
    if (!same)
        put_page(page);
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
    how = get_file_page(c, &page);
    if (how != VM_FAULT_DONE && how != VM_FAULT_MAJOR) {
        put_page(copy);
        return how;
    }
    copy_frame(copy, page);
    unlock_page(page);
    put_page(page);
    install_anon_page(c, copy);
    return how;
}
