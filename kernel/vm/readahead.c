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
 * Locks: the window belongs to the open file and is changed without a lock;
 * two readers of one file may spoil it, which costs speed and nothing else.
 * See: Linux's "on-demand readahead" (Wu, 2007).
 */

#include "lib/err.h"
#include "vm/reclaim.h"
#include "vm/shmem.h"

enum { RA_BATCH = 32, RA_INITIAL = 4 };

/* A new locked page at index, or NULL: no memory, or it is there already. */
static struct page *
add_absent_page(struct address_space *m, uint64_t index)
{
    struct page *page = find_get_page(m, index);

    if (page) {
        put_page(page);
        return NULL;
    }
    page = add_new_page(m, index,
                        GFP_USER_MOVABLE | __GFP_NORETRY | __GFP_NOWARN, 0);
    return IS_ERR(page) ? NULL : page;
}

static void
submit_batch(struct address_space *m, struct page **batch, unsigned *n)
{
    if (*n == 0)
        return;
    submit_page_reads(m, batch, *n);
    for (unsigned i = 0; i < *n; i++)
        put_page(batch[i]);
    *n = 0;
}

/* As readahead_range; the page at `mark` gets PG_readahead. */
static void
start_reads(struct address_space *m, uint64_t index, uint64_t nr, uint64_t mark)
{
    uint64_t end = MIN(index + nr, mapping_pages(m));
    struct page *batch[RA_BATCH];
    unsigned n = 0;

    if (mapping_is_shmem(m))
        return; /* nothing is on a disk */
    for (; index < end; index++) {
        struct page *page = add_absent_page(m, index);

        /* A gap ends the batch, since its pages must be consecutive. */
        if (!page || n == RA_BATCH)
            submit_batch(m, batch, &n);
        if (!page)
            continue;
        if (index == mark)
            page_set(page, PG_readahead);
        batch[n++] = page;
    }
    submit_batch(m, batch, &n);
}

void
readahead_range(struct address_space *m, uint64_t index, uint64_t nr)
{
    start_reads(m, index, nr, UINT64_MAX);
}

static void
open_window(struct file_ra_state *ra, uint64_t index, uint64_t nr)
{
    uint64_t size = ra->flags & VM_SEQ_READ ? (uint64_t)ra->ra_pages
                                            : MAX(nr * 2, (uint64_t)RA_INITIAL);

    ra->start = index;
    ra->size = MIN(size, (uint64_t)ra->ra_pages);
    ra->async_size = ra->size > nr ? ra->size - nr : ra->size;
}

static void
advance_window(struct file_ra_state *ra, uint64_t index)
{
    /* A mark left by another reader's window moves ours to it. */
    ra->start = index > ra->start && index < ra->start + ra->size
                    ? ra->start + ra->size
                    : index + 1;
    ra->size =
        MIN(MAX(ra->size, (uint64_t)RA_INITIAL) * 2, (uint64_t)ra->ra_pages);
    ra->async_size = ra->size;
}

void
page_cache_readahead(struct address_space *m, struct file_ra_state *ra,
                     struct page *page, uint64_t index, uint64_t nr)
{
    nr = MIN(nr, (uint64_t)ra->ra_pages);
    if (page) {
        page_clear(page, PG_readahead);
        advance_window(ra, index);
    } else if (ra->flags & VM_RAND_READ) {
        readahead_range(m, index, nr);
        return;
    } else if (index == 0 || index == ra->prev_index + 1 ||
               (ra->flags & VM_SEQ_READ)) {
        open_window(ra, index, nr);
    } else {
        readahead_range(m, index, nr);
        return;
    }
    start_reads(m, ra->start, ra->size, ra->start + ra->size - ra->async_size);
}
