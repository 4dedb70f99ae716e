/* SPDX-License-Identifier: MIT */
/*
 * truncate.c - taking pages out of the cache because their file shrank, their
 * block was freed, or somebody asked for the memory.
 *
 * Order of a truncate (the caller has lowered the size already): unmap the
 * range from every process; then, page by page: lock, wait for write-out,
 * unmap again (a fault may have slipped in before it saw the new size),
 * forget the dirtiness, drop.  A fault re-checks mapping and size under the
 * page lock, so after that no PTE can come back; but private copies may have
 * been made of what was not dropped yet: unmap the range once more.  Blocks are
 * freed last, by the file system.
 */
#include "vm/shmem.h"

#include "vm/rmap.h"

/* => refs: consumes the caller's */
static void
truncate_one(struct address_space *m, struct page *page)
{
    lock_page(page);
    if (page->mapping == m) {
        wait_on_page_writeback(page);
        if (atomic_read(&page->mapcount))
            unmap_mapping_range(m, page->index, page->index);
        remove_from_page_cache(page, 0);
    }
    unlock_page(page);
    put_page(page);
}

int
truncate_pages(struct address_space *m, off_t from)
{
    uint64_t first = DIV_ROUND_UP((uint64_t)from, PAGE_SIZE), next;
    size_t offset = (uint64_t)from & ~PAGE_MASK;
    struct page *page;

    unmap_mapping_range(m, first, UINT64_MAX);
    do { /* ends: beyond the size nothing is brought back for long */
        next = first;
        while ((page = find_get_next(m, &next, RADIX_PRESENT)))
            truncate_one(m, page);
    } while (mapping_is_shmem(m) && shmem_drop_swapped(m, first));
    unmap_mapping_range(m, first, UINT64_MAX);
    if (offset == 0)
        return 0;
    /*
     * The last page stays, but what lies behind the end must read as zero when
     * the file grows again, on disk as well.
     */
    page = read_cache_page(m, (uint64_t)from >> PAGE_SHIFT);
    if (IS_ERR(page))
        return (int)PTR_ERR(page);
    lock_page(page);
    if (page->mapping == m && page_test(page, PG_uptodate)) {
        memset((uint8_t *)page_address(page) + offset, 0, PAGE_SIZE - offset);
        if (page->private) /* a hole is zero already */
            set_page_dirty(page);
    }
    unlock_page(page);
    put_page(page);
    return 0;
}

void
discard_page(struct address_space *m, uint64_t index)
{
    struct page *page = find_get_page(m, index);

    if (page)
        truncate_one(m, page);
}

void
invalidate_pages(struct address_space *m)
{
    uint64_t next = 0;
    struct page *page;

    while ((page = find_get_next(m, &next, RADIX_PRESENT))) {
        /* A page in use stays: this only helps, it promises nothing. */
        if (trylock_page(page)) {
            if (page->mapping == m)
                remove_from_page_cache(page, 2);
            unlock_page(page);
        }
        put_page(page);
    }
}
