/* SPDX-License-Identifier: MIT */
/*
 * The page allocator: which zone a page comes from, how much is kept back for
 * whom, what the reclaimer is asked and how often, the per-CPU lists, and
 * what is noticed when a page is freed.
 */
/* sources: mm/page_alloc.c mm/zone.c mm/buddy.c mm/memblock.c lib/memops.c */
#include "host.h"

#include "lib/macros.h"
#include "shim/pages.h"

#include "buddy_check.h"
#include "core/bootargs.h"
#include "mm/memblock.h"
#include "mm/page_alloc.h"

enum { FRAMES = 8192, DMA_FRAMES = 1024, DMA32_FRAMES = 4096 };

/* --- What the sources need from below */

uint64_t
bootarg_get_size(const char *name, uint64_t default_value)
{
    (void)default_value;
    return strcmp(name, "zone_dma") == 0 ? DMA_FRAMES * PAGE_SIZE
                                         : DMA32_FRAMES * PAGE_SIZE;
}

/* --- A machine with three zones, all of it free */

static void
free_zone(struct zone *zone)
{
    for (pfn_t pfn = zone->start_pfn; pfn < zone->end_pfn; pfn++) {
        struct page *page = pfn_to_page(pfn);

        atomic_set(&page->flags, (uint64_t)(zone - zones) << PG_ZONE_SHIFT);
        buddy_free(zone, page, 0);
    }
    zone->managed = zone->present;
}

static void
start(void)
{
    static bool started;

    memset(zones, 0, sizeof(zones));
    host_ram(FRAMES);
    if (!started) {
        memblock_add(&memblock_ram, HOST_RAM_BASE, FRAMES * PAGE_SIZE);
        memblock_trim(HOST_RAM_BASE, 0, UINT64_MAX);
    }
    started = true;
    zones_init();
    for (unsigned i = 0; i < NR_ZONES; i++)
        free_zone(&zones[i]);
    page_alloc_init();
    reclaim_ops = NULL;
}

static void
check_zones(void)
{
    for_each_zone(zone) {
        spin_lock(&zone->lock);
        buddy_check(zone);
        spin_unlock(&zone->lock);
    }
}

/* Allocate until nothing comes. => how many; they are put on list */
static unsigned
take_all(gfp_t gfp, struct list_head *list)
{
    unsigned nr = 0;
    struct page *page;

    while ((page = alloc_page(gfp | __GFP_NOWARN))) {
        list_add(&page->lru, list);
        nr++;
    }
    return nr;
}

static unsigned
take_more(gfp_t gfp, struct list_head *list)
{
    unsigned nr = take_all(gfp, list);

    assert_true(nr > 0);
    return nr;
}

static void
give_all(struct list_head *list)
{
    while (!list_empty(list)) {
        struct page *page = list_first_entry(list, struct page, lru);

        list_del(&page->lru);
        put_page(page);
    }
    drain_all_pages();
    check_zones();
}

static struct zone *
zone_of_new(gfp_t gfp)
{
    struct page *page = alloc_page(gfp);
    struct zone *zone = page_zone(page);

    put_page(page);
    return zone;
}

static void
page_alloc_lays_zones(void **state)
{
    (void)state;
    start();
    assert_int_equal(zones[ZONE_DMA].present, DMA_FRAMES);
    assert_int_equal(zones[ZONE_DMA32].present, DMA32_FRAMES - DMA_FRAMES);
    assert_int_equal(zones[ZONE_NORMAL].present, FRAMES - DMA32_FRAMES);
    assert_non_null(strstr(host_log, "Zone ranges:"));
    assert_non_null(strstr(host_log, "[mem 0x0000000080400000-"
                                     "0x0000000080ffffff]"));
    for_each_zone(zone) {
        assert_true(zone->watermark[WMARK_MIN] < zone->watermark[WMARK_LOW]);
        assert_true(zone->watermark[WMARK_LOW] < zone->watermark[WMARK_HIGH]);
    }
    assert_int_equal(zones[ZONE_DMA].lowmem_reserve[ZONE_NORMAL],
                     (FRAMES - DMA_FRAMES) / 256);
    assert_int_equal(zones[ZONE_DMA].lowmem_reserve[ZONE_DMA], 0);
    set_min_free_kbytes(800);
    assert_int_equal(min_free_kbytes, 800);
    assert_int_equal(zones[ZONE_NORMAL].watermark[WMARK_MIN], 100);
}

static void
page_alloc_prefers_high_zones(void **state)
{
    LIST_HEAD(list);
    struct page *page;

    (void)state;
    start();
    assert_ptr_equal(zone_of_new(GFP_KERNEL), &zones[ZONE_NORMAL]);
    assert_ptr_equal(zone_of_new(GFP_KERNEL | __GFP_DMA32), &zones[ZONE_DMA32]);
    assert_ptr_equal(zone_of_new(GFP_KERNEL | __GFP_DMA), &zones[ZONE_DMA]);
    /* All but the last of what falls down stays above the DMA zone. */
    while ((page = alloc_page(GFP_KERNEL)) &&
           page_zone(page) != &zones[ZONE_DMA])
        list_add(&page->lru, &list);
    assert_non_null(page);
    list_add(&page->lru, &list);
    for (unsigned i = ZONE_DMA32; i < NR_ZONES; i++)
        assert_true(zones[i].free_pages <=
                    zones[i].watermark[WMARK_LOW] + zones[i].lowmem_reserve[2]);
    give_all(&list);
}

/* Each stricter right gets further into the reserve. */
static void
page_alloc_keeps_reserves(void **state)
{
    LIST_HEAD(list);
    uint32_t scope;
    uint64_t keep = 0;
    unsigned all;

    (void)state;
    start();
    for_each_zone(zone)
        keep += zone->watermark[WMARK_MIN] + zone->lowmem_reserve[ZONE_NORMAL];
    all = take_all(GFP_USER, &list);
    assert_true(global_free_pages() >= keep - 3 * 32 &&
                global_free_pages() <= keep + 3);
    assert_true(zones[ZONE_DMA].free_pages > zones[ZONE_DMA].watermark[0]);
    all += take_more(GFP_KERNEL, &list);
    all += take_more(GFP_KERNEL | __GFP_DMA, &list);
    assert_int_equal(take_all(GFP_KERNEL, &list), 0);
    all += take_more(GFP_ATOMIC, &list);
    assert_int_equal(zones[ZONE_NORMAL].free_pages,
                     zones[ZONE_NORMAL].watermark[WMARK_MIN] / 2);
    assert_int_equal(take_all(GFP_ATOMIC, &list), 0);
    scope = memalloc_scope_save(SCOPE_MEMALLOC);
    all += take_more(GFP_KERNEL, &list);
    memalloc_scope_restore(scope);
    assert_int_equal(global_free_pages(), 0);
    assert_int_equal(all, FRAMES);
    give_all(&list);
    assert_int_equal(global_free_pages(), FRAMES);
}

/* An empty list takes a batch; above `high` it gives one back. */
static void
page_alloc_lists_move_batches(void **state)
{
    struct zone *zone = &zones[ZONE_NORMAL];
    struct per_cpu_pages *pcp = &zone->pcp[0];
    unsigned batch, high;
    LIST_HEAD(list);

    (void)state;
    start();
    host_set_hart(0);
    batch = zone->pcp_batch;
    high = PCP_HIGH_BATCHES * batch;
    assert_int_equal(batch, (FRAMES - DMA32_FRAMES) / nr_harts / 256);
    put_page(alloc_page(GFP_ATOMIC)); /* who may use the reserve takes one */
    assert_int_equal(pcp->count, 1);
    for (unsigned n = 0; n < high + batch + 1; n++)
        list_add(&alloc_page(GFP_KERNEL)->lru, &list);
    assert_int_equal(pcp->count, 0);
    list_add(&alloc_page(GFP_KERNEL)->lru, &list);
    assert_int_equal(pcp->count, batch - 1);
    for (unsigned n = batch - 1; n < high; n++) {
        struct page *page = list_first_entry(&list, struct page, lru);

        list_del(&page->lru);
        put_page(page);
    }
    assert_int_equal(pcp->count, high);
    put_page(alloc_page(GFP_KERNEL | __GFP_DMA)); /* it is no other's */
    assert_int_equal(pcp->count, high);
    give_all(&list);
    assert_int_equal(pcp->count, 0);
}

/* The last frames of a zone, fewer than a batch; and a block. */
static void
page_alloc_takes_what_there_is(void **state)
{
    struct zone *zone = &zones[ZONE_NORMAL];
    struct page *page;

    (void)state;
    start();
    page = alloc_pages(GFP_KERNEL, 3);
    assert_non_null(page);
    assert_int_equal(page_to_pfn(page) % 8, 0);
    assert_int_equal(global_free_pages(), FRAMES - 8);
    memset(zone->watermark, 0, sizeof(zone->watermark));
    while (zone->free_pages > 3)
        buddy_alloc(zone, 0);
    page = alloc_page(GFP_KERNEL);
    assert_ptr_equal(page_zone(page), zone);
    assert_int_equal(zone->pcp[0].count, 2);
    assert_int_equal(zone->free_pages, 0);
}

/* --- The reclaimer */

static unsigned reclaims, wakes, ooms;
static LIST_HEAD(reclaimable);
static uint64_t progress;

static uint64_t
reclaim(unsigned order)
{
    (void)order;
    assert_int_equal(host_locks_held(), 0);
    reclaims++;
    for (unsigned i = 0; i < 40 && !list_empty(&reclaimable); i++) {
        struct page *page = list_first_entry(&reclaimable, struct page, lru);

        list_del(&page->lru);
        put_page(page);
    }
    return progress;
}

static void
wake(void)
{
    wakes++;
}

static bool
oom(gfp_t gfp, unsigned order)
{
    (void)gfp, (void)order;
    ooms++;
    return true;
}

static struct page *released;

static void
release_lru(struct page **pages, unsigned nr)
{
    assert_int_equal(host_locks_held(), 0);
    for (unsigned i = 0; i < nr; i++) {
        assert_int_equal(atomic_read(&pages[i]->refcount), 0);
        released = pages[i];
        page_clear(pages[i], PG_lru);
    }
}

static const struct reclaim_ops ops = {reclaim, wake, oom, release_lru};

static void
page_alloc_reclaims_when_low(void **state)
{
    uint64_t stalls = vm_event_sum(ALLOCSTALL_NORMAL);
    LIST_HEAD(list);
    struct page *page;

    (void)state;
    start();
    take_all(GFP_USER, &reclaimable);
    reclaim_ops = &ops;
    reclaims = wakes = ooms = 0;
    progress = 40;
    page = alloc_page(GFP_USER);
    assert_non_null(page);
    assert_true(wakes >= 1);
    assert_int_equal(reclaims, 1);
    assert_int_equal(vm_event_sum(ALLOCSTALL_NORMAL) - stalls, 1);
    put_page(page);
    /* Who must not sleep does not reclaim, nor does the reclaimer. */
    reclaims = 0;
    take_all(GFP_ATOMIC, &list);
    take_all(__GFP_KSWAPD | __GFP_NOWARN, &list);
    host_thread->scope = SCOPE_MEMALLOC;
    take_all(GFP_KERNEL, &list);
    host_thread->scope = 0;
    assert_int_equal(reclaims, 0);
    give_all(&list);
    give_all(&reclaimable);
}

/* Whatever the upcalls say, an allocation comes to an end. */
static void
page_alloc_gives_up(void **state)
{
    LIST_HEAD(list);

    (void)state;
    start();
    take_all(GFP_USER, &list);
    reclaim_ops = &ops;
    for (progress = 0; progress < 2; progress++) {
        reclaims = ooms = 0;
        assert_null(alloc_page(GFP_USER));
        /* After each killing once more, while it helps sixteen times. */
        assert_int_equal(ooms, 4);
        assert_int_equal(reclaims, progress ? 5 * 16 : 5);
        assert_null(alloc_pages(GFP_USER, 3));
        assert_int_equal(ooms, 2 * 4);
        ooms = 0;
        assert_null(alloc_page(GFP_USER | __GFP_NORETRY));
        assert_null(alloc_pages(GFP_USER, 4));
        assert_int_equal(ooms, 0);
    }
    assert_non_null(strstr(host_log, "page allocation failure"));
    assert_null(alloc_pages(GFP_KERNEL, MAX_ORDER + 1));
    give_all(&list);
}

/* When nothing comes back, what lies on the lists of other harts does. */
static void
page_alloc_asks_other_harts(void **state)
{
    LIST_HEAD(list);

    (void)state;
    start();
    take_all(GFP_USER, &list);
    host_set_hart(1);
    for (unsigned i = 0; i < 5; i++) {
        struct page *page = list_first_entry(&list, struct page, lru);

        list_del(&page->lru);
        put_page(page);
    }
    host_set_hart(0);
    reclaim_ops = &ops;
    progress = ooms = 0;
    list_add(&alloc_page(GFP_USER)->lru, &list);
    assert_int_equal(ooms, 0);
    give_all(&list);
}

/* As vm/oom.c does for a task that was chosen. */
static bool
oom_chooses_us(gfp_t gfp, unsigned order)
{
    (void)gfp, (void)order;
    host_thread->scope = SCOPE_MEMALLOC;
    return true;
}

static void
page_alloc_gives_the_victim_the_reserve(void **state)
{
    static const struct reclaim_ops choosing = {reclaim, wake, oom_chooses_us,
                                                release_lru};
    LIST_HEAD(list);
    struct page *page;

    (void)state;
    start();
    take_all(GFP_ATOMIC, &list);
    assert_true(global_free_pages() > 0);
    reclaim_ops = &choosing;
    progress = 0;
    page = alloc_page(GFP_USER);
    host_thread->scope = 0;
    assert_non_null(page);
    put_page(page);
    give_all(&list);
}

/* --- Freeing */

static void
page_alloc_counts_references(void **state)
{
    struct page *page;

    (void)state;
    start();
    reclaim_ops = &ops;
    page = alloc_page(GFP_KERNEL);
    assert_true(try_get_page(page));
    put_page(page);
    assert_int_equal(atomic_read(&page->refcount), 1);
    page_set(page, PG_lru);
    page_set(page, PG_dirty);
    put_page(page);
    assert_ptr_equal(released, page);
    assert_false(try_get_page(page));
    assert_int_equal(page->flags & ~PAGE_ZONE_MASK, 0);
    expect_panic(put_page(page));
    atomic_set(&page->refcount, 0);
    page = alloc_page(GFP_KERNEL);
    atomic_set(&page->mapcount, 1);
    expect_panic(put_page(page));
    atomic_set(&page->mapcount, 0);
    page_set(page, PG_locked);
    expect_panic(free_pages(page, 0));
    page_clear(page, PG_locked);
    atomic_set(&page->refcount, 2);
    expect_panic(free_pages(page, 0));
    host_drop_locks();
}

/* I1: whoever had a page before has left no trace but its contents. */
static void
page_alloc_gives_clean_pages(void **state)
{
    struct page *page, *again;

    (void)state;
    start();
    page = alloc_page(GFP_KERNEL);
    page->mapping = (struct address_space *)&page;
    page->private = page->policy = 5;
    page_set(page, PG_dirty);
    put_page(page);
    again = alloc_page(GFP_KERNEL);
    assert_ptr_equal(again, page); /* the one that is warm */
    assert_null(page->mapping);
    assert_int_equal(page->private + page->policy, 0);
    assert_int_equal(page->flags & ~PAGE_ZONE_MASK, 0);
    put_page(page);
    atomic_set(&page->refcount, 1);
    expect_panic(alloc_page(GFP_KERNEL));
    atomic_set(&page->refcount, 0);

    page = alloc_pages(GFP_KERNEL, 2);
    assert_int_equal(page->order, 2);
    memset(page_address(page), 5, 4 * PAGE_SIZE);
    free_pages(page, 2);
    again = alloc_pages(GFP_KERNEL | __GFP_ZERO, 2);
    assert_ptr_equal(again, page);
    for (size_t i = 0; i < 4 * PAGE_SIZE; i++)
        assert_int_equal(((char *)page_address(page))[i], 0);
}

/* As the counters of /proc/vmstat have it. */
static uint64_t
pages_in_use(void)
{
    return vm_event_sum(PGALLOC_DMA) + vm_event_sum(PGALLOC_DMA32) +
           vm_event_sum(PGALLOC_NORMAL) - vm_event_sum(PGFREE);
}

static void
page_alloc_frees_many_at_once(void **state)
{
    enum { MANY = 500 };
    struct page *pages[MANY];
    uint64_t in_use = pages_in_use();

    (void)state;
    start();
    for (unsigned i = 0; i < MANY; i++) {
        static const gfp_t from[] = {0, __GFP_DMA, __GFP_DMA32};

        pages[i] = alloc_page(GFP_KERNEL | __GFP_ZERO | from[i % 3]);
        assert_int_equal(*(char *)page_address(pages[i]), 0);
        if (i % 10 == 0)
            get_page(pages[i]);
    }
    struct page *kept = pages[0], *on_lru = pages[5];
    reclaim_ops = &ops;
    page_set(on_lru, PG_lru);
    put_pages(pages, MANY);
    assert_false(page_test(on_lru, PG_lru));
    assert_int_equal(atomic_read(&kept->refcount), 1);
    assert_int_equal(pages_in_use() - in_use, MANY / 10);
    drain_all_pages();
    assert_int_equal(global_free_pages(), FRAMES - MANY / 10);
    check_zones();
}

static void
page_alloc_random(void **state)
{
    enum { BLOCKS = 700 };
    static struct page *blocks[BLOCKS];
    static unsigned orders[BLOCKS];
    uint64_t used = 0;

    (void)state;
    start();
    for (unsigned step = 0; step < scaled(40000); step++) {
        unsigned i = (unsigned)rnd_below(BLOCKS);

        host_set_hart((unsigned)rnd_below(nr_harts));
        if (blocks[i]) {
            assert_int_equal(*(unsigned *)page_address(blocks[i]), i);
            free_pages(blocks[i], orders[i]);
            blocks[i] = NULL;
            used -= 1UL << orders[i];
        } else {
            orders[i] = (unsigned)(rnd_below(3) ? 0 : rnd_below(6));
            blocks[i] = alloc_pages(
                (gfp_t)rnd_below(4) | GFP_KERNEL | __GFP_NOWARN, orders[i]);
            if (!blocks[i])
                continue;
            assert_int_equal(page_to_pfn(blocks[i]) % (1UL << orders[i]), 0);
            *(unsigned *)page_address(blocks[i]) = i;
            used += 1UL << orders[i];
        }
        if (step % 1000 == 0) {
            check_zones();
            drain_all_pages();
            assert_int_equal(global_free_pages(), FRAMES - used);
        }
    }
    for (unsigned i = 0; i < BLOCKS; i++) {
        if (blocks[i])
            free_pages(blocks[i], orders[i]);
        blocks[i] = NULL;
    }
    drain_all_pages();
    check_zones();
    assert_int_equal(global_free_pages(), FRAMES);
}

HOST_TESTS(HOST_TEST(page_alloc_lays_zones),
           HOST_TEST(page_alloc_prefers_high_zones),
           HOST_TEST(page_alloc_keeps_reserves),
           HOST_TEST(page_alloc_lists_move_batches),
           HOST_TEST(page_alloc_takes_what_there_is),
           HOST_TEST(page_alloc_reclaims_when_low),
           HOST_TEST(page_alloc_gives_up),
           HOST_TEST(page_alloc_asks_other_harts),
           HOST_TEST(page_alloc_gives_the_victim_the_reserve),
           HOST_TEST(page_alloc_counts_references),
           HOST_TEST(page_alloc_gives_clean_pages),
           HOST_TEST(page_alloc_frees_many_at_once),
           HOST_TEST(page_alloc_random))
