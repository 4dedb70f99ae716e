/* SPDX-License-Identifier: MIT */
/*
 * swap_cache.c - pages that have a slot of a swap area.
 *
 * A page on its way out, or in, or shared by processes of which only some
 * have it mapped, is in memory and has a slot at once.  The swap cache finds
 * it by the slot, so that all of them get one page:
 *
 *      mapped ----add_to_swap----> in the cache, dirty, still mapped
 *         ^                             | try_to_unmap: PTE := entry
 *         | delete_from_swap_cache      v
 *      mapped, in the cache <------ in the cache, not mapped
 *              do_swap_page             | swap_write_page, then clean:
 *                    ^                  v reclaim frees it
 *                    '---- read ---- slot only
 *
 * Coming back, a page is read with its neighbours of the same cluster, since
 * what left together is used together.
 *
 * A page of zeroes is not written: a bit of the area says so (swap.c).
 *
 * When a write fails the page stays, dirty and with PG_error, until somebody
 * takes it back; its slot is then retired.  When a read fails those who need
 * the page get SIGBUS, and the slot is retired when the last of them is gone.
 *
 * Invariants
 *   I1  A page with PG_swapcache is in its area's tree at the slot that its
 *       `private` names; the tree holds a reference, the swap map has
 *       SWAP_HAS_CACHE.  All three change together under tree_lock.
 *   I2  PG_swapcache and private change only with the page locked.
 *   I3  An anonymous page outside the swap cache has no copy anywhere, so it
 *       is marked dirty when it enters (add_to_swap).  Inside, one that only
 *       one process has may be written while it keeps its slot: PTE_D tells
 *       try_to_unmap() that the copy is old.
 *
 * Locks: page lock (tried only, below a spinlock) > page_table_lock >
 * tree_lock > swap_lock.
 *
 * See: swap.c, fault_swap.c, reclaim.c; Gorman, chapter 11.
 */
#include "vm/swap.h"

#include "block/bio.h"
#include "block/blkdev.h"
#include "core/printk.h"
#include "lib/assert.h"
#include "lib/macros.h"
#include "mm/page_alloc.h"
#include "vm/cache_internal.h"
#include "vm/flusher.h"
#include "vm/reclaim.h"
#include "vm/swap_area.h"

enum { MAX_REPORTS = 10 };

/* Pages that were read ahead and then wanted, since it was last looked at. */
static _Atomic uint64_t ahead_used;

static struct swap_area *
area_of(swp_entry_t e)
{
    return &swap_areas[swp_type(e)];
}

static struct page *
find_get_swap_page(swp_entry_t e)
{
    struct swap_area *a = area_of(e);
    struct page *page;

    spin_lock(&a->tree_lock);
    page = radix_tree_lookup(&a->cache, swp_offset(e));
    if (page)
        get_page(page);
    spin_unlock(&a->tree_lock);
    return page;
}

/*
 * Put a locked page at e.  fresh: swap_alloc() gave us the slot; else it is
 * taken if somebody still holds it and no page stands for it yet.
 * => refs: the cache takes its own; -ENOENT, -EEXIST, -ENOMEM
 */
static int
insert(struct page *page, swp_entry_t e, bool fresh)
{
    struct radix_preload pre = RADIX_PRELOAD_INIT(&page_tree_ops);
    struct swap_area *a = area_of(e);
    int err;

retry: /* ends: the preload then holds what the insert asked for */
    spin_lock(&a->tree_lock);
    err = radix_tree_insert(&a->cache, swp_offset(e), page, &pre);
    if (!err && !fresh && !swap_cache_take(e)) {
        radix_tree_delete(&a->cache, swp_offset(e));
        err = -ENOENT;
    }
    if (!err) {
        get_page(page);
        page->private = e.val;
        page_set(page, PG_swapcache);
    }
    spin_unlock(&a->tree_lock);
    if (err == -EAGAIN && (err = radix_preload_fill(&pre)) == 0)
        goto retry;
    radix_preload_drop(&pre);
    if (!err)
        zone_stat_add(page, NR_SWAPCACHE, 1);
    return err;
}

void
swap_cache_init(void)
{
    for (unsigned i = 0; i < MAX_SWAP_AREAS; i++) {
        spin_init(&swap_areas[i].tree_lock, RANK_TREE, "swap_tree");
        radix_tree_init(&swap_areas[i].cache, &page_tree_ops);
    }
}

bool
add_to_swap(struct page *page)
{
    swp_entry_t e = swap_alloc();

    if (!e.val)
        return false;
    if (insert(page, e, true)) {
        swap_cache_leave(e);
        return false;
    }
    page_clear(page, PG_error);
    page_set(page, PG_dirty);
    return true;
}

/*
 * Take page out if it has at most so many references.
 * => page locked, not under writeback
 */
static bool
remove_cached(struct page *page, int32_t refs)
{
    swp_entry_t e = {page->private};
    struct swap_area *a = area_of(e);
    bool unused;

    ASSERT(page_test(page, PG_locked) && page_test(page, PG_swapcache));
    ASSERT(!page_test(page, PG_writeback));
    spin_lock(&a->tree_lock);
    unused = atomic_read(&page->refcount) <= refs;
    if (unused) {
        if (page_test_and_clear(page, PG_error))
            swap_retire(e);
        radix_tree_delete(&a->cache, swp_offset(e));
        page_clear(page, PG_swapcache);
        page->private = 0;
        swap_cache_leave(e);
    }
    spin_unlock(&a->tree_lock);
    if (!unused)
        return false;
    zone_stat_add(page, NR_SWAPCACHE, -1);
    put_page(page);
    return true;
}

void
delete_from_swap_cache(struct page *page)
{
    remove_cached(page, INT32_MAX);
}

bool
swap_drop_clean_page(struct page *page, int32_t refs)
{
    return !page_test(page, PG_dirty) && remove_cached(page, refs);
}

bool
try_to_free_swap(struct page *page)
{
    swp_entry_t e = {page->private};

    if (!page_test(page, PG_swapcache) || page_test(page, PG_writeback) ||
        swap_count(e) > 0)
        return false;
    page_clear(page, PG_dirty);
    delete_from_swap_cache(page);
    return true;
}

void
free_orphaned_swap(struct page *page)
{
    /* Not to be had now: whoever has it locked, or reclaim, will do it. */
    if (!page_test(page, PG_swapcache) || atomic_read(&page->mapcount) > 0 ||
        !trylock_page(page))
        return;
    if (atomic_read(&page->mapcount) == 0)
        try_to_free_swap(page);
    unlock_page(page);
}

void
free_swap_and_cache(swp_entry_t e)
{
    struct page *page = NULL;

    /* Look first: after the last swap_free() the area may go. */
    if (swap_count(e) == 1)
        page = find_get_swap_page(e);
    swap_free(e);
    if (page) {
        free_orphaned_swap(page);
        put_page(page);
    }
}

static void
report_error(const char *what, const struct bio *bio)
{
    static atomic32_t reports;

    if (atomic_fetch_add(&reports, 1) < MAX_REPORTS)
        pr_err("%s error on swap device %s, slot %lu", what, bio->bdev->name,
               bio->sector / SECTORS_PER_PAGE);
}

/* --- Reading */

/* Interrupt context: pages have been read. */
static void
end_swap_read(struct bio *bio)
{
    for (unsigned i = 0; i < bio->nr_pages; i++) {
        struct page *page = bio->pages[i];

        page_set(page, bio->status ? PG_error : PG_uptodate);
        unlock_page(page);
        put_page(page);
    }
    if (bio->status)
        report_error("read", bio);
    count_vm_events(PSWPIN, bio->nr_pages);
    count_vm_events(PGPGIN, bio->nr_pages * (PAGE_SIZE / 1024));
    bio_put(bio);
}

/* Fill a new locked page of the cache; it is unlocked when that is done. */
static void
start_read(struct bio_run *run, struct page *page)
{
    swp_entry_t e = {page->private};

    page_set(page, PG_swapbacked);
    lru_add(page);
    if (swap_is_zero(e)) {
        count_vm_event(SWPIN_ZERO);
        clear_frame(page);
        page_set(page, PG_uptodate);
        unlock_page(page);
        return;
    }
    get_page(page); /* until end_swap_read */
    bio_run_add(run, page, swp_offset(e));
}

/*
 * The page of e, being read if it was not there; ahead: nobody asked for it.
 * => refs: the caller's; NULL: no memory, or nobody holds e
 */
static struct page *
read_slot(struct bio_run *run, swp_entry_t e, gfp_t gfp, bool ahead)
{
    struct page *page, *new = NULL;
    int err = -EEXIST;

    while (!(page = find_get_swap_page(e)) && err == -EEXIST) {
        if (!new)
            new = alloc_page(gfp);
        if (!new)
            return NULL;
        page_set(new, PG_locked);
        err = insert(new, e, false);
        if (!err) {
            if (ahead) {
                page_set(new, PG_readahead);
                count_vm_event(SWAP_RA);
            }
            start_read(run, new);
            return new;
        }
        page_clear(new, PG_locked);
        /* -EEXIST: another was faster, and may even have left: look again */
    }
    if (new)
        put_page(new);
    return page;
}

/*
 * How many slots to read at once.  Pages that were read ahead and then used
 * make the window wider; when none was, and the fault is not beside the last
 * one, it is narrow at once: random access is not slowed down.
 */
static uint64_t
read_window(uint64_t slot)
{
    static uint64_t last_slot, last_window; /* racy: a guess for a guess */
    uint64_t used = atomic_exchange(&ahead_used, 0), window = 1;
    bool near = slot - last_slot + 1 <= 2; /* -1, 0, 1 */

    if (used || near)
        while (window < used + 2)
            window *= 2;
    window = MAX(window, last_window / 2);
    window = MIN(window, 1UL << vm_page_cluster);
    last_slot = slot;
    last_window = window;
    return window;
}

struct page *
swap_get_page(swp_entry_t e, gfp_t gfp, bool *major)
{
    struct bio_run run = {
        .bdev = area_of(e)->bdev, .op = BIO_READ, .end_io = end_swap_read};
    struct page *page = find_get_swap_page(e);
    uint64_t window, first;

    *major = !page;
    if (page) {
        if (page_test_and_clear(page, PG_readahead)) {
            atomic_add(&ahead_used, 1);
            count_vm_event(SWAP_RA_HIT);
        }
        return page;
    }
    window = read_window(swp_offset(e));
    first = ALIGN_DOWN(swp_offset(e), window);
    for (uint64_t slot = first; slot < first + window; slot++) {
        swp_entry_t near = swp_entry(swp_type(e), slot);
        struct page *p;

        if (near.val == e.val) {
            page = read_slot(&run, e, gfp, false);
        } else if (swap_in_use(near)) { /* a guess: no memory, no matter */
            p = read_slot(&run, near, gfp | __GFP_NORETRY | __GFP_NOWARN, true);
            if (p)
                put_page(p);
        }
    }
    bio_run_flush(&run);
    return page;
}

/* --- Writing */

/* Interrupt context: pages have been written. */
static void
end_swap_write(struct bio *bio)
{
    for (unsigned i = 0; i < bio->nr_pages; i++) {
        struct page *page = bio->pages[i];

        if (bio->status) {
            page_set(page, PG_error);
            page_set(page, PG_dirty);
        }
        if (page_test_and_clear(page, PG_reclaim))
            rotate_lru_page(page);
        page_clear(page, PG_writeback);
        zone_stat_add(page, NR_WRITEBACK, -1);
        wake_page_writeback(page);
        put_page(page);
    }
    if (bio->status)
        report_error("write", bio);
    count_vm_events(PSWPOUT, bio->nr_pages);
    count_vm_events(PGPGOUT, bio->nr_pages * (PAGE_SIZE / 1024));
    flusher_note_progress();
    bio_put(bio);
}

static bool
page_is_zero(const struct page *page)
{
    const uint64_t *word = page_address(page);

    for (unsigned i = 0; i < PAGE_SIZE / sizeof(*word); i++)
        if (word[i])
            return false;
    return true;
}

void
swap_write_page(struct bio_run *run, struct page *page)
{
    swp_entry_t e = {page->private};
    bool zero = page_is_zero(page);

    DEBUG_ASSERT(atomic_read(&page->mapcount) == 0);
    page_clear(page, PG_dirty);
    swap_set_zero(e, zero);
    count_vm_events(SWPOUT_ZERO, zero);
    if (!zero) {
        page_set(page, PG_reclaim);
        page_set(page, PG_writeback);
        zone_stat_add(page, NR_WRITEBACK, 1);
        get_page(page); /* until end_swap_write */
        if (run->bdev != area_of(e)->bdev)
            bio_run_flush(run);
        run->bdev = area_of(e)->bdev;
        run->op = BIO_WRITE;
        run->end_io = end_swap_write;
        bio_run_add(run, page, swp_offset(e));
    }
    unlock_page(page);
}
