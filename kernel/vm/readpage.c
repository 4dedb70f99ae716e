/* SPDX-License-Identifier: MIT */
/*
 * readpage.c - filling pages of the cache from the disk: one page, and more
 * than was asked for when that pays.
 *
 * The file system says only where blocks are (map_blocks); the bios are made
 * here, one for each run of blocks that lie together on the disk (writeback.c
 * uses them too).  A page with a slot of a swap area says itself where it lies;
 * one of shared memory without a slot lies nowhere, and is zeroes.  A page
 * being read is locked; its end sets PG_uptodate or PG_error and unlocks it.
 * So "read a page" is: add it locked, submit it, lock it, look.  That is
 * lock_page_at(), for files, devices, shared memory and swap areas alike.
 *
 * Reading ahead.  Each open file has a window [start, start + size), whose last
 * pages lie ahead of the reader: when the reader reaches the first of them
 * (marked PG_readahead) the next window, twice as large, is started, so that the
 * disk works while the reader copies.
 *
 *        read up to here      PG_readahead
 *              v                 v
 *     |--------+-----------------#===============|
 *     start                      <--- ahead ----> start + size
 *
 * A miss that continues where the last read ended (or at the file's start)
 * opens a window; any other miss reads what was asked for and no more.
 * VM_SEQ_READ opens the largest window at once, VM_RAND_READ none.  What is
 * ahead in a swap area is said in fault_swap.c.
 *
 * Locks: pages are locked in ascending index; map_blocks takes the inode's
 * block-map lock below them.  The window belongs to the open file and is
 * changed without a lock; two readers of one file may spoil it, which costs
 * speed and nothing else.
 *
 * See: Linux's "on-demand readahead" (Wu, 2007).
 */
#include "vm/shmem.h"

#include "block/blkdev.h"
#include "core/printk.h"

enum { RA_BATCH = 32, RA_INITIAL = 4, MAX_SWAP_REPORTS = 10 };
enum { RANGE_MAX = 512 }; /* pages that are read because a program says so */
enum { RA_MAX = 32, RA_MAX_SMALL = 8, SMALL_MACHINE_PAGES = 8192 }; /* 32 MB */
#define GFP_READAHEAD (GFP_USER_MOVABLE | __GFP_NORETRY | __GFP_NOWARN)

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

    count_vm_events(read ? PGPGIN : PGPGOUT, bio->nr_pages * KB_PER_PAGE);
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
    if (!read)
        wake_up_all(&progress_wait);
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
    *block = 0;
    if (e.val && swap_map(e) & SWAP_ZERO) {
        count_vm_event(SWPIN_ZERO);
    } else if (e.val) {
        *bdev = swap_area_of(e)->cache.bdev;
        *block = swp_offset(e);
    }
    return 1;
}

/* Start I/O on nr locked pages, by ascending index; their end unlocks them. */
static void
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
        hole = n > 0 && block == 0 && !(m->flags & AS_BDEV);
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

/* Is there something to read at index of m, and not in the cache? */
static bool
is_absent(struct address_space *m, uint64_t index)
{
    void *item;

    if (m->flags & AS_SWAP)
        return swap_take(swap_cache_entry(m, index), false);
    spin_lock(&m->tree_lock);
    item = radix_tree_lookup(&m->pages, index);
    spin_unlock(&m->tree_lock);
    return mapping_is_shmem(m) ? radix_is_exceptional(item) : !item;
}

/*
 * Start reading what there is of [index, index + nr) and is not cached, as far
 * as memory is at hand.  The page at `mark` is wanted, be it a hole or behind
 * the end, and allocated with gfp; in a swap area all others get PG_readahead
 * then.  With gfp 0 it is not, and gets PG_readahead itself.
 * => refs: the result, what is wanted, is the caller's; ERR_PTR: -ENOMEM,
 *    -ENOSPC; -EEXIST: somebody was faster, or it stands for nothing any more
 */
static struct page *
start_reads(struct address_space *m, uint64_t index, uint64_t nr, uint64_t mark,
            gfp_t gfp)
{
    bool swap = m->flags & AS_SWAP;
    uint64_t end = MIN(index + nr, mapping_pages(m));
    struct page *batch[RA_BATCH], *wanted = NULL;
    unsigned n = 0;

    if (gfp)
        end = MAX(end, mark + 1);
    for (; index < end && !IS_ERR(wanted); index++) {
        struct page *page = ERR_PTR(-EEXIST);

        if (index == mark && gfp) {
            page = add_new_page(m, index, gfp);
            wanted = IS_ERR(page) ? page : get_page(page);
        } else if (is_absent(m, index)) {
            page = add_new_page(m, index, GFP_READAHEAD);
        }
        /* A gap ends the batch, since its pages must be consecutive. */
        if (IS_ERR(page) || n == RA_BATCH) {
            submit_page_reads(m, batch, n);
            put_pages(batch, n);
            n = 0;
        }
        if (IS_ERR(page))
            continue;
        if (index == mark ? !gfp : swap)
            page_set(page, PG_readahead);
        batch[n++] = page;
    }
    submit_page_reads(m, batch, n);
    put_pages(batch, n);
    return wanted;
}

void
readahead_range(struct address_space *m, uint64_t index, uint64_t nr)
{
    start_reads(m, index, MIN(nr, (uint64_t)RANGE_MAX), UINT64_MAX, 0);
}

struct page *
lock_page_at(struct address_space *m, uint64_t index, struct page *page,
             uint64_t around, gfp_t gfp)
{
    /*
     * A killed task does not wait for file data; but metadata it does: an
     * operation that stops half-way would leave the file system damaged.
     */
    bool metadata =
        (m->flags & AS_BDEV) || (current_thread()->scope & SCOPE_NOFS);
    uint32_t state = metadata ? TASK_UNINTERRUPTIBLE : TASK_KILLABLE;
    bool reading = !page;
    int err;

    if (!page)
        page = start_reads(m, ALIGN_DOWN(index, around), around, index, gfp);
    if (IS_ERR(page))
        return page == ERR_PTR(-EEXIST) ? ERR_PTR(-EAGAIN) : page;
    while (!(err = wait_on_page_bit(page, PG_locked, state, true))) {
        if (page_cache(page) != m || page_cache_index(page) != index)
            err = -EAGAIN;
        else if (page_test(page, PG_uptodate))
            return page;
        else if (reading)
            err = -EIO;
        if (err) {
            unlock_page(page);
            break;
        }
        submit_page_reads(m, &page, 1); /* its end unlocks it */
        reading = true;                 /* once */
    }
    put_page(page);
    return ERR_PTR(err);
}

struct page *
read_cache_page(struct address_space *m, uint64_t index)
{
    struct page *page;

    do { /* ends: what was truncated is not found again */
        page = find_get_page(m, index);
        if (page && page_uptodate(page))
            return page;
        if (!page && mapping_is_shmem(m) && !shmem_swap_entry(m, index).val)
            return get_page(pfn_to_page(zero_pfn)); /* a hole */
        page = lock_page_at(m, index, page, 1, GFP_USER_MOVABLE);
    } while (page == ERR_PTR(-EAGAIN));
    if (!IS_ERR(page))
        unlock_page(page);
    return page;
}

/* --- Reading ahead */

void
page_cache_readahead(struct address_space *m, struct file_ra_state *ra,
                     struct page *page, uint64_t index, uint64_t nr)
{
    bool small = total_ram_pages() < SMALL_MACHINE_PAGES;
    uint64_t max = small ? RA_MAX_SMALL : RA_MAX, mark;
    bool sequential = index == 0 || index == ra->prev_index + 1;

    nr = MIN(nr, max);
    if (page) { /* the reader has come to the mark: the next window */
        page_clear(page, PG_readahead);
        /* A mark left by another reader's window moves ours to it. */
        ra->start = index > ra->start && index < ra->start + ra->size
                        ? ra->start + ra->size
                        : index + 1;
        ra->size = MIN(MAX(ra->size, (uint64_t)RA_INITIAL) * 2, max);
        mark = ra->start;
    } else if (!(ra->flags & VM_RAND_READ) &&
               (sequential || (ra->flags & VM_SEQ_READ))) {
        ra->start = index;
        ra->size = ra->flags & VM_SEQ_READ
                       ? max
                       : MIN(MAX(nr * 2, (uint64_t)RA_INITIAL), max);
        mark = ra->size > nr ? index + nr : index;
    } else {
        readahead_range(m, index, nr);
        return;
    }
    start_reads(m, ra->start, ra->size, mark, 0);
}
