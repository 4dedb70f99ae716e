/* SPDX-License-Identifier: MIT */
/*
 * writeback.c - dirty pages and how they reach the disk.
 *
 *   set_page_dirty -> PG_dirty, tag DIRTY --write--> PG_writeback, tag
 *   WRITEBACK --end_io--> clean
 *
 * A page is dirtied only when its block exists (page->private), so writing it
 * is one bio and nothing else: no file system, no journal, no inode lock.
 *
 * A mapping with dirty pages is on one list, oldest first.  Who writes takes
 * it off, pins it (wb_pins), writes, and puts it back if pages remain.
 * writeback_forget(), called before the mapping goes away, waits for pins.
 *
 * A page may be mapped with W only while it is dirty: before it gets W,
 * page_mkwrite makes it dirty; before it is cleaned, page_mkclean takes W from
 * every PTE and, for a batch of pages at once, from the TLBs.  Both happen with
 * the page locked, and it stays locked until it is under writeback.  So a store
 * is either in what is written, or faults, waits for the lock, and makes the
 * page dirty again.
 *
 * What a mapping lets somebody store behind the end of the file, in its last
 * page, is cleared before the page is written.  A store that an extension made
 * legal is not lost: it came after the extension, so either the new size is
 * seen here, or the store faults and waits for the page lock.
 *
 * Invariants
 *   I1  A mapping with a dirty page is on the dirty list or pinned.
 *   I2  PG_dirty and PG_writeback change with their tags under tree_lock.
 *   I3  A page under writeback holds a reference for its bio, and stays in
 *       its mapping: truncate and reclaim wait or leave it alone.
 *   I4  A shared PTE with W => PG_dirty.
 *
 * Locks: page lock > i_mmap_lock > tree_lock; dirty_lock is innermost and held
 * for list operations only.
 */

#include "block/bio.h"
#include "riscv/tlb.h"
#include "sched/sched.h"
#include "sched/timer.h"
#include "vm/reclaim.h"
#include "vm/swap.h"

enum { WRITE_BATCH = 16 };

static struct spinlock dirty_lock =
    SPINLOCK_INIT(RANK_DIRTY_LIST, "dirty_list");
static LIST_HEAD(dirty_mappings);
static LIST_HEAD(swapped_mappings); /* of shared memory, for swapoff */
static struct wait_queue unpin_wait = WAIT_QUEUE_INIT(unpin_wait);

/* --- The list of dirty mappings */

static void
queue_mapping(struct address_space *m, struct list_head *list)
{
    bool first;

    spin_lock(&dirty_lock);
    first = list_empty(list);
    if (list_empty(&m->dirty_link)) {
        m->dirtied_when = clock_ticks();
        list_add_tail(&m->dirty_link, list);
    }
    spin_unlock(&dirty_lock);
    if (first && list == &dirty_mappings)
        flusher_note_dirty();
}

static struct address_space *
take_mapping(struct list_head *list, uint64_t before)
{
    struct address_space *m;

    spin_lock(&dirty_lock);
    m = list_first_entry_or_null(list, struct address_space, dirty_link);
    if (m && m->dirtied_when > before)
        m = NULL;
    if (m) {
        list_del_init(&m->dirty_link);
        m->wb_pins++;
    }
    spin_unlock(&dirty_lock);
    return m;
}

struct address_space *
next_dirty_mapping(uint64_t before)
{
    return take_mapping(&dirty_mappings, before);
}

void
note_swapped_mapping(struct address_space *m)
{
    queue_mapping(m, &swapped_mappings);
}

struct address_space *
next_swapped_mapping(uint64_t before)
{
    return take_mapping(&swapped_mappings, before);
}

void
unpin_mapping(struct address_space *m)
{
    bool dirty, last;

    spin_lock(&m->tree_lock);
    dirty = radix_tree_tagged(&m->pages, RADIX_TAG_DIRTY);
    spin_unlock(&m->tree_lock);
    if (dirty)
        queue_mapping(m, &dirty_mappings); /* I1: before the pin goes */
    spin_lock(&dirty_lock);
    last = --m->wb_pins == 0;
    spin_unlock(&dirty_lock);
    if (last)
        wake_up_all(&unpin_wait);
}

static bool
mapping_forgotten(struct address_space *m)
{
    bool idle;

    spin_lock(&dirty_lock);
    list_del_init(&m->dirty_link);
    idle = m->wb_pins == 0;
    spin_unlock(&dirty_lock);
    return idle;
}

void
writeback_forget(struct address_space *m)
{
    wait_event(&unpin_wait, mapping_forgotten(m));
}

bool
dirty_mappings_exist(void)
{
    return !list_empty(&dirty_mappings);
}

/* --- Page states */

void
set_page_dirty(struct page *page)
{
    struct address_space *m = page->mapping;

    if (page_test(page, PG_dirty))
        return;
    if (!m)
        return; /* truncated: its owner waits for the page lock */
    ASSERT(page->private || (atomic_read(&m->flags) & AS_BDEV));
    spin_lock(&m->tree_lock);
    if (page->mapping != m || page_test_and_set(page, PG_dirty)) {
        spin_unlock(&m->tree_lock);
        return;
    }
    radix_tree_tag_set(&m->pages, page->index, RADIX_TAG_DIRTY);
    spin_unlock(&m->tree_lock);

    zone_stat_add(page, NR_FILE_DIRTY, 1);
    queue_mapping(m, &dirty_mappings);
    if (m->ops->dirtied)
        m->ops->dirtied(m);
}

bool
clear_dirty_locked(struct address_space *m, struct page *page)
{
    /* Shared memory is dirty while it lives, without a tag. */
    if (page_test(page, PG_swapbacked) || !page_test_and_clear(page, PG_dirty))
        return false;
    radix_tree_tag_clear(&m->pages, page->index, RADIX_TAG_DIRTY);
    zone_stat_add(page, NR_FILE_DIRTY, -1);
    return true;
}

void
set_page_writeback(struct address_space *m, struct page *page)
{
    page_set(page, PG_writeback);
    zone_stat_add(page, NR_WRITEBACK, 1);
    radix_tree_tag_set(&m->pages, page_cache_index(page), RADIX_TAG_WRITEBACK);
}

/* dirty -> writeback.  => page locked; false: it is not dirty any more */
static bool
start_writeback(struct address_space *m, struct page *page)
{
    bool dirty;

    spin_lock(&m->tree_lock);
    dirty = clear_dirty_locked(m, page);
    if (dirty)
        set_page_writeback(m, page);
    spin_unlock(&m->tree_lock);
    return dirty;
}

static void
end_page_writeback(struct page *page, int error)
{
    struct address_space *m = page_cache(page);

    if (error && (atomic_read(&m->flags) & AS_SWAP)) {
        page_set(page, PG_error);
        page_set(page, PG_dirty);
    } else if (error) {
        atomic_fetch_or(&m->flags, error == -ENOSPC ? AS_ENOSPC : AS_EIO);
        atomic_inc(&m->wb_error_seq);
    }
    spin_lock(&m->tree_lock);
    radix_tree_tag_clear(&m->pages, page_cache_index(page),
                         RADIX_TAG_WRITEBACK);
    page_clear(page, PG_writeback);
    spin_unlock(&m->tree_lock);
    zone_stat_add(page, NR_WRITEBACK, -1);
    if (page_test_and_clear(page, PG_reclaim))
        rotate_lru_page(page);
    wake_page_writeback(page);
    put_page(page);
}

void
end_write(struct bio *bio)
{
    for (unsigned i = 0; i < bio->nr_pages; i++)
        end_page_writeback(bio->pages[i], bio->status);
    count_vm_events(PGPGOUT, bio->nr_pages * (PAGE_SIZE / 1024));
    flusher_note_progress();
    bio_put(bio);
}

/* --- Writing */

/* Pages about to be written: locked and dirty, without W in any PTE. */
struct write_batch {
    struct address_space *mapping;
    struct bio_run run;
    struct tlb_batch tlb; /* who may have W still */
    unsigned nr;
    struct page *pages[WRITE_BATCH]; /* referenced */
};

static void
batch_init(struct write_batch *b, struct address_space *m)
{
    b->mapping = m;
    b->run =
        (struct bio_run){.bdev = m->bdev, .op = BIO_WRITE, .end_io = end_write};
    b->tlb = (struct tlb_batch){.nr = 0};
    b->nr = 0;
}

/* => page locked; refs: consumes the caller's */
static void
batch_add(struct write_batch *b, struct page *page)
{
    page_mkclean(page, &b->tlb);
    b->pages[b->nr++] = page;
}

/* => page locked, and nobody has W */
static void
zero_behind_end(struct address_space *m, struct page *page)
{
    uint64_t size = (uint64_t)atomic_read(&m->size);
    size_t used = size & ~PAGE_MASK;

    if (page->index == size >> PAGE_SHIFT && used)
        memset((uint8_t *)page_address(page) + used, 0, PAGE_SIZE - used);
}

/* One shootdown for all of them; then queue each one's write and unlock it. */
static void
batch_queue(struct write_batch *b)
{
    tlb_batch_flush(&b->tlb);
    for (unsigned i = 0; i < b->nr; i++) {
        struct page *page = b->pages[i];

        zero_behind_end(b->mapping, page);
        if (start_writeback(b->mapping, page))
            bio_run_add(&b->run, get_page(page), /* until end_write */
                        page_block(page));
        unlock_page(page);
        put_page(page);
    }
    b->nr = 0;
}

static void
batch_submit(struct write_batch *b)
{
    batch_queue(b);
    bio_run_flush(&b->run);
}

void
write_page_out(struct page *page)
{
    struct write_batch b;

    /* Mapped still: reclaim could not have i_mmap_lock and must not wait. */
    if (atomic_read(&page->mapcount)) {
        unlock_page(page);
        return;
    }
    batch_init(&b, page->mapping);
    batch_add(&b, get_page(page));
    batch_submit(&b);
}

int
write_mapping_pages(struct address_space *m, off_t start, off_t end)
{
    uint64_t next = (uint64_t)start >> PAGE_SHIFT;
    uint64_t last = (uint64_t)end >> PAGE_SHIFT;
    struct write_batch b;
    struct page *page;

    batch_init(&b, m);
    for (; (page = find_get_next(m, &next, RADIX_TAG_DIRTY)); next++) {
        if (next > last) {
            put_page(page);
            break;
        }
        /*
         * Before we sleep for a page, what we gathered must go out: its end
         * may be what the page's holder waits for.
         */
        if (!trylock_page(page)) {
            batch_submit(&b);
            lock_page(page);
        }
        if (page_test(page, PG_writeback)) {
            batch_submit(&b);
            wait_on_page_writeback(page);
        }
        if (page->mapping == m && page_test(page, PG_dirty)) {
            batch_add(&b, page);
            if (b.nr == WRITE_BATCH)
                batch_queue(&b);
        } else {
            unlock_page(page);
            put_page(page);
        }
    }
    batch_submit(&b);
    return 0;
}

void
wait_writeback_range(struct address_space *m, off_t start, off_t end)
{
    uint64_t next = (uint64_t)start >> PAGE_SHIFT;
    uint64_t last = (uint64_t)end >> PAGE_SHIFT;
    struct page *page;

    for (;
         (page = find_get_next(m, &next, RADIX_TAG_WRITEBACK)) && next <= last;
         next++) {
        wait_on_page_writeback(page);
        put_page(page);
    }
    if (page)
        put_page(page);
}

int
wait_mapping_writeback(struct address_space *m, off_t start, off_t end)
{
    uint32_t failed;

    wait_writeback_range(m, start, end);
    failed = (uint32_t)atomic_fetch_and(&m->flags, ~(AS_EIO | AS_ENOSPC));
    if (failed & AS_EIO)
        return -EIO;
    return failed & AS_ENOSPC ? -ENOSPC : 0;
}

int
sync_mapping(struct address_space *m)
{
    write_mapping_pages(m, 0, INT64_MAX);
    return wait_mapping_writeback(m, 0, INT64_MAX);
}
