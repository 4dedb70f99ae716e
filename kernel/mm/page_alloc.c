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
 *     2  wake kswapd, keep `min` (GFP_ATOMIC: half of it; the reclaimer
 *        itself, SCOPE_MEMALLOC: nothing)
 *     3  cannot wait, or is the reclaimer: fail
 *     4  reclaim directly, try 2 again; a bounded number of rounds
 *     5  ask the OOM killer, back to 4; a bounded number of times; fail
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
 * lists; a page on a per-CPU list is anybody's, and so is the way on which a
 * reclaimed page reaches who waits for it.  Who draws on the reserve gets a
 * single page instead of a batch, so that the reserve does not end up there.
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
#include "core/printk.h"
#include "lib/bitops.h"

enum {
    MAX_RECLAIM_ROUNDS = 16,
    MAX_OOM_ROUNDS = 4,
    COSTLY_ORDER = 3, /* above, failing beats killing */
    MAX_REPORTS = 10, /* of failures; then the log has had enough */
    BATCH_DIVISOR = 256,
    BATCH_MAX = 32,
    SUBCLASS_INSIDE_PCP = 1, /* of zone->lock */
};

#define FLAGS_BAD_AT_FREE                                                      \
    (BIT(PG_locked) | BIT(PG_writeback) | BIT(PG_lru) | BIT(PG_swapcache) |    \
     BIT(PG_slab) | BIT(PG_buddy) | BIT(PG_table) | BIT(PG_reserved))

const struct reclaim_ops *reclaim_ops;

static struct zone *top_zone; /* (c) the highest that has memory */

#ifdef DEBUG
bool (*fail_alloc_hook)(gfp_t gfp);
#endif

void
page_alloc_init(void)
{
    uint64_t kbytes = 0;

    for_each_zone(zone) {
        uint64_t batch = zone->managed / nr_harts / BATCH_DIVISOR;

        zone->pcp_batch = (uint32_t)MAX(MIN(batch, (uint64_t)BATCH_MAX), 1UL);
        top_zone = zone;
    }
    while (kbytes * kbytes < 16 * total_ram_pages() * PAGE_SIZE / 1024)
        kbytes += 4; /* 4 * sqrt(RAM in KB) */
    set_min_free_kbytes(kbytes);
}

/* Panic: the page is not in the state that it must be in here. */
static _Noreturn void
bad_page(struct page *page, const char *why)
{
    panic("bad page state: %s: pfn 0x%lx flags 0x%lx refcount %d mapcount %d "
          "mapping %p index 0x%lx private 0x%lx",
          why, page_to_pfn(page), atomic_read(&page->flags),
          atomic_read(&page->refcount), atomic_read(&page->mapcount),
          (void *)page->mapping, page->index, page->private);
}

/* --- per-CPU lists ------------------------------------------------------ */

/*
 * Fill the list with up to nr pages.  The smallest free block, if it is no
 * larger than that, is taken whole: as many single allocations would have
 * split it anyway.  => pcp->lock held
 */
static void
pcp_get_batch(struct zone *zone, struct per_cpu_pages *pcp, unsigned nr)
{
    struct page *page;

    spin_lock_nested(&zone->lock, SUBCLASS_INSIDE_PCP);
    while (nr > 0) {
        unsigned most = ilog2(nr), order = 0;

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
 * The hottest page of this hart's list, which is first filled by a batch if it
 * is empty.  => NULL if it still is
 */
static inline struct page *
pcp_take(struct zone *zone, unsigned batch)
{
    struct per_cpu_pages *pcp = &zone->pcp[hart_index()];
    struct page *page = NULL;

    spin_lock(&pcp->lock);
    if (unlikely(pcp->count == 0) && batch > 0)
        pcp_get_batch(zone, pcp, batch);
    if (likely(pcp->count > 0)) {
        page = list_first_entry(&pcp->list, struct page, lru);
        list_join(&pcp->list, page->lru.next);
        pcp->count--;
    }
    spin_unlock(&pcp->lock);
    return page;
}

/*
 * Give nr pages back, the coldest first.  Neighbours that were freed one after
 * the other go as one block, which spares the merging.
 * => pcp->lock held, and so many are there
 */
static __noinline void
pcp_return_batch(struct zone *zone, struct per_cpu_pages *pcp, unsigned nr)
{
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

/* Where a request begins: the highest zone that it may have. */
static inline struct zone *
first_zone(gfp_t gfp)
{
    if (likely(!(gfp & (__GFP_DMA | __GFP_DMA32))))
        return top_zone;
    return &zones[gfp & __GFP_DMA ? ZONE_DMA : ZONE_DMA32];
}

#define in_reclaim() (current_thread()->scope & SCOPE_MEMALLOC)

/* How many pages of the zone such a request must leave there. */
static uint64_t
pages_to_keep(const struct zone *zone, gfp_t gfp, enum watermark mark)
{
    uint64_t reserve = zone->lowmem_reserve[first_zone(gfp) - zones];
    uint64_t keep = zone->watermark[mark];

    if (mark == WMARK_MIN && in_reclaim())
        return 0;
    if (mark == WMARK_MIN && gfp & __GFP_HIGH)
        keep /= 2;
    /* The kernel may go further down than its users. */
    return keep + (gfp & __GFP_USER ? reserve : reserve / 2);
}

/*
 * Walk the zonelist; in need, what lies on a per-CPU list will do, since that
 * is where reclaimed pages go.  => a block that is not prepared yet, or NULL
 */
static struct page *
try_zones(gfp_t gfp, unsigned order, enum watermark mark)
{
    int64_t i = first_zone(gfp) - zones;
    bool sparing = gfp & __GFP_HIGH || in_reclaim();
    struct page *page = NULL;

    for (; i >= 0 && !page; i--) {
        struct zone *zone = &zones[i];
        bool enough = atomic_read(&zone->free_pages) >=
                      pages_to_keep(zone, gfp, mark) + (1UL << order);
        unsigned batch = sparing ? 1 : zone->pcp_batch;

        if (order == 0) {
            page = pcp_take(zone, enough ? batch : 0);
        } else if (enough) {
            spin_lock(&zone->lock);
            page = buddy_alloc(zone, order);
            spin_unlock(&zone->lock);
        }
    }
    return page;
}

/*
 * The per-CPU list was empty, or a block is wanted: see the head of the file.
 * A task that the OOM killer chooses while it waits here comes into
 * SCOPE_MEMALLOC, and so leaves the loop.
 */
static __noinline struct page *
alloc_slow(gfp_t gfp, unsigned order)
{
    struct zone *first = first_zone(gfp);
    struct page *page = try_zones(gfp, order, WMARK_LOW);
    unsigned rounds = 0, kills = 0;
    static atomic32_t reports;

    if (page)
        return page;
    if (gfp & __GFP_KSWAPD && reclaim_ops)
        reclaim_ops->wake_kswapd();
    page = try_zones(gfp, order, WMARK_MIN);
    while (!page && gfp & __GFP_WAIT && !in_reclaim() && reclaim_ops) {
        uint64_t freed;

        might_sleep();
        count_vm_event(ALLOCSTALL_DMA + (unsigned)(first - zones));
        freed = reclaim_ops->direct_reclaim(order);
        if (freed == 0)
            drain_all_pages(); /* other harts' lists are the last resort */
        page = try_zones(gfp, order, WMARK_MIN);
        /* No progress, or others took what we freed too often: who must go? */
        if (!page && (freed == 0 || ++rounds % MAX_RECLAIM_ROUNDS == 0) &&
            (kills++ == MAX_OOM_ROUNDS || order > COSTLY_ORDER ||
             gfp & __GFP_NORETRY || !reclaim_ops->out_of_memory(gfp, order)))
            break;
    }
    if (!page &&
        kills > 0) /* we may be a victim, to whom the reserve is open */
        page = try_zones(gfp, order, WMARK_MIN);
    if (!page && !(gfp & __GFP_NOWARN) &&
        atomic_inc_return(&reports) <= MAX_REPORTS)
        pr_warn("page allocation failure: order:%u, mode:0x%x, %lu pages free",
                order, gfp, global_free_pages());
    return page;
}

struct page *
alloc_pages(gfp_t gfp, unsigned order)
{
    struct page *page = NULL;

    if (should_fail_alloc(gfp) || unlikely(order > MAX_ORDER))
        return NULL;
    if (likely(order == 0))
        page = pcp_take(first_zone(gfp), 0);
    if (unlikely(!page) && !(page = alloc_slow(gfp, order)))
        return NULL;
    if (unlikely(atomic_read(&page->refcount) != 0))
        bad_page(page, "free with references");
    /* A free block becomes an allocated one: I1. */
    count_vm_events(PGALLOC_DMA + page_zone_index(page), 1UL << order);
    atomic_set(&page->refcount, 1);
    page->mapping = NULL;
    page->private = 0;
    page->policy = 0;
    page->order = order;
    if (gfp & __GFP_ZERO)
        for (unsigned long i = 0; i < 1UL << order; i++)
            clear_frame(page + i);
    return page;
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

/* Put pages without references on this hart's lists. */
static void
free_singles(struct page **pages, unsigned nr)
{
    struct per_cpu_pages *pcp = NULL;
    struct zone *zone = NULL;
    uint64_t flags = 0;

    /* First the upcall, which wants no lock held; then one lock for many. */
    for (unsigned i = 0; i < nr; i++)
        flags |= atomic_read(&pages[i]->flags);
    if (flags & BIT(PG_lru))
        reclaim_ops->release_lru(pages, nr);
    for (unsigned i = 0; i < nr; i++) {
        struct page *page = pages[i];

        prepare_free(page);
        if (page_zone(page) != zone) {
            if (pcp)
                spin_unlock(&pcp->lock);
            zone = page_zone(page);
            pcp = &zone->pcp[hart_index()];
            spin_lock(&pcp->lock);
        }
        list_add(&page->lru, &pcp->list);
        if (unlikely(++pcp->count > PCP_HIGH_BATCHES * zone->pcp_batch))
            pcp_return_batch(zone, pcp, zone->pcp_batch);
    }
    if (pcp)
        spin_unlock(&pcp->lock);
    count_vm_events(PGFREE, nr);
}

void
free_pages(struct page *page, unsigned order)
{
    struct zone *zone = page_zone(page);

    if (atomic_read(&page->refcount) > 1)
        bad_page(page, "freed with references");
    atomic_set(&page->refcount, 0);
    if (order == 0) {
        free_singles(&page, 1);
        return;
    }
    for (unsigned long i = 0; i < 1UL << order; i++)
        prepare_free(page + i);
    count_vm_events(PGFREE, 1UL << order);
    spin_lock(&zone->lock);
    buddy_free(zone, page, order);
    spin_unlock(&zone->lock);
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
        free_singles(&page, 1);
}

void
put_pages(struct page **pages, unsigned nr)
{
    unsigned last = 0;

    for (unsigned i = 0; i < nr; i++)
        if (drop_reference(pages[i]))
            pages[last++] = pages[i];
    free_singles(pages, last);
}
