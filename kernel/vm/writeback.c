/* SPDX-License-Identifier: MIT */
/*
 * writeback.c - dirty pages and how they reach the disk; when is flusher.c's
 * matter.
 *
 *   set_page_dirty -> PG_dirty, tag DIRTY --write--> PG_writeback, tag
 *   WRITEBACK --end_io--> clean
 *
 * A page is dirtied only when its block exists (page->private), so writing it
 * is one bio and nothing else: no file system, no journal, no inode lock.
 * write_page() does it, for reclaim as well, and for pages of swap areas.
 *
 * A page may be mapped with W only while it is dirty: before it gets W,
 * page_mkwrite makes it dirty; before it is cleaned, page_mkclean takes W from
 * every PTE and, for a batch of pages at once, from the TLBs.  Both happen with
 * the page locked, and it stays locked until it is under writeback.  So a store
 * is either in what is written, or faults, waits for the lock, and makes the
 * page dirty again.
 *
 * What a mapping lets somebody store behind the end of the file, in its last
 * page, is cleared before the page is written.  A store that an extension made
 * legal is not lost: it came after the extension, so either the new size is
 * seen here, or the store faults and waits for the page lock.
 *
 * Invariants
 *   I1  A mapping with a page that is dirty or under writeback is on the dirty
 *       list or pinned (flusher.c).
 *   I2  PG_dirty and PG_writeback change with their tags under tree_lock; pages
 *       that are PG_swapbacked have no tags, and change under the page lock.
 *   I3  A page under writeback holds a reference for its bio, and stays in
 *       its mapping: truncate and reclaim wait or leave it alone.
 *   I4  A shared PTE with W => PG_dirty.
 *
 * Locks: page lock > i_mmap_lock > tree_lock.
 */
#include "vm/swap.h"

#include "block/blkdev.h"
#include "vm/reclaim.h"

/* --- Page states */

void
set_page_dirty(struct page *page)
{
    struct address_space *m = page->mapping;

    /*
     * Metadata is changed without the page lock: who cleans the page and then
     * reads it must see the change, or we see that it is clean.
     */
    smp_mb();
    if (page_test(page, PG_dirty))
        return;
    if (page_test(page, PG_swapbacked)) { /* no tag: reclaim will find it */
        page_set(page, PG_dirty);
        return;
    }
    if (!m)
        return; /* truncated: its owner waits for the page lock */
    ASSERT(page->private || (m->flags & AS_BDEV));
    spin_lock(&m->tree_lock);
    if (page->mapping != m || page_test_and_set(page, PG_dirty)) {
        spin_unlock(&m->tree_lock);
        return;
    }
    radix_tree_tag(&m->pages, page->index, RADIX_TAG_DIRTY, true);
    spin_unlock(&m->tree_lock);

    zone_stat_add(page, NR_FILE_DIRTY, 1);
    queue_mapping(m);
}

bool
clear_dirty_locked(struct address_space *m, struct page *page)
{
    if (!page_test_and_clear(page, PG_dirty))
        return false;
    if (!page_test(page, PG_swapbacked)) {
        radix_tree_tag(&m->pages, page->index, RADIX_TAG_DIRTY, false);
        zone_stat_add(page, NR_FILE_DIRTY, -1);
    }
    return true;
}

void
end_page_writeback(struct page *page, int error)
{
    struct address_space *m = page->mapping;

    zone_stat_add(page, NR_WRITEBACK, -1);
    if (page_test(page, PG_swapbacked)) {
        if (error) {
            page_set(page, PG_error); /* it stays: swap_cache.c */
            page_set(page, PG_dirty);
        }
        clear_page_bit(page, PG_writeback);
    } else {
        if (error) {
            atomic_inc(&m->wb_error_seq);
            atomic_inc(&m->bdev->wb_error_seq);
        }
        spin_lock(&m->tree_lock);
        radix_tree_tag(&m->pages, page->index, RADIX_TAG_WRITEBACK, false);
        clear_page_bit(page, PG_writeback);
        spin_unlock(&m->tree_lock);
    }
    if (page_test_and_clear(page, PG_reclaim))
        rotate_lru_page(page);
    put_page(page);
}

/* --- Writing */

/* A page with a slot: if it is all zeroes, say so, instead of writing it. */
static bool
note_if_zero(struct page *page)
{
    swp_entry_t e = page_swap_entry(page);
    const uint64_t *word = page_address(page), *end = word + PAGE_SIZE / 8;
    bool zero;

    while (word < end && !*word)
        word++;
    zero = word == end;
    if (zero != !!(swap_map(e) & SWAP_ZERO))
        swap_update(e, zero ? SWAP_ZERO : -SWAP_ZERO);
    count_vm_events(SWPOUT_ZERO, zero);
    return zero;
}

void
write_page(struct bio_run *run, struct page *page)
{
    struct address_space *m = page->mapping; /* if it is no anonymous page */
    struct block_device *bdev;
    uint64_t block;
    bool write;

    if (page_test(page, PG_swapbacked)) {
        swp_entry_t e = page_swap_entry(page);

        bdev = swap_area_of(e)->cache.bdev;
        block = swp_offset(e);
        write = page_test_and_clear(page, PG_dirty) && !note_if_zero(page);
        if (write)
            page_set(page, PG_writeback);
    } else {
        uint64_t size = (uint64_t)atomic_read(&m->size);
        size_t used = size & ~PAGE_MASK;

        bdev = m->bdev;
        block = page_block(page);
        /* Bytes behind the end of the file are not written. */
        if (page->index == size >> PAGE_SHIFT && used)
            memset((uint8_t *)page_address(page) + used, 0, PAGE_SIZE - used);
        spin_lock(&m->tree_lock);
        write = clear_dirty_locked(m, page);
        if (write) {
            page_set(page, PG_writeback);
            radix_tree_tag(&m->pages, page->index, RADIX_TAG_WRITEBACK, true);
        }
        spin_unlock(&m->tree_lock);
    }
    if (write) {
        zone_stat_add(page, NR_WRITEBACK, 1);
        bio_run_add(run, bdev, block, page);
    }
    unlock_page(page);
}

/* Pages about to be written: locked and dirty, without W in any PTE. */
struct write_batch {
    struct tlb_batch tlb; /* who may have W still */
    unsigned nr;
    struct page *pages[BIO_MAX_PAGES]; /* referenced */
};

/* One shootdown for all of them; then write each one and unlock it. */
static void
batch_write(struct write_batch *b)
{
    struct bio_run run = {.op = BIO_WRITE};

    tlb_batch_flush(&b->tlb);
    for (unsigned i = 0; i < b->nr; i++)
        write_page(&run, b->pages[i]);
    bio_run_flush(&run);
    put_pages(b->pages, b->nr);
    b->nr = 0;
}

void
write_mapping(struct address_space *m)
{
    struct write_batch b = {.nr = 0};
    struct page *page;
    uint64_t next = 0;

    while ((page = find_get_next(m, &next, RADIX_TAG_DIRTY))) {
        bool locked = trylock_page(page);

        /*
         * Before we sleep for a page, what we gathered must go out: its end
         * may be what the page's holder waits for.
         */
        if (!locked || page_test(page, PG_writeback)) {
            batch_write(&b);
            if (!locked)
                lock_page(page);
            wait_on_page_writeback(page);
        }
        if (page->mapping == m && page_test(page, PG_dirty)) {
            page_mkclean(page, &b.tlb);
            b.pages[b.nr++] = page;
            if (b.nr == BIO_MAX_PAGES)
                batch_write(&b);
        } else {
            unlock_page(page);
            put_page(page);
        }
    }
    batch_write(&b);
}

int
sync_mapping(struct address_space *m)
{
    int32_t seq = atomic_read(&m->wb_error_seq);
    struct page *page;
    uint64_t next = 0;

    write_mapping(m);
    while ((page = find_get_next(m, &next, RADIX_TAG_WRITEBACK))) {
        wait_on_page_writeback(page);
        put_page(page);
    }
    return atomic_read(&m->wb_error_seq) == seq ? 0 : -EIO;
}
