/* SPDX-License-Identifier: MIT */
/*
 * readpage.c - filling pages of the cache from the disk, and the bios that do
 * it, which writeback.c uses too.
 *
 * The file system says only where blocks are (map_blocks); the bios are made
 * here, one for each run of blocks that lie together on the disk.  A page with
 * a slot of a swap area says itself where it lies.  A page being read is
 * locked; its end sets PG_uptodate or PG_error and unlocks it.  So "read a
 * page" is: lock it, submit it, wait until it is unlocked, look.
 *
 * Locks: pages are locked in ascending index; map_blocks takes the inode's
 * block-map lock below them.
 */
#include "vm/shmem.h"

#include "block/bio.h"
#include "block/blkdev.h"
#include "core/printk.h"
#include "lib/err.h"

enum { MAX_SWAP_REPORTS = 10 };

/* --- Runs of bios */

/* A page has been read, or could not be.  => locked; refs: the read's */
static void
end_page_read(struct page *page, bool ok)
{
    page_set(page, ok ? PG_uptodate : PG_error);
    unlock_page(page);
    put_page(page);
}

/* end_io of all bios of the page cache. */
static void
end_page_io(struct bio *bio)
{
    static atomic32_t reports;
    bool read = bio->op == BIO_READ;

    count_vm_events(read ? PGPGIN : PGPGOUT,
                    bio->nr_pages * (PAGE_SIZE / 1024));
    if (page_test(bio->pages[0], PG_swapbacked)) {
        count_vm_events(read ? PSWPIN : PSWPOUT, bio->nr_pages);
        /* A file's error is told to who reads or syncs it. */
        if (bio->status && atomic_fetch_add(&reports, 1) < MAX_SWAP_REPORTS)
            pr_err("%s error on swap device %s, slot %lu",
                   read ? "read" : "write", bio->bdev->name,
                   bio->sector / SECTORS_PER_PAGE);
    }
    for (unsigned i = 0; i < bio->nr_pages; i++)
        if (read)
            end_page_read(bio->pages[i], bio->status == 0);
        else
            end_page_writeback(bio->pages[i], bio->status);
    bio_put(bio);
}

void
bio_run_flush(struct bio_run *run)
{
    if (run->bio)
        submit_bio(run->bio);
    run->bio = NULL;
}

void
bio_run_add(struct bio_run *run, struct block_device *bdev, uint64_t block,
            struct page *page)
{
    struct bio *bio = run->bio;

    get_page(page); /* until its end */
    if (bio && (bio->bdev != bdev || bio->nr_pages == BIO_MAX_PAGES ||
                block != bio->sector / SECTORS_PER_PAGE + bio->nr_pages))
        bio_run_flush(run); /* before bio_alloc() waits for one to come back */
    if (!run->bio) {
        run->bio = bio_alloc(bdev, run->op, block * SECTORS_PER_PAGE);
        run->bio->end_io = end_page_io;
    }
    run->bio->pages[run->bio->nr_pages++] = page;
}

/* --- Reading */

/*
 * Where a page lies, and those behind it; *block 0: nowhere, it is zeroes.
 * => how many lie there one after the other, at most nr; -EIO, -ENOMEM
 */
static int
map_page(struct address_space *m, struct page *page, unsigned nr,
         struct block_device **bdev, uint64_t *block)
{
    swp_entry_t e = page_swap_entry(page);

    *bdev = m->bdev;
    if (!page_test(page, PG_swapbacked))
        return m->ops->map_blocks(m, page->index, nr, block);
    *bdev = swap_area_of(e)->cache.bdev;
    *block = swap_map(e) & SWAP_ZERO ? 0 : swp_offset(e);
    count_vm_events(SWPIN_ZERO, *block == 0);
    return 1;
}

void
submit_page_reads(struct address_space *m, struct page **pages, unsigned nr)
{
    struct bio_run run = {.op = BIO_READ};

    for (unsigned i = 0, end = 0; i < nr;) {
        struct block_device *bdev;
        uint64_t block;
        bool hole;
        int n;

        if (!page_test(pages[i], PG_swapbacked))
            bio_run_flush(&run); /* map_blocks may read: it takes a bio */
        n = map_page(m, pages[i], nr - i, &bdev, &block);
        hole = n > 0 && block == 0 && !(atomic_read(&m->flags) & AS_BDEV);
        for (end = n < 0 ? nr : i + (unsigned)n; i < end; i++) {
            if (hole)
                clear_frame(pages[i]);
            if (hole || n < 0) {
                end_page_read(get_page(pages[i]), hole);
                continue;
            }
            if (!page_test(pages[i], PG_swapbacked))
                pages[i]->private = block + 1;
            page_clear(pages[i], PG_error);
            bio_run_add(&run, bdev, block++, pages[i]);
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

    for (;;) {
        struct page *page = find_get_page(m, index);
        int err;

        if (page && page_test(page, PG_uptodate))
            return page;
        if (!page) {
            if (mapping_is_shmem(m) && !shmem_swap_entry(m, index).val)
                return get_page(pfn_to_page(zero_pfn)); /* a hole */
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
    count_vm_events(PGPGIN, PAGE_SIZE / 1024);
    return submit_bio_wait(bdev, BIO_READ, block * SECTORS_PER_PAGE, page);
}
