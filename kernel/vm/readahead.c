/* SPDX-License-Identifier: MIT */
/*
 * readahead.c - reading more than was asked for, when that pays.
 *
 * Each open file has a window [start, start + size).  The last async_size
 * pages of it lie ahead of the reader: when the reader reaches the first of
 * them (marked PG_readahead) the next window, twice as large, is started, so
 * that the disk works while the reader copies.
 *
 *        read up to here      PG_readahead
 *              v                 v
 *     |--------+-----------------#===============|
 *     start                      <- async_size -> start + size
 *
 * A miss that continues where the last read ended (or at the file's start)
 * opens a window; any other miss reads what was asked for and no more.
 * VM_SEQ_READ opens the largest window at once, VM_RAND_READ none.
 *
 * start_reads() serves swap areas and shared memory as well; what is ahead
 * there is said in swap_cache.c and shmem.c.
 *
 * Locks: the window belongs to the open file and is changed without a lock;
 * two readers of one file may spoil it, which costs speed and nothing else.
 * See: Linux's "on-demand readahead" (Wu, 2007).
 */
#include "vm/shmem.h"

#include "lib/err.h"

enum { RA_BATCH = 32, RA_INITIAL = 4 };

/* Is there something to read at index of m, and not in the cache? */
static bool
is_absent(struct address_space *m, uint64_t index)
{
    void *item;

    if (atomic_read(&m->flags) & AS_SWAP)
        return swap_take(swap_cache_entry(m, index), false);
    spin_lock(&m->tree_lock);
    item = radix_tree_lookup(&m->pages, index);
    spin_unlock(&m->tree_lock);
    return mapping_is_shmem(m) ? radix_is_exceptional(item) : !item;
}

int
start_reads(struct address_space *m, uint64_t index, uint64_t nr, uint64_t mark,
            gfp_t gfp)
{
    bool swap = atomic_read(&m->flags) & AS_SWAP;
    uint64_t end = MIN(index + nr, mapping_pages(m));
    struct page *batch[RA_BATCH];
    unsigned n = 0;
    int started = 0;

    for (; index < end; index++) {
        struct page *page = ERR_PTR(-EEXIST);

        if (is_absent(m, index))
            page = add_new_page(m, index, index == mark ? gfp : GFP_READAHEAD);
        if (index == mark && page == ERR_PTR(-ENOMEM)) {
            started = -ENOMEM;
            break;
        }
        /* A gap ends the batch, since its pages must be consecutive. */
        if (IS_ERR(page) || n == RA_BATCH) {
            submit_page_reads(m, batch, n);
            put_pages(batch, n);
            n = 0;
        }
        if (IS_ERR(page))
            continue;
        if ((index == mark) != swap)
            page_set(page, PG_readahead);
        batch[n++] = page;
        started++;
    }
    submit_page_reads(m, batch, n);
    put_pages(batch, n);
    return started;
}

void
page_cache_readahead(struct address_space *m, struct file_ra_state *ra,
                     struct page *page, uint64_t index, uint64_t nr)
{
    uint64_t max = ra->ra_pages, mark;
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
    start_reads(m, ra->start, ra->size, mark, GFP_READAHEAD);
}
