/* SPDX-License-Identifier: MIT */
/*
 * filemap.c - files of cached pages: what read(2), write(2) and mmap(2) of
 * them do.
 *
 * Reading takes no inode lock and locks no page: a reference keeps the
 * frame, PG_uptodate says that it may be read.  The size is read after
 * PG_uptodate was seen, and truncate lowers the size before it touches
 * pages, so a reader never returns bytes from behind the end of the file.
 *
 * Writing goes page by page, between the file system's begin_write and
 * end_write.  There the page is locked and a journal handle is open,
 * so the user's buffer, which may need this very page, is touched with page
 * faults disabled; when the copy comes short, both are given back, the
 * buffer is faulted in, and the rest is tried again.
 *
 * Interface: generic_file_* for the tables of file systems; kernel_read for
 * exec.
 *
 * Locks: the inode's lock orders writers and keeps the size.
 *
 * Not done: a write and its O_SYNC as one.
 */
#include "fs/fs.h"

#include "block/bio.h"
#include "riscv/uaccess.h"
#include "sched/task.h"
#include "vm/reclaim.h"
#include "vm/shmem.h"

enum { WRITE_CHUNK = 256 << 10 };

static uint64_t
read_size(struct address_space *m)
{
    return (uint64_t)atomic_load_explicit(&m->size, memory_order_acquire);
}

/* --- Reading */

/*
 * relatime: only if the file changed since it was last read.  ctime alone says
 * that: whatever changes sets it.
 */
static void
touch_atime(struct inode *inode)
{
    const struct timespec *a = &inode->atime, *c = &inode->ctime;

    if (!(inode->sb->flags & MS_RDONLY) &&
        (a->tv_sec < c->tv_sec ||
         (a->tv_sec == c->tv_sec && a->tv_nsec <= c->tv_nsec)))
        inode_touch(inode, TOUCH_ATIME);
}

/*
 * The page at index: valid and referenced, or ERR_PTR.  A miss, or the mark that
 * the last window of readahead left, starts the next window; `last` is how far
 * the reader is known to go.
 */
static struct page *
get_valid_page(struct address_space *m, struct file_ra_state *ra,
               uint64_t index, uint64_t last)
{
    struct page *page = find_get_page(m, index);

    if (unlikely(!page || page_test(page, PG_readahead)))
        page_cache_readahead(m, ra, page, index, last - index + 1);
    if (likely(page && page_uptodate(page)))
        return page;
    if (page)
        put_page(page);
    return read_cache_page(m, index);
}

/*
 * No inode lock: a page and the size that it is seen with belong together.
 * => the range of a user's buffer was checked; a kernel's will do as well
 */
ssize_t
generic_file_read(struct file *f, void *buf, size_t len, off_t *ppos)
{
    struct address_space *m = f->inode->mapping;
    uint64_t start = (uint64_t)*ppos, pos = start, end = start + len, stop;
    ssize_t err = 0;

    /* One look at the size a turn: it may fall between two. */
    while (!err && pos < (stop = MIN(end, read_size(m)))) {
        uint64_t index = pos >> PAGE_SHIFT;
        struct page *page =
            get_valid_page(m, &f->ra, index, (stop - 1) >> PAGE_SHIFT);
        size_t n, left;

        if (IS_ERR(page)) {
            err = PTR_ERR(page);
            break;
        }
        if (index != f->ra.prev_index || pos % PAGE_SIZE == 0)
            mark_page_accessed(page);
        f->ra.prev_index = index;
        /* The size as it is now, after PG_uptodate was seen. */
        stop = MIN(MIN(end, read_size(m)), (index + 1) << PAGE_SHIFT);
        n = stop > pos ? stop - pos : 0;
        left = uaccess_copy((uint8_t *)buf + (pos - start),
                            (uint8_t *)page_address(page) + pos % PAGE_SIZE, n);
        put_page(page);
        pos += n - left;
        if (left)
            err = -EFAULT;
        else if (fatal_signal_pending(current))
            err = -EINTR;
    }
    if (pos == start)
        return err;
    touch_atime(f->inode);
    *ppos = (off_t)pos;
    return (ssize_t)(pos - start);
}

ssize_t
kernel_read(struct file *f, void *buf, size_t n, off_t pos)
{
    return generic_file_read(f, buf, n, &pos);
}

/* --- Writing */

/* Let a locked page be what the file has there.  fresh: zeroes.  0 or -EIO */
static int
make_valid(struct page *page, bool fresh)
{
    int err = 0;

    if (page_test(page, PG_uptodate))
        return 0;
    if (fresh) {
        memset(page_address(page), 0, PAGE_SIZE);
    } else {
        count_vm_events(PGPGIN, KB_PER_PAGE);
        err = submit_bio_wait(page->mapping->bdev, BIO_READ,
                              page_block(page) * SECTORS_PER_PAGE, page);
    }
    if (!err)
        page_set(page, PG_uptodate);
    return err;
}

/*
 * Write inside one page.
 *
 * A page that will be overwritten as a whole is not read first.  If the copy
 * then comes short, what lies behind must be made right before the page is
 * unlocked: with zeroes if the block is new (also with nothing copied, for the
 * disk has there what somebody else had written), from the disk if it is not.
 *
 * The size grows before the page is unlocked and after its bytes are there, so
 * whoever sees the size sees them.
 * => bytes, 0: fault the buffer in, or -errno
 */
static ssize_t
write_one_page(struct address_space *m, const void *ubuf, unsigned len,
               off_t pos)
{
    uint64_t index = (uint64_t)pos >> PAGE_SHIFT,
             from = (uint64_t)pos % PAGE_SIZE;
    off_t size = (off_t)read_size(m);
    unsigned copied = 0;
    struct page *page;
    int fresh, err;

    /* Zeroes between, whatever was mapped. */
    err = pos > size ? truncate_pages(m, size) : 0;
    if (!err && m->ops->begin_write)
        err = m->ops->begin_write(m);
    if (err)
        return err;
    page = mapping_is_shmem(m) ? shmem_get_page(m, index)
                               : grab_cache_page(m, index);
    if (IS_ERR(page)) {
        err = (int)PTR_ERR(page);
        goto end;
    }
    wait_on_page_writeback(page);
    fresh = m->ops->bind_page ? m->ops->bind_page(m, page) : 0;
    err = fresh < 0 ? fresh : len < PAGE_SIZE ? make_valid(page, fresh) : 0;
    if (!err) {
        pagefault_disable();
        copied = len - (unsigned)uaccess_copy(
                           (uint8_t *)page_address(page) + from, ubuf, len);
        pagefault_enable();
    }
    if (!err && copied < len && !page_test(page, PG_uptodate)) {
        if (fresh) {
            memset((uint8_t *)page_address(page) + copied, 0, len - copied);
        } else { /* neither the old bytes nor all of the new ones */
            copied = 0;
            err = make_valid(page, false);
        }
    }
    if (!err && (copied > 0 || fresh)) { /* a new block's old bytes must go */
        page_set(page, PG_uptodate);
        page_clear(page, PG_icache); /* new bytes may be code */
        set_page_dirty(page);
    }
    if (copied > 0 && pos + (off_t)copied > size)
        atomic_store_explicit(&m->size, pos + (off_t)copied,
                              memory_order_release);
    unlock_page(page);
    put_page(page);
end:
    if (m->ops->end_write)
        m->ops->end_write(m, !err && copied == 0 && pos >= size);
    return err ? err : (ssize_t)copied;
}

/*
 * Page by page.  If only the first byte of what is left could be brought in, the
 * next try gets on by one byte at least; if not even that, it is over.
 * => inode locked; bytes, or -errno if there are none
 */
static ssize_t
write_pages(struct address_space *m, const uint8_t *ubuf, size_t len, off_t pos)
{
    const uint8_t *from = ubuf, *end = ubuf + len;
    ssize_t n = 0;

    while (from < end && n >= 0) {
        size_t room = PAGE_SIZE - (uint64_t)pos % PAGE_SIZE;
        unsigned chunk = (unsigned)MIN((size_t)(end - from), room);
        uint8_t c;

        n = write_one_page(m, from, chunk, pos);
        if (n > 0) {
            from += n;
            pos += n;
        } else if (n == 0) { /* fault the buffer in: on two pages at most */
            n = copy_from_user(&c, from, 1) ? -EFAULT : 0;
            (void)copy_from_user(&c, from + chunk - 1, 1);
        }
        if (n >= 0 && fatal_signal_pending(current))
            n = -EINTR;
    }
    return from > ubuf ? from - ubuf : n;
}

/*
 * Chunk by chunk with the inode locked for each, so that a long write does not
 * keep others out from its start to its end; and after each, with nothing held,
 * wait if too much is dirty.  The limits are looked at under the lock, as only
 * there the position of an append is certain.
 */
ssize_t
generic_file_write(struct file *f, const void *ubuf, size_t n, off_t *pos)
{
    struct inode *inode = f->inode;
    const uint8_t *from = ubuf, *end = from + n;
    uint64_t rlimit = current->rlim[RLIMIT_FSIZE].rlim_cur, limit = UINT64_MAX;
    ssize_t ret = 0, chunk = 0;

    if (S_ISREG(inode->mode))
        limit = MIN(inode->sb->max_bytes, rlimit);
    while (from < end && ret == chunk && !fatal_signal_pending(current)) {
        chunk = MIN(end - from, (ssize_t)WRITE_CHUNK);
        ret = -EFBIG;
        mutex_lock(&inode->lock);
        if (f->flags & O_APPEND)
            *pos = inode_size(inode);
        if ((uint64_t)*pos < limit) {
            inode_data_changed(inode); /* no new bytes with old set-id bits */
            ret = write_pages(inode->mapping, from,
                              MIN((size_t)chunk, limit - (uint64_t)*pos), *pos);
        } else if ((uint64_t)*pos >= rlimit) {
            send_signal(current, SIGXFSZ);
        }
        if (ret > 0) {
            from += ret;
            *pos += ret;
        }
        mutex_unlock(&inode->lock);
        balance_dirty_pages();
    }
    if (from == ubuf)
        return ret;
    return (f->flags & (O_SYNC | O_DSYNC) ? vfs_fsync(f, false) : 0)
               ?: from - (const uint8_t *)ubuf;
}

/* --- Mappings */

static void
file_vma_open(struct file *f)
{
    fget(f);
}

const struct vm_operations file_vm_ops = {
    .open = file_vma_open,
    .close = fput,
};

int
generic_file_mmap(struct file *f, struct mmap_args *args)
{
    args->mapping = f->inode->mapping;
    args->vm_ops = &file_vm_ops;
    touch_atime(f->inode);
    return 0;
}

const struct file_operations generic_file_ops = {
    .read = generic_file_read,
    .write = generic_file_write,
    .mmap = generic_file_mmap,
};
