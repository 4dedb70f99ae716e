/* SPDX-License-Identifier: MIT */
/*
 * file.c - reading and writing ext2 files through the page cache.
 *
 * Reading is the page cache's own business: it asks only where blocks are
 * (ext2_map_blocks).  write_begin opens a journal handle, locks the page and
 * allocates its block at once, so that a dirty page always has one (DESIGN.md
 * section 8); a page over a block that is new starts as zeroes, whatever the
 * disk has there.  write_end marks the page dirty and raises the size.
 * page_mkwrite does for a store to a shared mapping what write_begin does.
 *
 * Locks: inode lock (the caller's) > journal handle > page lock > map_lock.
 * The handle lives from write_begin to write_end in the inode, whose lock is
 * held all that time.
 */
#include "fs/ext2/ext2.h"
#include "lib/err.h"

/* See that a locked page has a block; *fresh: the block is new. */
static int
bind_block(struct inode *inode, struct page *page, bool *fresh)
{
    int64_t block;

    *fresh = false;
    if (page->private) /* block + 1 */
        return 0;
    block = ext2_get_block(inode, page->index, fresh);
    if (block < 0)
        return (int)block;
    page->private = (uint64_t)block + 1;
    return 0;
}

/* address_space_ops: see vm/pagecache.h for both. */
static int
ext2_write_begin(struct address_space *m, off_t pos, unsigned len,
                 struct page **out)
{
    struct inode *inode = m->host;
    struct journal_handle *h = &ext2_i(inode)->handle;
    struct page *page;
    bool fresh;
    int err;

    if (pos > inode_size(inode)) /* zeroes between, whatever was mapped */
        truncate_pages(m, inode_size(inode));
    err = journal_start(h, inode->sb);
    if (err)
        return err;
    page = grab_cache_page(m, (uint64_t)pos >> PAGE_SHIFT);
    if (IS_ERR(page)) {
        journal_stop(h);
        return (int)PTR_ERR(page);
    }
    wait_on_page_writeback(page);
    err = bind_block(inode, page, &fresh);
    if (!err)
        err = page_prepare_write(page, (unsigned)((uint64_t)pos % PAGE_SIZE),
                                 len, fresh);
    if (err) {
        unlock_page(page);
        put_page(page);
        journal_stop(h);
    }
    *out = page;
    return err;
}

static int
ext2_write_end(struct address_space *m, off_t pos, unsigned len,
               unsigned copied, struct page *page)
{
    struct inode *inode = m->host;
    off_t size = inode_size(inode);

    /* Even if nothing was copied: a new block's old bytes must not show. */
    if (copied > 0 || page_test(page, PG_fresh))
        copied = page_commit_write(page, (unsigned)((uint64_t)pos % PAGE_SIZE),
                                   len, copied);
    if (pos + (off_t)copied > size)
        atomic_store_explicit(&m->size, pos + (off_t)copied,
                              memory_order_release);
    unlock_page(page);
    put_page(page);
    /* Nothing was stored behind the end: the block must not stay there. */
    if (copied == 0 && pos >= size) {
        truncate_pages(m, size);
        ext2_free_from(inode, DIV_ROUND_UP((uint64_t)size, PAGE_SIZE));
    }
    mark_inode_dirty(inode);
    journal_stop(&ext2_i(inode)->handle);
    return (int)copied;
}

/*
 * The first write to a page of a shared mapping.  The page is up to date, so
 * a hole's is zero already.
 */
static int
ext2_page_mkwrite(struct address_space *m, struct page *page)
{
    struct inode *inode = m->host;
    struct journal_handle h;
    bool fresh;
    int err = journal_start(&h, inode->sb);

    if (err)
        return err;
    err = lock_mapped_page(m, page);
    if (!err) {
        err = bind_block(inode, page, &fresh);
        if (err) {
            unlock_page(page);
        } else {
            set_page_dirty(page);
            inode_touch(inode, TOUCH_MTIME | TOUCH_CTIME);
        }
    }
    journal_stop(&h);
    return err;
}

const struct address_space_ops ext2_aops = {
    .map_blocks = ext2_map_blocks,
    .write_begin = ext2_write_begin,
    .write_end = ext2_write_end,
    .page_mkwrite = ext2_page_mkwrite,
};

const struct file_operations ext2_file_ops = {
    .read = generic_file_read,
    .write = generic_file_write,
    .fsync = generic_file_fsync,
    .mmap = generic_file_mmap,
};
