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
 *       changed together under tree_lock.  A PG_swapbacked page has neither
 *       tag: reclaim writes it, and nobody else.
 *   I3  A dirty page of a file has its block: page->private is block + 1.
 *   I4  size changes under the inode's lock; a reader that sees a page sees
 *       a size no older than the page (publish order in filemap.c).
 *   I5  The cache of a swap area finds anonymous pages by their slot: they
 *       have an anon_vma instead of a mapping (swap_cache.c).
 *   I6  An item of the tree with its low bit set is no page but the swap entry
 *       of a page of shared memory; lookups see nothing there.  A page that is
 *       added takes its place, and its slot with it.
 */
#pragma once

#include "lib/err.h"
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
     * For fs/filemap.c, page by page: begin_write before a page is locked opens a
     * journal handle, which end_write closes after it was unlocked; undo: no
     * byte came behind the end, so what bind_page did there must go.  NULL:
     * nothing of that kind.
     * => inode lock held
     */
    int (*begin_write)(struct address_space *m);
    void (*end_write)(struct address_space *m, bool undo);
    /*
     * A locked page is to be written to: allocate its block if it has none.
     * => 1: the block is new; 0; -ENOSPC, -EIO.  NULL: pages are blocks
     */
    int (*bind_page)(struct address_space *m, struct page *page);
    /*
     * A page, up to date, is about to get a PTE with W in a shared mapping:
     * find its block and make it dirty.  NULL: it needs nothing.
     * => mmap_lock held for reading, page referenced and not locked; 0: locked
     *    and still inside m; -EAGAIN: it is not; -ENOSPC, -EIO, ...
     */
    int (*page_mkwrite)(struct address_space *m, struct page *page);
    /*
     * Shared memory has a page more (1) or one less (-1).  NULL: no limit
     * => tree_lock held; -ENOSPC for 1
     */
    int (*charge)(struct address_space *m, int pages);
};

enum {
    AS_BDEV = 1u << 0,  /* a block device's mapping: counted as Buffers */
    AS_SHMEM = 1u << 1, /* shared memory or tmpfs: see shmem.h */
    AS_SWAP = 1u << 2,  /* the cache of a swap area: see swap_cache.c */
};

struct address_space {
    struct inode *host;                  /* (c) opaque; NULL possible */
    const struct address_space_ops *ops; /* (c) */
    struct block_device *bdev;           /* (c) where pages are written */
    uint32_t flags;                      /* (c) AS_* */
    _Atomic int64_t size;                /* (I) bytes */

    struct spinlock tree_lock; /* RANK_TREE */
    struct radix_tree pages;   /* (t) */
    uint64_t nr_pages;         /* (t) */
    uint64_t nr_swapped;       /* (t) slots of swap areas that it has */
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
    uint64_t start, size; /* pages: the current window */
    uint64_t prev_index;  /* last page read */
    uint32_t flags;       /* VM_SEQ_READ, VM_RAND_READ */
};

/* flags: AS_*.  Before it goes, close_mapping(). */
void address_space_init(struct address_space *m, struct inode *host,
                        const struct address_space_ops *ops,
                        struct block_device *bdev, uint32_t flags);
void pagecache_init(void);

/* Pages inside the size, the last one perhaps in part. */
#define mapping_pages(m)                                                       \
    DIV_ROUND_UP((uint64_t)atomic_read(&(m)->size), PAGE_SIZE)
/* Shared memory, of which tmpfs is a kind: see shmem.h. */
#define mapping_is_shmem(m) (((m)->flags & AS_SHMEM) != 0)

/* Are its contents valid?  Then who asks sees them, without the page lock. */
#define page_uptodate(page)                                                    \
    (atomic_load_explicit(&(page)->flags, memory_order_acquire) &              \
     BIT(PG_uptodate))

/* --- pagecache.c: finding and adding.  "get": a reference for the caller */
struct page *find_get_page(struct address_space *m, uint64_t index);
/*
 * The first page at or behind *next that has the tag, or NULL; *next becomes
 * the index behind it.
 */
struct page *find_get_next(struct address_space *m, uint64_t *next,
                           enum radix_tag tag);
/* Those of [first, last] that are there; out has room for all.  => how many */
unsigned find_get_pages(struct address_space *m, uint64_t first, uint64_t last,
                        struct page **out);
/*
 * Put a locked page at index of m's tree, whose nodes are tried for as hard as
 * gfp says.
 * => refs: the cache takes its own; -ENOMEM, -ENOSPC; -EEXIST: there is one, or
 *    nobody holds this slot of a swap area any more
 */
int add_to_page_cache(struct address_space *m, uint64_t index,
                      struct page *page, gfp_t gfp);
/* A new locked page at index, on its LRU list.  ERR_PTR, as above */
struct page *add_new_page(struct address_space *m, uint64_t index, gfp_t gfp);
/* Find, or add a new, locked page (not up to date if new).  ERR_PTR */
struct page *grab_cache_page(struct address_space *m, uint64_t index);
/*
 * Take a page out, with refs 0 in any case: its dirtiness is forgotten, its
 * swap slot given up.  Else only if it is clean and nobody else can reach it:
 * refs are the references that the caller knows of, the cache's included; then
 * a page of shared memory leaves its swap entry in its place.
 * => page locked and, with refs 0, not under writeback; not mapped, but if it
 *    is in the cache of a swap area; refs: the cache's is dropped
 */
bool remove_from_page_cache(struct page *page, int32_t refs);
/* Pages of block devices in the cache: "Buffers" of /proc/meminfo. */
extern atomic64_t buffer_pages;
#define nr_buffer_pages() ((uint64_t)atomic_read(&buffer_pages))

/* --- the sleeping lock in page->flags, hashed wait queues */
/*
 * Sleep until `bit` is clear; with `take`, until we have set it ourselves.
 * => 0; -EINTR, if state is TASK_KILLABLE
 */
int wait_on_page_bit(struct page *page, enum page_flag bit, uint32_t state,
                     bool take);
/* PG_locked or PG_writeback ends: wake who waits for it.  Any context. */
void clear_page_bit(struct page *page, enum page_flag bit);

static inline void
unlock_page(struct page *page)
{
    ASSERT(page_test(page, PG_locked));
    clear_page_bit(page, PG_locked);
}

#define trylock_page(page) (!page_test_and_set(page, PG_locked))
#define lock_page(page)                                                        \
    ((void)wait_on_page_bit(page, PG_locked, TASK_UNINTERRUPTIBLE, true))
#define wait_on_page_writeback(page)                                           \
    ((void)wait_on_page_bit(page, PG_writeback, TASK_UNINTERRUPTIBLE, false))

/* --- readpage.c */
/*
 * The page at index of m, locked and up to date.  page: what find_get_page()
 * found there; if that is nothing, the page is added, with gfp, and read with
 * what lies `around` it (a power of two).
 * => refs: consumes page's; the result's is the caller's; ERR_PTR: -EINTR,
 *    -EIO, -ENOMEM, -ENOSPC; -EAGAIN: it has gone meanwhile
 */
struct page *lock_page_at(struct address_space *m, uint64_t index,
                          struct page *page, uint64_t around, gfp_t gfp);
/*
 * The same, but not locked, and of a hole of shared memory the zero page; any
 * that goes is read again.  No -EAGAIN, no -ENOSPC.
 */
struct page *read_cache_page(struct address_space *m, uint64_t index);
/* Start reading what is not cached of a range: not all of a long one. */
void readahead_range(struct address_space *m, uint64_t index, uint64_t nr);
/* A miss, or a hit on a PG_readahead page (page != NULL), at index. */
void page_cache_readahead(struct address_space *m, struct file_ra_state *ra,
                          struct page *page, uint64_t index, uint64_t nr);

struct bio;
/*
 * Bios for pages that come one after the other: a page that lies behind the
 * last one joins its bio.  bio_run_flush submits what was gathered.  The end
 * of a read unlocks its page, that of a write clears PG_writeback.
 */
struct bio_run {
    uint8_t op;
    struct bio *bio; /* being filled, or NULL */
};
void bio_run_add(struct bio_run *run, struct block_device *bdev, uint64_t block,
                 struct page *page);
void bio_run_flush(struct bio_run *run);

/* The block of a page in the cache of a file or device. */
static inline uint64_t
page_block(const struct page *page)
{
    return page->mapping->flags & AS_BDEV ? page->index : page->private - 1;
}

/* --- truncate.c */
/*
 * Drop pages from byte `from` on (unmapping them), zero the tail's page.
 * => -EIO, -ENOMEM, -EINTR: the tail is not zero, so the file must not grow
 */
int truncate_pages(struct address_space *m, off_t from);
/* Drop clean, unmapped, unused pages. */
void invalidate_pages(struct address_space *m);
/* Drop one block's page of a metadata mapping: the block was freed. */
void discard_page(struct address_space *m, uint64_t index);

/* --- writeback.c */
/* => page locked (or, for metadata, pinned by its owner's lock) */
void set_page_dirty(struct page *page);
/* Clear PG_dirty and its tag.  => tree_lock held; false: was clean */
bool clear_dirty_locked(struct address_space *m, struct page *page);
/*
 * Start writing a locked page that nobody can store to, if it is dirty;
 * unlocks it.  run.op is BIO_WRITE.
 */
void write_page(struct bio_run *run, struct page *page);
/* The write of a page has ended.  => any context; refs: drops the write's */
void end_page_writeback(struct page *page, int error);
/*
 * Write what is dirty and wait: what fsync does for data.
 * => -EIO: a write failed meanwhile
 */
int sync_mapping(struct address_space *m);
/* Start to write what is dirty. */
void write_mapping(struct address_space *m);

/* --- flusher.c: mappings with dirty pages, and shared memory with slots */
extern struct list_head dirty_mappings, swapped_mappings;
/* m has some: put it on its list.  => the caller keeps it from going */
void queue_mapping(struct address_space *m);
/* Take the oldest off that came at or before `before`, pinned, or NULL. */
struct address_space *take_mapping(struct list_head *list, uint64_t before);
/* It goes back to its list if it has some still. */
void unpin_mapping(struct address_space *m);
/* m is going: drop its pages, off its list, wait for pins.  May sleep */
void close_mapping(struct address_space *m);

/* Who waits for writes to end: each end wakes them, in any context. */
extern struct wait_queue progress_wait;
/* After dirtying pages, with nothing held: sleep when there are too many. */
void balance_dirty_pages(void);

/* /proc/sys/vm: percentages of dirtyable memory and hundredths of seconds. */
struct dirty_tunables {
    uint32_t background_ratio, ratio;
    uint32_t expire_centisecs, writeback_centisecs;
};
extern struct dirty_tunables dirty_tunables;

void writeback_start(void); /* the flusher thread */
/*
 * Write mappings dirtied at or before `before`, and younger ones too while over
 * background.  all: every one, and wait for the ends.
 */
void write_mappings(uint64_t before, bool all);
