/* SPDX-License-Identifier: MIT */
/*
 * readpage.c - filling pages of the cache from the disk.
 *
 * The file system says only where blocks are (map_blocks); the bios are made
 * here, one for each run of blocks that lie together on the disk.  A page
 * being read is locked; end_io sets PG_uptodate or PG_error and unlocks it.
 * So "read a page" is: lock it, submit it, wait until it is unlocked, look.
 *
 * Locks: pages are locked in ascending index; map_blocks takes the inode's
 * block-map lock below them.
 */

#include "block/bio.h"
#include "lib/err.h"
#include "vm/cache_internal.h"
#include "vm/shmem.h"

void
bio_run_flush(struct bio_run *run)
{
    if (run->bio)
        submit_bio(run->bio);
    run->bio = NULL;
}

/*
 * A fresh bio.  The pool waits for a bio to come back, so ours is submitted
 * before we wait.
 */
static struct bio *
bio_run_start(struct bio_run *run, uint64_t block)
{
    struct bio *bio;

    bio_run_flush(run);
    bio = bio_alloc(GFP_KERNEL);
    bio->bdev = run->bdev;
    bio->op = run->op;
    bio->sector = block * SECTORS_PER_PAGE;
    bio->end_io = run->end_io;
    run->bio = bio;
    return bio;
}

void
bio_run_add(struct bio_run *run, struct page *page, uint64_t block)
{
    struct bio *bio = run->bio;

    if (!bio || block != run->next || !bio_add_page(bio, page)) {
        bio = bio_run_start(run, block);
        bio_add_page(bio, page);
    }
    run->next = block + 1;
}

/* A locked page has been read, or could not be.  => refs: the read's */
static void
end_page_read(struct page *page, bool ok)
{
    page_set(page, ok ? PG_uptodate : PG_error);
    unlock_page(page);
    put_page(page);
}

void
end_read(struct bio *bio)
{
    for (unsigned i = 0; i < bio->nr_pages; i++)
        end_page_read(bio->pages[i], bio->status == 0);
    count_vm_events(PGPGIN, bio->nr_pages * (PAGE_SIZE / 1024));
    bio_put(bio);
}

void
submit_page_reads(struct address_space *m, struct page **pages, unsigned nr)
{
    struct bio_run run = {.bdev = m->bdev, .op = BIO_READ, .end_io = end_read};

    for (unsigned i = 0; i < nr; i++)
        get_page(pages[i]); /* until end_io */
    for (unsigned i = 0, end = 0; i < nr;) {
        uint64_t block;
        int n = m->ops->map_blocks(m, pages[i]->index, nr - i, &block);
        bool hole = n > 0 && block == 0 && !(atomic_read(&m->flags) & AS_BDEV);

        for (end = n < 0 ? nr : i + (unsigned)n; i < end; i++) {
            if (hole)
                clear_frame(pages[i]);
            if (hole || n < 0) {
                end_page_read(pages[i], hole);
                continue;
            }
            pages[i]->private = block + 1;
            page_clear(pages[i], PG_error);
            bio_run_add(&run, pages[i], block++);
        }
    }
    bio_run_flush(&run);
}

struct page *
read_cache_page(struct address_space *m, uint64_t index)
{
    /*
     * A killed task does not wait for file data; but metadata it does: an
     * operation that stops half-way would leave the file system damaged.
     */
    bool metadata = (atomic_read(&m->flags) & AS_BDEV) ||
                    (current_thread()->scope & SCOPE_NOFS);
    uint32_t state = metadata ? TASK_UNINTERRUPTIBLE : TASK_KILLABLE;
    struct page *page;
    int err;

    if (mapping_is_shmem(m)) {
        err = shmem_get_page(m, index, SHMEM_FIND, &page);
        if (err)
            return ERR_PTR(err);
        if (!page) /* a hole */
            return get_page(pfn_to_page(zero_pfn));
        unlock_page(page);
        return page;
    }
    for (;;) {
        page = find_get_page(m, index);
        if (page && page_test(page, PG_uptodate))
            return page;
        if (!page) {
            page = grab_cache_page(m, index);
            if (IS_ERR(page))
                return page;
        } else if (wait_on_page_bit(page, PG_locked, state, true)) {
            put_page(page);
            return ERR_PTR(-EINTR);
        }
        if (page->mapping == m && !page_test(page, PG_uptodate)) {
            submit_page_reads(m, &page, 1);
            err = wait_on_page_bit(page, PG_locked, state, false);
            if (page_test(page, PG_uptodate))
                return page;
            put_page(page);
            return ERR_PTR(err ? err : -EIO);
        }
        unlock_page(page); /* truncated meanwhile, or read: look again */
        put_page(page);
    }
}

int
read_block(struct block_device *bdev, uint64_t block, struct page *page)
{
    struct bio *bio = bio_alloc(GFP_KERNEL);
    int err;

    bio->bdev = bdev;
    bio->sector = block * SECTORS_PER_PAGE;
    bio_add_page(bio, page);
    err = submit_bio_wait(bio);
    bio_put(bio);
    count_vm_events(PGPGIN, PAGE_SIZE / 1024);
    return err;
}

int
page_prepare_write(struct page *page, unsigned from, unsigned len, bool fresh)
{
    uint8_t *data = page_address(page);
    int err;

    if (fresh && !page_test(page, PG_uptodate))
        page_set(page, PG_fresh);
    if (page_test(page, PG_uptodate) || len == PAGE_SIZE)
        return 0;
    if (page_test(page, PG_fresh)) {
        memset(data, 0, from);
        memset(data + from + len, 0, PAGE_SIZE - from - len);
        return 0;
    }
    err = read_block(page->mapping->bdev, page_block(page), page);
    if (!err)
        page_set(page, PG_uptodate);
    return err;
}

unsigned
page_commit_write(struct page *page, unsigned from, unsigned len,
                  unsigned copied)
{
    if (!page_test(page, PG_uptodate)) {
        if (copied < len && page_test(page, PG_fresh))
            memset((uint8_t *)page_address(page) + from + copied, 0,
                   len - copied);
        else if (copied < len)
            return 0; /* neither the old bytes nor all of the new ones */
        page_set(page, PG_uptodate);
    }
    page_clear(page, PG_fresh);
    page_clear(page, PG_icache); /* new bytes may be code */
    set_page_dirty(page);
    return copied;
}
