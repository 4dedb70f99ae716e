/* SPDX-License-Identifier: MIT */
/*
 * The page cache: struct address_space, one per inode with data and one per
 * block device.  Everything read, written, mapped or executed goes through
 * it.  The file system block is a page, so a metadata block is a page of the
 * block device's mapping.
 *
 * Keys: (t) tree_lock; (i) i_mmap_lock; (c) constant; (a) atomic;
 * (I) the inode's lock; (w) writeback's dirty_lock.
 *
 * Invariants
 *   I1  A page in the tree has page->mapping == this, page->index its place,
 *       and one reference of the cache.
 *   I2  PG_dirty <=> RADIX_TAG_DIRTY, PG_writeback <=> RADIX_TAG_WRITEBACK,
 *       changed together under tree_lock.  Shared memory has its own rules.
 *   I3  A dirty page has its block: page->private is block + 1.
 *   I4  size changes under the inode's lock; a reader that sees a page sees
 *       a size no older than the page (publish order in filemap.c).
 *       The cache of a swap area has pages that also belong elsewhere; see
 *       swap_cache.c for what I1 to I3 are there.
 *   I5  An item of the tree with its low bit set is no page but a value of
 *       shmem.c's; lookups outside it see nothing there.
 */
#pragma once

#include "lib/radix_tree.h"
#include "lib/rbtree.h"
#include "mm/page_alloc.h"
#include "sched/mutex.h"

struct address_space;
struct block_device;
struct inode;

/* vm <- fs.  Called with no spinlock; may sleep. */
struct address_space_ops {
    /*
     * Where are the blocks of pages [index, index + max)?  Sets *block to the
     * first block's number and returns how many follow contiguously (>= 1);
     * *block = 0 means a hole of that length.
     * => pages of the range may be locked; -EIO, -ENOMEM
     */
    int (*map_blocks)(struct address_space *m, uint64_t index, unsigned max,
                      uint64_t *block);
    /*
     * Prepare a write of len bytes at pos, inside one page: open a journal
     * handle, return the page locked, with its block allocated, and up to
     * date where the write will not reach.
     * => inode lock held; refs: *page is the caller's; -ENOSPC, -EIO, ...
     */
    int (*write_begin)(struct address_space *m, off_t pos, unsigned len,
                       struct page **page);
    /*
     * `copied` bytes were stored: mark dirty, raise the size, unlock, put the
     * page, close the handle.  copied may be short, even 0.
     */
    int (*write_end)(struct address_space *m, off_t pos, unsigned len,
                     unsigned copied, struct page *page);
    /*
     * A page, up to date, is about to get a PTE with W in a shared mapping:
     * find its block and make it dirty.  NULL: it needs nothing.
     * => mmap_lock held for reading, page referenced and not locked; 0: locked
     *    and still inside m; -EAGAIN: it is not; -ENOSPC, -EIO, ...
     */
    int (*page_mkwrite)(struct address_space *m, struct page *page);
    /* Data pages of m, or its size or times, became dirty: queue the inode. */
    void (*dirtied)(struct address_space *m);
    /*
     * Shared memory has a page more (1) or one less (-1).  NULL: no limit
     * => may not sleep; -ENOSPC for 1
     */
    int (*charge)(struct address_space *m, int pages);
};

enum {
    AS_EIO = 1u << 0, /* a write failed since the last fsync looked */
    AS_ENOSPC = 1u << 1,
    AS_BDEV = 1u << 2,  /* a block device's mapping: counted as Buffers */
    AS_SHMEM = 1u << 4, /* shared memory or tmpfs: see shmem.h */
    AS_SWAP = 1u << 5,  /* the cache of a swap area: see swap_cache.c */
};

struct address_space {
    struct inode *host;                  /* (c) opaque; NULL possible */
    const struct address_space_ops *ops; /* (c) */
    struct block_device *bdev;           /* (c) where pages are written */
    _Atomic int64_t size;                /* (I) bytes */

    struct spinlock tree_lock; /* RANK_TREE */
    struct radix_tree pages;   /* (t) */
    uint64_t nr_pages;         /* (t) */
    uint64_t nr_swapped;       /* (t) swap entries in their place (shmem) */
    atomic32_t flags;          /* (a) AS_* */
    atomic32_t wb_error_seq;   /* (a) counts failed writes */
    uint64_t number;           /* (c) no other has or had it: futexes */

    struct rwsem i_mmap_lock; /* RANK_I_MMAP */
    struct rb_root i_mmap;    /* (i) vm_area.in_mapping */

    struct list_head dirty_link; /* (w) on the list of dirty mappings */
    uint64_t dirtied_when;       /* (w) timebase */
    uint32_t wb_pins;            /* (w) writers at work on it */
};

/* Per open file: where sequential reading has got to. */
struct file_ra_state {
    uint64_t start, size, async_size; /* pages: the current window */
    uint64_t prev_index;              /* last page read */
    uint32_t ra_pages;                /* the largest window */
    uint32_t flags;                   /* VM_SEQ_READ, VM_RAND_READ */
};

void address_space_init(struct address_space *m, struct inode *host,
                        const struct address_space_ops *ops,
                        struct block_device *bdev);
/* Panics unless empty and unmapped. */
void address_space_destroy(struct address_space *m);
void pagecache_init(void);

/* Pages inside the size, the last one perhaps in part. */
static inline uint64_t
mapping_pages(struct address_space *m)
{
    return DIV_ROUND_UP((uint64_t)atomic_read(&m->size), PAGE_SIZE);
}

/* --- pagecache.c: finding and adding.  "get": a reference for the caller */
struct page *find_get_page(struct address_space *m, uint64_t index);
struct page *find_lock_page(struct address_space *m, uint64_t index);
/*
 * Lock a referenced page that page_mkwrite got.  => 0; -EAGAIN, not locked: it
 * is not m's any more, or behind the end
 */
int lock_mapped_page(struct address_space *m, struct page *page);
/* Find, or add a new, locked page (not up to date if new).  ERR_PTR */
struct page *grab_cache_page(struct address_space *m, uint64_t index);
/* Its dirtiness is forgotten.  => page locked, not mapped, not written */
void remove_from_page_cache(struct page *page);
/* Those of [first, last] that are there; out has room for all.  => how many */
unsigned find_get_pages(struct address_space *m, uint64_t first, uint64_t last,
                        struct page **out);

/* --- page_lock.c: the sleeping lock in page->flags, hashed wait queues */
/*
 * Sleep until `bit` is clear; with `take`, until we have set it ourselves.
 * => 0; -EINTR, if state is TASK_KILLABLE
 */
int wait_on_page_bit(struct page *page, enum page_flag bit, uint32_t state,
                     bool take);
void unlock_page(struct page *page);

static inline bool
trylock_page(struct page *page)
{
    return !page_test_and_set(page, PG_locked);
}

static inline void
lock_page(struct page *page)
{
    wait_on_page_bit(page, PG_locked, TASK_UNINTERRUPTIBLE, true);
}

static inline int
lock_page_killable(struct page *page)
{
    return wait_on_page_bit(page, PG_locked, TASK_KILLABLE, true);
}

static inline void
wait_on_page_writeback(struct page *page)
{
    wait_on_page_bit(page, PG_writeback, TASK_UNINTERRUPTIBLE, false);
}

/* --- readahead.c, readpage.c */
/* Read one page: up to date and referenced, or ERR_PTR(-EIO, ...). */
struct page *read_cache_page(struct address_space *m, uint64_t index);
/* Start reading [index, index + nr) as far as absent; best effort. */
void readahead_range(struct address_space *m, uint64_t index, uint64_t nr);
/* A miss, or a hit on a PG_readahead page (page != NULL), at index. */
void page_cache_readahead(struct address_space *m, struct file_ra_state *ra,
                          struct page *page, uint64_t index, uint64_t nr);
/* Start I/O on nr locked consecutive pages; end_io unlocks them. */
void submit_page_reads(struct address_space *m, struct page **pages,
                       unsigned nr);

/*
 * The two halves of writing into a locked page that has its block.  prepare:
 * make everything outside [from, from + len) valid; fresh: the block is new.
 * commit: the bytes are there, `copied` of them; returns how many count (0
 * when a short copy left the page invalid) and sets the page dirty.
 * => page locked; prepare: 0 or -EIO
 */
int page_prepare_write(struct page *page, unsigned from, unsigned len,
                       bool fresh);
unsigned page_commit_write(struct page *page, unsigned from, unsigned len,
                           unsigned copied);

/* --- filemap.c: what read(2) and write(2) of a cached file do */
ssize_t filemap_read(struct address_space *m, struct file_ra_state *ra,
                     void *ubuf, size_t len, off_t pos);
/* => inode lock held; -EFAULT, -ENOSPC, ... or bytes written */
ssize_t filemap_write(struct address_space *m, const void *ubuf, size_t len,
                      off_t pos);

/* --- truncate.c */
/* Drop pages from byte `from` on (unmapping them), zero the tail's page. */
void truncate_pages(struct address_space *m, off_t from);
/* Drop clean, unmapped, unused pages: drop_caches.  => how many */
uint64_t invalidate_pages(struct address_space *m);
/* Drop one block's page of a metadata mapping: the block was freed. */
void discard_page(struct address_space *m, uint64_t index);

/* --- writeback.c */
/* => page locked (or, for metadata, pinned by its owner's lock) */
void set_page_dirty(struct page *page);
/* Start writing the dirty pages in [start, end] (bytes, end inclusive). */
int write_mapping_pages(struct address_space *m, off_t start, off_t end);
/* Wait for writes under way; returns and clears the mapping's error. */
int wait_mapping_writeback(struct address_space *m, off_t start, off_t end);
/* Both: what fsync does for data.  -EIO, -ENOSPC */
int sync_mapping(struct address_space *m);
/* The file is going: forget it on the dirty list. */
void writeback_forget(struct address_space *m);
/* After dirtying pages, with nothing held: sleep when there are too many. */
void balance_dirty_pages(void);
void wakeup_flusher(void);
/* Start to write a locked dirty page for reclaim, unless mapped; unlocks. */
void write_page_out(struct page *page);

/*
 * vm <- fs, may sleep:  write inodes that are dirty into their blocks (dirty
 * metadata pages); older_than: timebase, 0: all.
 */
struct writeback_ops {
    void (*write_dirty_inodes)(uint64_t dirtied_before);
};
void writeback_register(const struct writeback_ops *ops);
void writeback_start(void); /* the flusher thread */
/* sync(2): all mappings, inodes, device caches. */
int sync_all(void);
