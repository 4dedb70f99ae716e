/* SPDX-License-Identifier: MIT */
/*
 * page_alloc.c - the frame allocator that everybody calls.
 *
 * What: per-CPU lists of single frames in front of the zones' buddy lists;
 * chooses a zone, decides how deep its reserve may be drawn down, and calls
 * the reclaimer when that is not enough.
 *
 * How: the fast path takes a page from this hart's list of the highest zone
 * that the request allows.  Else the slow path walks the zonelist, downward
 * from that zone, with ever less left in reserve:
 *
 *     1  keep `low`     nothing wrong yet
 *     2  wake kswapd, keep `min` (GFP_ATOMIC: half of it)
 *     3  the reclaimer itself (SCOPE_MEMALLOC): keep nothing; end
 *     4  cannot wait: fail
 *     5  reclaim directly, try 2 again; a bounded number of rounds
 *     6  ask the OOM killer, back to 5; a bounded number of times; fail
 *
 * A per-CPU list is a stack: the page freed last is likely still in the
 * cache, and is given out first; what goes back to the zone is taken from the
 * other end.
 *
 *     alloc <-- [hot ... cold] --> above `high`: a batch back to the zone
 *     free  -->      ^
 *                    '-- empty: a batch from the zone
 *
 * With batch = managed / (harts * 256) and high = 4 batches, all lists
 * together hold at most a 64th of the zone: at 16 MB and 8 harts a list is a
 * handful of pages.  Watermarks are checked where pages leave the buddy
 * lists; a page on a per-CPU list is anybody's.  Who draws on the reserve gets
 * a single page instead of a batch.
 *
 * Interface: alloc_pages and its relatives; put_page for counted pages,
 * free_pages for blocks that have one owner.
 *
 * Invariants
 *   I1  An allocated block has refcount 1 and flags, mapping, private and
 *       mapcount clean on its first frame.
 *   I2  A page with PG_lru is taken off its list before it is freed; one that
 *       is mapped, locked, or still a slab, a page table, under write-out or
 *       in the swap cache is never freed: panic.
 *   I3  A page on a per-CPU list has refcount 0, no flag but its zone; it
 *       counts neither as free (zone->free_pages) nor as used by anybody.
 *
 * Locks: a per-CPU list's own, which only drain_all_pages takes from another
 * hart; zone->lock inside it.  A thread that moves to another hart between
 * looking up its list and locking it merely uses the other hart's list.  None
 * is held while the upcalls run.
 *
 * Not done: GFP_NOFAIL; every caller handles NULL.
 *
 * See: page.h for the states, buddy.c, zone.c; Gorman, chapter 6.
 */
#include "mm/page_alloc.h"

#include "core/lockdep.h"
#include "core/panic.h"
#include "core/printk.h"
#include "lib/bitops.h"
#include "mm/buddy.h"
#include "mm/fail_alloc.h"

enum {
    MAX_RECLAIM_ROUNDS = 16,
    MAX_OOM_ROUNDS = 4,
    COSTLY_ORDER = 3, /* above, failing beats killing */
    MAX_REPORTS = 10, /* of failures; then the log has had enough */
};
enum { BATCH_DIVISOR = 256, BATCH_MAX = 32, HIGH_BATCHES = 4 };
enum { SUBCLASS_INSIDE_PCP = 1 };

/* How much of a zone a request leaves alone. */
enum effort { KEEP_LOW, KEEP_MIN, KEEP_NOTHING };

struct alloc_request {
    gfp_t gfp;
    unsigned order;
    int first; /* the highest zone allowed */
};

static const struct reclaim_ops *reclaim_ops;

/* (c) The highest populated zone allowed, by the zone bits of gfp. */
static struct zone *first_zone[1 + (__GFP_DMA | __GFP_DMA32)];

#ifdef DEBUG
bool (*fail_alloc_hook)(gfp_t gfp);
#endif

#define FLAGS_BAD_AT_FREE                                                      \
    (BIT(PG_locked) | BIT(PG_writeback) | BIT(PG_lru) | BIT(PG_swapcache) |    \
     BIT(PG_slab) | BIT(PG_buddy) | BIT(PG_table) | BIT(PG_reserved))

void
reclaim_register(const struct reclaim_ops *ops)
{
    reclaim_ops = ops;
}

void
page_alloc_init(void)
{
    for (gfp_t gfp = 0; gfp < ARRAY_SIZE(first_zone); gfp++) {
        struct zone *zone = &zones[gfp & __GFP_DMA     ? ZONE_DMA
                                   : gfp & __GFP_DMA32 ? ZONE_DMA32
                                                       : ZONE_NORMAL];

        while (zone > zones && zone->present == 0)
            zone--;
        first_zone[gfp] = zone;
    }
    for_each_zone(zone) {
        uint64_t batch = zone->managed / nr_harts / BATCH_DIVISOR;

        batch = MAX(MIN(batch, (uint64_t)BATCH_MAX), 1UL);
        for (unsigned i = 0; i < nr_harts; i++) {
            zone->pcp[i].batch = (uint32_t)batch;
            zone->pcp[i].high = (uint32_t)(HIGH_BATCHES * batch);
        }
    }
}

/* --- per-CPU lists ------------------------------------------------------ */

static inline struct per_cpu_pages *
pcp_lock(struct zone *zone)
{
    struct per_cpu_pages *pcp = &zone->pcp[hart_index()];

    spin_lock(&pcp->lock);
    return pcp;
}

/* => pcp->lock held; NULL if the list is empty */
static inline struct page *
pcp_pop(struct per_cpu_pages *pcp)
{
    struct page *page;

    if (unlikely(pcp->count == 0))
        return NULL;
    page = list_first_entry(&pcp->list, struct page, lru);
    list_join(&pcp->list, page->lru.next);
    pcp->count--;
    pcp->allocs++;
    return page;
}

/*
 * Fill the list with up to nr pages.  The smallest free block, if it is no
 * larger than that, is taken whole: as many single allocations would have
 * split it anyway.  => pcp->lock held
 */
static void
pcp_get_batch(struct zone *zone, struct per_cpu_pages *pcp, unsigned nr)
{
    spin_lock_nested(&zone->lock, SUBCLASS_INSIDE_PCP);
    while (nr > 0) {
        unsigned most = ilog2(nr), order = 0;
        struct page *page;

        while (order < most && zone->free_area[order].nr_free == 0)
            order++;
        page = buddy_alloc(zone, order);
        if (!page)
            break;
        for (unsigned i = 0; i < 1U << order; i++)
            list_add_tail(&page[i].lru, &pcp->list);
        pcp->count += 1U << order;
        nr -= 1U << order;
    }
    spin_unlock(&zone->lock);
}

/*
 * Give up to nr pages back, the coldest first.  Neighbours that were freed one
 * after the other go as one block, which spares the merging.
 * => pcp->lock held
 */
static __noinline void
pcp_return_batch(struct zone *zone, struct per_cpu_pages *pcp, unsigned nr)
{
    nr = MIN(nr, pcp->count);
    pcp->count -= nr;
    spin_lock_nested(&zone->lock, SUBCLASS_INSIDE_PCP);
    while (nr > 0) {
        struct page *first = list_last_entry(&pcp->list, struct page, lru);
        struct page *end = first;

        do {
            list_del(&end->lru);
            end++;
        } while (--nr > 0 && pcp->list.prev == &end->lru);
        buddy_free_range(zone, page_to_pfn(first), page_to_pfn(end));
    }
    spin_unlock(&zone->lock);
    atomic_set(&zone->pages_scanned, 0); /* something does get free */
}

void
drain_all_pages(void)
{
    for_each_zone(zone) {
        for (unsigned i = 0; i < nr_harts; i++) {
            struct per_cpu_pages *pcp = &zone->pcp[i];

            spin_lock(&pcp->lock);
            pcp_return_batch(zone, pcp, pcp->count);
            spin_unlock(&pcp->lock);
        }
    }
}

/* --- allocating --------------------------------------------------------- */

static uint64_t
pages_to_keep(const struct zone *zone, const struct alloc_request *r,
              enum effort effort)
{
    uint64_t reserve = zone->lowmem_reserve[r->first];

    if (effort == KEEP_NOTHING)
        return 0;
    if (!(r->gfp & __GFP_USER))
        reserve /= 2; /* the kernel may go further down than its users */
    if (effort == KEEP_LOW)
        return zone->watermark[WMARK_LOW] + reserve;
    if (r->gfp & __GFP_HIGH)
        return zone->watermark[WMARK_MIN] / 2 + reserve;
    return zone->watermark[WMARK_MIN] + reserve;
}

/*
 * A page or block from this zone if it has enough; in need, what lies on the
 * per-CPU list will do, since that is where reclaimed pages go.
 */
static struct page *
take(struct zone *zone, const struct alloc_request *r, enum effort effort)
{
    bool enough = atomic_read(&zone->free_pages) >=
                  pages_to_keep(zone, r, effort) + (1UL << r->order);
    bool reserve = effort == KEEP_NOTHING || (r->gfp & __GFP_HIGH);
    struct per_cpu_pages *pcp;
    struct page *page;

    if (!enough && (r->order > 0 || effort == KEEP_LOW))
        return NULL;
    if (r->order > 0) {
        spin_lock(&zone->lock);
        page = buddy_alloc(zone, r->order);
        spin_unlock(&zone->lock);
        return page;
    }
    pcp = pcp_lock(zone);
    if (pcp->count == 0 && enough)
        pcp_get_batch(zone, pcp, reserve ? 1 : pcp->batch);
    page = pcp_pop(pcp);
    spin_unlock(&pcp->lock);
    return page;
}

/* Walk the zonelist. => a page that is not prepared yet, or NULL */
static struct page *
try_zones(const struct alloc_request *r, enum effort effort)
{
    struct page *page = NULL;

    for (int i = r->first; i >= 0 && !page; i--)
        if (zones[i].present)
            page = take(&zones[i], r, effort);
    return page;
}

static void
wake_kswapd(const struct alloc_request *r)
{
    for (int i = r->first; i >= 0 && reclaim_ops; i--)
        if (zones[i].present)
            reclaim_ops->wake_kswapd(&zones[i]);
}

/* The OOM killer's victim may become one, in MEMALLOC, while it waits. */
static enum effort
best_effort(void)
{
    return current_thread()->scope & SCOPE_MEMALLOC ? KEEP_NOTHING : KEEP_MIN;
}

/*
 * Reclaim until the request can be met.  When there is no progress, or others
 * took what we freed too often, the OOM killer is asked; after some of its
 * victims we give up.
 */
static struct page *
alloc_waiting(const struct alloc_request *r)
{
    unsigned kills = 0;

    might_sleep();
    for (unsigned round = 1;; round++) {
        uint64_t freed = reclaim_ops->direct_reclaim(r->gfp, r->order);
        struct page *page;

        count_vm_event(ALLOCSTALL_DMA + (unsigned)r->first);
        if (freed == 0)
            drain_all_pages(); /* other harts' lists are the last resort */
        page = try_zones(r, best_effort());
        if (page)
            return page;
        if (freed > 0 && round % MAX_RECLAIM_ROUNDS != 0)
            continue;
        if (kills++ == MAX_OOM_ROUNDS || r->order > COSTLY_ORDER ||
            (r->gfp & __GFP_NORETRY) ||
            !reclaim_ops->out_of_memory(r->gfp, r->order))
            return NULL;
    }
}

static void
report_failure(const struct alloc_request *r)
{
    static atomic32_t reports;

    if (!(r->gfp & __GFP_NOWARN) && atomic_inc_return(&reports) <= MAX_REPORTS)
        pr_warn("page allocation failure: order:%u, mode:0x%x, %lu pages free",
                r->order, r->gfp, global_free_pages());
}

static struct page *
alloc_slow(gfp_t gfp, unsigned order)
{
    const struct zone *first = first_zone[gfp & (__GFP_DMA | __GFP_DMA32)];
    const struct alloc_request r = {gfp, order, (int)(first - zones)};
    struct page *page;

    if (order > MAX_ORDER)
        return NULL;
    page = try_zones(&r, KEEP_LOW);
    if (page)
        return page;
    if (gfp & __GFP_KSWAPD)
        wake_kswapd(&r);
    page = try_zones(&r, best_effort());
    if (!page && (gfp & __GFP_WAIT) && best_effort() != KEEP_NOTHING &&
        reclaim_ops)
        page = alloc_waiting(&r);
    if (!page)
        report_failure(&r);
    return page;
}

/* A free block becomes an allocated one: I1. */
static inline struct page *
prepare_new(struct page *page, gfp_t gfp, unsigned order)
{
    if (unlikely(atomic_read(&page->refcount) != 0))
        bad_page(page, "free with references");
    atomic_set(&page->refcount, 1);
    page->mapping = NULL;
    page->private = 0;
    page->policy = 0;
    page->owner_order = order;
    if (gfp & __GFP_ZERO)
        for (unsigned long i = 0; i < 1UL << order; i++)
            clear_frame(page + i);
    return page;
}

static __noinline struct page *
alloc_block(gfp_t gfp, unsigned order)
{
    struct page *page = alloc_slow(gfp, order);

    if (!page)
        return NULL;
    if (order > 0)
        count_vm_events(PGALLOC_DMA + (unsigned)(page_zone(page) - zones),
                        1UL << order);
    return prepare_new(page, gfp, order);
}

struct page *
alloc_pages(gfp_t gfp, unsigned order)
{
    struct per_cpu_pages *pcp;
    struct page *page;

    if (should_fail_alloc(gfp))
        return NULL;
    if (unlikely(order != 0))
        return alloc_block(gfp, order);
    pcp = pcp_lock(first_zone[gfp & (__GFP_DMA | __GFP_DMA32)]);
    page = pcp_pop(pcp);
    spin_unlock(&pcp->lock);
    return likely(page) ? prepare_new(page, gfp, 0) : alloc_block(gfp, 0);
}

void *
alloc_kpages(gfp_t gfp, unsigned order)
{
    struct page *page = alloc_pages(gfp, order);

    return page ? page_address(page) : NULL;
}

/* --- freeing ------------------------------------------------------------ */

/* Check a page that nobody refers to, and make it look free. */
static inline void
prepare_free(struct page *page)
{
    uint64_t flags = atomic_read(&page->flags);

    if (unlikely(flags & FLAGS_BAD_AT_FREE))
        bad_page(page, "freed while in use");
    if (unlikely(atomic_read(&page->mapcount) != 0))
        bad_page(page, "freed while mapped");
    atomic_set(&page->flags, flags & PAGE_ZONE_MASK);
}

/* => pcp->lock held; the page has passed prepare_free() */
static inline void
pcp_push(struct zone *zone, struct per_cpu_pages *pcp, struct page *page)
{
    list_add(&page->lru, &pcp->list);
    pcp->frees++;
    if (unlikely(++pcp->count > pcp->high))
        pcp_return_batch(zone, pcp, pcp->batch);
}

/* Put a page without references on this hart's list. */
static __noinline void
free_page(struct page *page)
{
    struct zone *zone = page_zone(page);
    struct per_cpu_pages *pcp;

    if (unlikely(page_test(page, PG_lru))) {
        struct page *only = page;

        reclaim_ops->release_lru(&only, 1);
    }
    prepare_free(page);
    pcp = pcp_lock(zone);
    pcp_push(zone, pcp, page);
    spin_unlock(&pcp->lock);
}

void
free_pages(struct page *page, unsigned order)
{
    struct zone *zone = page_zone(page);

    if (atomic_read(&page->refcount) > 1)
        bad_page(page, "freed with references");
    atomic_set(&page->refcount, 0);
    if (order == 0) {
        free_page(page);
        return;
    }
    for (unsigned long i = 0; i < 1UL << order; i++)
        prepare_free(page + i);
    count_vm_events(PGFREE, 1UL << order);
    spin_lock(&zone->lock);
    buddy_free(zone, page, order);
    spin_unlock(&zone->lock);
}

void
free_kpages(void *va, unsigned order)
{
    free_pages(virt_to_page(va), order);
}

/* => true if that was the last reference: the caller frees the page */
static inline bool
drop_reference(struct page *page)
{
    int32_t old =
        atomic_fetch_sub_explicit(&page->refcount, 1, memory_order_acq_rel);

    if (unlikely(old < 1))
        bad_page(page, "reference dropped twice");
    return old == 1;
}

void
put_page(struct page *page)
{
    if (drop_reference(page))
        free_page(page);
}

void
put_pages(struct page **pages, unsigned nr)
{
    struct per_cpu_pages *pcp = NULL;
    struct zone *zone = NULL;
    uint64_t flags = 0;
    unsigned last = 0;

    for (unsigned i = 0; i < nr; i++) {
        if (!drop_reference(pages[i]))
            continue;
        flags |= atomic_read(&pages[i]->flags);
        pages[last++] = pages[i];
    }
    /* First the upcall, which wants no lock held; then one lock for many. */
    if (flags & BIT(PG_lru))
        reclaim_ops->release_lru(pages, last);
    for (unsigned i = 0; i < last; i++) {
        struct page *page = pages[i];

        prepare_free(page);
        if (page_zone(page) != zone) {
            if (pcp)
                spin_unlock(&pcp->lock);
            zone = page_zone(page);
            pcp = pcp_lock(zone);
        }
        pcp_push(zone, pcp, page);
    }
    if (pcp)
        spin_unlock(&pcp->lock);
}
