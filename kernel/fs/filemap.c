/* SPDX-License-Identifier: MIT */
/*
 * filemap.c - what read(2) and write(2) of a cached file do.
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
 * Locks: filemap_write is called with the inode's lock, which orders writers
 * and keeps the size.
 */
#include "fs/fs.h"

#include "lib/err.h"
#include "riscv/uaccess.h"
#include "sched/task.h"
#include "vm/reclaim.h"
#include "vm/shmem.h"

static uint64_t
read_size(struct address_space *m)
{
    return (uint64_t)atomic_load_explicit(&m->size, memory_order_acquire);
}

/* The page at index: valid and referenced, or ERR_PTR.  May read ahead. */
static struct page *
filemap_get_page(struct address_space *m, struct file_ra_state *ra,
                 uint64_t index, uint64_t last)
{
    struct page *page = find_get_page(m, index);

    if (unlikely(!page)) {
        page_cache_readahead(m, ra, NULL, index, last - index + 1);
        return read_cache_page(m, index);
    }
    if (unlikely(page_test(page, PG_readahead)))
        page_cache_readahead(m, ra, page, index, last - index + 1);
    if (likely(page_test(page, PG_uptodate)))
        return page;
    put_page(page);
    return read_cache_page(m, index);
}

ssize_t
filemap_read(struct address_space *m, struct file_ra_state *ra, void *ubuf,
             size_t len, off_t start)
{
    uint64_t pos = (uint64_t)start, end = pos + len, stop;
    ssize_t err = 0;

    /* One look at the size a turn: it may fall between two. */
    while (!err && pos < (stop = MIN(end, read_size(m)))) {
        uint64_t index = pos >> PAGE_SHIFT;
        struct page *page =
            filemap_get_page(m, ra, index, (stop - 1) >> PAGE_SHIFT);
        size_t n, left;

        if (IS_ERR(page)) {
            err = PTR_ERR(page);
            break;
        }
        if (index != ra->prev_index || pos % PAGE_SIZE == 0)
            mark_page_accessed(page);
        ra->prev_index = index;
        /* The size as it is now, after PG_uptodate was seen. */
        stop = MIN(MIN(end, read_size(m)), (index + 1) << PAGE_SHIFT);
        n = stop > pos ? stop - pos : 0;
        left = copy_to_user((uint8_t *)ubuf + (pos - (uint64_t)start),
                            (uint8_t *)page_address(page) + pos % PAGE_SIZE, n);
        put_page(page);
        pos += n - left;
        if (left)
            err = -EFAULT;
        else if (fatal_signal_pending(current))
            err = -EINTR;
    }
    return pos > (uint64_t)start ? (ssize_t)(pos - (uint64_t)start) : err;
}

/*
 * Let the bytes of a locked page that will not be written be right; fresh: its
 * block is new, so they are zeroes.  0 or -EIO
 */
static int
prepare_page(struct page *page, unsigned from, unsigned len, bool fresh)
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

/*
 * So many of the len bytes from `from` on were written: the page is dirty.
 * => that, or 0 if it holds nothing valid
 */
static unsigned
commit_page(struct page *page, unsigned from, unsigned len, unsigned copied)
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

/* Write inside one page.  => bytes, 0: fault the buffer in, or -errno */
static ssize_t
write_one_page(struct address_space *m, const void *ubuf, unsigned len,
               off_t pos)
{
    unsigned from = (unsigned)((uint64_t)pos & (PAGE_SIZE - 1)), copied = 0;
    off_t size = (off_t)read_size(m);
    struct page *page;
    uint64_t index;
    int err;

    if (pos > size) /* zeroes between, whatever was mapped */
        truncate_pages(m, size);
    err = m->ops->begin_write ? m->ops->begin_write(m) : 0;
    if (err)
        return err;
    index = (uint64_t)pos >> PAGE_SHIFT;
    page = mapping_is_shmem(m) ? shmem_get_page(m, index)
                               : grab_cache_page(m, index);
    if (IS_ERR(page)) {
        err = (int)PTR_ERR(page);
        goto end;
    }
    wait_on_page_writeback(page);
    err = m->ops->bind_page ? m->ops->bind_page(m, page) : 0;
    if (err >= 0)
        err = prepare_page(page, from, len, err > 0);
    if (!err) {
        pagefault_disable();
        copied = len - (unsigned)copy_from_user(
                           (uint8_t *)page_address(page) + from, ubuf, len);
        pagefault_enable();
        /* Even if nothing was copied, a new block's old bytes must go. */
        if (copied > 0 || page_test(page, PG_fresh))
            copied = commit_page(page, from, len, copied);
        if (copied > 0 && pos + (off_t)copied > size)
            atomic_store_explicit(&m->size, pos + (off_t)copied,
                                  memory_order_release);
    }
    unlock_page(page);
    put_page(page);
end:
    if (m->ops->end_write)
        m->ops->end_write(m, !err && copied == 0 && pos >= size);
    return err ? err : (ssize_t)copied;
}

/* Bring in what the copy of a user's buffer came short of.  0 or -EFAULT */
static int
fault_in(uint64_t addr, uint64_t len)
{
    uint64_t end = addr + len;

    for (addr &= PAGE_MASK; addr < end; addr += PAGE_SIZE)
        if (handle_user_fault(current->mm, addr, FAULT_READ) > VM_FAULT_DIRTIED)
            return -EFAULT;
    return 0;
}

ssize_t
filemap_write(struct address_space *m, const void *ubuf, size_t len, off_t pos)
{
    size_t done = 0;
    ssize_t n = 0;

    while (done < len && n >= 0) {
        const uint8_t *from = (const uint8_t *)ubuf + done;
        size_t room = PAGE_SIZE - (uint64_t)(pos + (off_t)done) % PAGE_SIZE;
        unsigned chunk = (unsigned)MIN(len - done, room);

        n = write_one_page(m, from, chunk, pos + (off_t)done);
        if (n == 0)
            n = fault_in((uint64_t)from, chunk);
        else if (n > 0)
            done += (size_t)n;
        if (n >= 0 && fatal_signal_pending(current))
            n = -EINTR;
    }
    return done ? (ssize_t)done : n;
}

int
lock_mapped_page(struct address_space *m, struct page *page)
{
    lock_page(page);
    if (page->mapping == m && page->index < mapping_pages(m))
        return 0;
    unlock_page(page);
    return -EAGAIN;
}
