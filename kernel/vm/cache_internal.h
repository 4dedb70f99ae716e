/* SPDX-License-Identifier: MIT */
/* What the page cache's own files share; see pagecache.h. */
#ifndef VM_CACHE_INTERNAL_H
#define VM_CACHE_INTERNAL_H

#include "vm/pagecache.h"

struct list_head;
struct bio;

void page_lock_init(void);

/* Nodes of the trees that hold pages: of mappings, and of the swap cache. */
extern const struct radix_ops page_tree_ops;

/* PG_writeback was cleared: wake who waits for it. */
void wake_page_writeback(struct page *page);

/* The block of a page, and its first sector on the mapping's device. */
static inline uint64_t
page_block(const struct address_space *m, const struct page *page)
{
    return atomic_read(&((struct address_space *)m)->flags) & AS_BDEV
               ? page->index
               : page->private - 1;
}

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

/* Number of pages that may be dirty at most, and when to start writing. */
void dirty_limits(uint64_t *background, uint64_t *limit);

#endif
