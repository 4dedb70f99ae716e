/* SPDX-License-Identifier: MIT */
/*
 * file.c - reading and writing ext2 files through the page cache.
 *
 * Reading is the page cache's own business: it asks only where blocks are
 * (ext2_map_blocks).  A page that is to be written to gets its block at once
 * (ext2_bind_page), so that a dirty page always has one (DESIGN.md section 8);
 * a page over a block that is new starts as zeroes, whatever the disk has
 * there.  The first store to a page of a shared mapping does the same.
 *
 * Locks: inode lock (the caller's) > journal handle > page lock > map_lock.
 * The handle lives from begin_write to end_write in the inode, whose lock is
 * held all that time.
 */
#include "fs/ext2/ext2.h"

/* address_space_ops: see vm/pagecache.h for all of them. */
static int
ext2_begin_write(struct address_space *m)
{
    return journal_start(&ext2_i(m->host)->handle, m->host->sb);
}

static int
ext2_bind_page(struct address_space *m, struct page *page)
{
    bool fresh = false;
    int64_t block;

    if (page->private) /* block + 1 */
        return 0;
    block = ext2_get_block(m->host, page->index, &fresh);
    if (block < 0)
        return (int)block;
    page->private = (uint64_t)block + 1;
    return fresh;
}

static void
ext2_end_write(struct address_space *m, bool undo)
{
    off_t size = inode_size(m->host);

    if (undo) {
        truncate_pages(m, size);
        ext2_free_from(m->host, DIV_ROUND_UP((uint64_t)size, PAGE_SIZE));
    }
    journal_stop(&ext2_i(m->host)->handle);
}

/*
 * The first write to a page of a shared mapping.  The page is up to date, so
 * a hole's is zero already.
 */
static int
ext2_page_mkwrite(struct address_space *m, struct page *page)
{
    struct journal_handle h;
    int err = journal_start(&h, m->host->sb);

    if (err)
        return err;
    err = lock_mapped_page(m, page);
    if (!err) {
        err = ext2_bind_page(m, page);
        if (err < 0) {
            unlock_page(page);
        } else {
            set_page_dirty(page);
            inode_touch(m->host, TOUCH_MTIME | TOUCH_CTIME);
        }
    }
    journal_stop(&h);
    return MIN(err, 0);
}

const struct address_space_ops ext2_aops = {
    .map_blocks = ext2_map_blocks,
    .begin_write = ext2_begin_write,
    .end_write = ext2_end_write,
    .bind_page = ext2_bind_page,
    .page_mkwrite = ext2_page_mkwrite,
};

const struct file_operations ext2_file_ops = {
    .read = generic_file_read,
    .write = generic_file_write,
    .fsync = generic_file_fsync,
    .mmap = generic_file_mmap,
};
