/* SPDX-License-Identifier: MIT */
/* What the page cache's own files share; see pagecache.h. */
#pragma once

#include "vm/pagecache.h"

struct list_head;
struct bio;

void page_lock_init(void);

/*
 * Put a locked page at index of m's tree if claim(page, arg), called with
 * tree_lock held, does not object.
 * => refs: the cache takes its own; -EEXIST, -ENOMEM; -ENOENT: it did object
 */
int cache_insert(struct address_space *m, uint64_t index, struct page *page,
                 bool (*claim)(struct page *page, uint64_t arg), uint64_t arg);
/*
 * A new locked page at index, with these other PG_ bits, on its LRU list.
 * => refs: the caller's; ERR_PTR: -EEXIST, -ENOMEM
 */
struct page *add_new_page(struct address_space *m, uint64_t index, gfp_t gfp,
                          uint64_t bits);
/*
 * The first page at or after *index with the tag, or NULL; *index becomes its
 * index.  => refs: the caller's
 */
struct page *find_get_next(struct address_space *m, uint64_t *index,
                           enum radix_tag tag);

/* PG_writeback was cleared: wake who waits for it. */
void wake_page_writeback(struct page *page);

/* The block of a page in the cache of a file or device. */
static inline uint64_t
page_block(const struct page *page)
{
    return atomic_read(&page->mapping->flags) & AS_BDEV ? page->index
                                                        : page->private - 1;
}

/* Read a page from a block of bdev and wait.  => 0 or -EIO */
int read_block(struct block_device *bdev, uint64_t block, struct page *page);
/* For end_io of bios whose pages are in a cache; interrupt context. */
void end_read(struct bio *bio);
void end_write(struct bio *bio);
/* The page is being written from now on.  => tree_lock of its cache held */
void set_page_writeback(struct address_space *m, struct page *page);

/*
 * Bios for pages that come one after the other: a page that lies behind the
 * last one joins its bio.  bio_run_flush submits what was gathered.
 */
struct bio_run {
    struct block_device *bdev;
    uint8_t op;
    void (*end_io)(struct bio *);
    struct bio *bio; /* being filled, or NULL */
    uint64_t next;   /* block that would continue it */
};
void bio_run_add(struct bio_run *run, struct page *page, uint64_t block);
void bio_run_flush(struct bio_run *run);

/*
 * Take a page out of the cache if nobody else can reach it: `refs` are the
 * references that the caller knows of (the cache's included).
 * => page locked; false: busy or dirty
 */
bool remove_page_if_unused(struct page *page, int32_t refs);

/* Pages of block devices in the cache: "Buffers" of /proc/meminfo. */
uint64_t nr_buffer_pages(void);

/* Clear PG_dirty and its tag.  => tree_lock held; false: was clean */
bool clear_dirty_locked(struct address_space *m, struct page *page);

/* Wait for writes under way, and leave the mapping's error alone. */
void wait_writeback_range(struct address_space *m, off_t start, off_t end);

/* So many percent of the pages that may be dirty. */
uint64_t dirty_limit(uint32_t ratio);

/* --- flusher.c and its lists */

/* The first mapping became dirty: see to it in time.  Any context. */
void flusher_note_dirty(void);
/* A write ended: throttled writers may look again.  Any context. */
void flusher_note_progress(void);
/*
 * Sleep until a write ends, ticks timebase ticks at most; for reclaim, when
 * all it found is under writeback.
 */
void wait_for_write_progress(uint64_t ticks);

/*
 * writeback.c: take the oldest dirty mapping off the list, pinned, if it was
 * dirtied at or before `before`; unpin puts it back if pages remain dirty.
 */
struct address_space *next_dirty_mapping(uint64_t before);
void unpin_mapping(struct address_space *m);
bool dirty_mappings_exist(void);

/*
 * The same for shared memory with pages in a swap area, which is never on the
 * other list.  note: it has some; the caller keeps it from going.
 */
void note_swapped_mapping(struct address_space *m);
struct address_space *next_swapped_mapping(uint64_t before);

/* /proc/sys/vm: percentages of dirtyable memory and hundredths of seconds. */
struct dirty_tunables {
    uint32_t background_ratio, ratio;
    uint32_t expire_centisecs, writeback_centisecs;
};
extern struct dirty_tunables dirty_tunables;
