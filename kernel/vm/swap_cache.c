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
 *   I1  A page with PG_swapcache is in its area's cache, an address_space, at
 *       the slot that its `private` names; the cache holds a reference, the
 *       swap map has SWAP_HAS_CACHE.  All three change together under the
 *       cache's tree_lock.
 *   I2  PG_swapcache and private change only with the page locked.
 *   I3  An anonymous page outside the swap cache has no copy anywhere, so it
 *       is marked dirty when it enters (add_to_swap).  Inside, one that only
 *       one process has may be written while it keeps its slot: PTE_D tells
 *       try_to_unmap() that the copy is old.  There is no tag for dirty.
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
#include "lib/err.h"
#include "vm/reclaim.h"

enum { MAX_REPORTS = 10 };

/* Pages that were read ahead and then wanted, since it was last looked at. */
static _Atomic uint64_t ahead_used;

static struct page *
find_get_swap_page(swp_entry_t e)
{
    return find_get_page(&swap_area_of(e)->cache, swp_offset(e));
}

/* For cache_insert: the page stands for an entry from now on. */
static bool
claim_fresh(struct page *page, uint64_t entry)
{
    page->private = entry;
    page_set(page, PG_swapcache);
    return true;
}

/* The same, if somebody still holds it. */
static bool
claim_held(struct page *page, uint64_t entry)
{
    return swap_cache_take((swp_entry_t){entry}) && claim_fresh(page, entry);
}

/* Put a locked page at e.  => as cache_insert */
static int
insert(struct page *page, swp_entry_t e,
       bool (*claim)(struct page *page, uint64_t arg))
{
    int err = cache_insert(&swap_area_of(e)->cache, swp_offset(e), page, claim,
                           e.val);

    if (!err)
        zone_stat_add(page, NR_SWAPCACHE, 1);
    return err;
}

void
swap_cache_init(void)
{
    for (unsigned i = 0; i < MAX_SWAP_AREAS; i++) {
        address_space_init(&swap_areas[i].cache, NULL, NULL, NULL);
        atomic_set(&swap_areas[i].cache.flags, AS_SWAP);
    }
}

bool
add_to_swap(struct page *page)
{
    swp_entry_t e = swap_alloc();

    if (!e.val)
        return false;
    if (insert(page, e, claim_fresh)) {
        swap_mark(e, SWAP_HAS_CACHE, 0);
        return false;
    }
    page_clear(page, PG_error);
    page_set(page, PG_dirty);
    return true;
}

bool
swap_cache_drop(struct page *page, int32_t refs)
{
    swp_entry_t e = {page->private};
    struct address_space *m = page_cache(page);
    bool unused;

    ASSERT(page_test(page, PG_locked) && page_test(page, PG_swapcache));
    ASSERT(!page_test(page, PG_writeback));
    spin_lock(&m->tree_lock);
    unused = atomic_read(&page->refcount) <= refs;
    if (unused) {
        radix_tree_delete(&m->pages, swp_offset(e));
        m->nr_pages--;
        page_clear(page, PG_swapcache);
        page->private = 0;
        swap_mark(e, SWAP_HAS_CACHE,
                  page_test_and_clear(page, PG_error) ? SWAP_BROKEN : 0);
    }
    spin_unlock(&m->tree_lock);
    if (!unused)
        return false;
    zone_stat_add(page, NR_SWAPCACHE, -1);
    put_page(page);
    return true;
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

static void
end_swap_read(struct bio *bio)
{
    if (bio->status)
        report_error("read", bio);
    count_vm_events(PSWPIN, bio->nr_pages);
    end_read(bio);
}

/* Fill a new locked page of the cache; it is unlocked when that is done. */
static void
start_read(struct bio_run *run, struct page *page)
{
    swp_entry_t e = {page->private};

    page_set(page, PG_swapbacked);
    lru_add(page);
    if (swap_map(e) & SWAP_ZERO) {
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
        err = insert(new, e, claim_held);
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

/* As swap_lock_page, but not locked: until it is, it is being read. */
static struct page *
get_page_of(swp_entry_t e, gfp_t gfp, bool *major)
{
    struct bio_run run = {.bdev = swap_area_of(e)->cache.bdev,
                          .op = BIO_READ,
                          .end_io = end_swap_read};
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

struct page *
swap_lock_page(swp_entry_t e, gfp_t gfp, bool *major)
{
    struct page *page = get_page_of(e, gfp, major);
    int err = -EAGAIN;

    if (!page)
        return ERR_PTR(-ENOMEM);
    if (lock_page_killable(page)) {
        put_page(page);
        return ERR_PTR(-EINTR);
    }
    if (page_test(page, PG_swapcache) && page->private == e.val) {
        if (page_test(page, PG_uptodate))
            return page;
        err = -EIO;
    }
    unlock_page(page);
    put_page(page);
    return ERR_PTR(err);
}

/* --- Writing */

static void
end_swap_write(struct bio *bio)
{
    if (bio->status)
        report_error("write", bio);
    count_vm_events(PSWPOUT, bio->nr_pages);
    end_write(bio);
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
    struct address_space *m = page_cache(page);
    bool zero = page_is_zero(page);

    DEBUG_ASSERT(atomic_read(&page->mapcount) == 0);
    page_clear(page, PG_dirty);
    if (zero != !!(swap_map(e) & SWAP_ZERO))
        swap_mark(e, SWAP_ZERO, zero ? SWAP_ZERO : 0);
    count_vm_events(SWPOUT_ZERO, zero);
    if (!zero) {
        page_set(page, PG_reclaim);
        spin_lock(&m->tree_lock);
        set_page_writeback(m, page);
        spin_unlock(&m->tree_lock);
        get_page(page); /* until end_swap_write */
        if (run->bdev != m->bdev)
            bio_run_flush(run);
        run->bdev = m->bdev;
        run->op = BIO_WRITE;
        run->end_io = end_swap_write;
        bio_run_add(run, page, swp_offset(e));
    }
    unlock_page(page);
}
