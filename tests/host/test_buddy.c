/* SPDX-License-Identifier: MIT */
/*
 * The buddy system: splitting, merging, zone edges, and random operations
 * against a model that knows of each frame whether it is free.
 */
/* sources: mm/buddy.c */
#include "host.h"

#include "lib/macros.h"
#include "shim/pages.h"

#include "buddy_check.h"

enum { LARGEST = 1 << MAX_ORDER, FRAMES = 4 * LARGEST };

struct zone zones[NR_ZONES];
static struct zone *zone = &zones[ZONE_DMA];

/* A zone over the frames [from, to) of an arena of FRAMES, all allocated. */
static void
make_zone(unsigned from, unsigned to)
{
    host_ram(FRAMES);
    memset(zone, 0, sizeof(*zone));
    for (unsigned order = 0; order <= MAX_ORDER; order++)
        list_init(&zone->free_area[order].list);
    zone->start_pfn = first_pfn + from;
    zone->end_pfn = first_pfn + to;
}

static void
free_frames(unsigned from, unsigned to)
{
    buddy_free_range(zone, first_pfn + from, first_pfn + to);
}

static unsigned
index_of(const struct page *page)
{
    return (unsigned)(page - mem_map);
}

static void
buddy_merges_in_any_order(void **state)
{
    unsigned order[LARGEST];

    (void)state;
    make_zone(0, LARGEST);
    for (unsigned i = 0; i < LARGEST; i++) {
        unsigned j = (unsigned)rnd_below(i + 1);

        order[i] = order[j];
        order[j] = i;
    }
    for (unsigned i = 0; i < LARGEST; i++) {
        buddy_free(zone, &mem_map[order[i]], 0);
        buddy_check(zone);
    }
    assert_int_equal(zone->free_area[MAX_ORDER].nr_free, 1);
    assert_int_equal(zone->free_pages, LARGEST);
}

static void
buddy_splits_the_smallest_that_fits(void **state)
{
    struct page *page;

    (void)state;
    make_zone(0, FRAMES);
    buddy_free(zone, mem_map, MAX_ORDER);
    page = buddy_alloc(zone, 0);
    assert_int_equal(index_of(page), 0);
    for (unsigned k = 0; k < MAX_ORDER; k++)
        assert_int_equal(zone->free_area[k].nr_free, 1);
    assert_int_equal(zone->free_area[MAX_ORDER].nr_free, 0);
    buddy_check(zone);
    /* 2 and 3 are a whole block: nothing larger is touched. */
    assert_int_equal(index_of(buddy_alloc(zone, 1)), 2);
    assert_int_equal(zone->free_area[2].nr_free, 1);
    buddy_free(zone, &mem_map[2], 1);
    buddy_free(zone, page, 0);
    assert_int_equal(zone->free_area[MAX_ORDER].nr_free, 1);
    buddy_check(zone);
}

static void
buddy_stays_in_its_zone(void **state)
{
    (void)state;
    /* The frames around are free as well, but not this zone's. */
    make_zone(3, 13);
    page_set(&mem_map[2], PG_buddy);
    page_set(&mem_map[13], PG_buddy);
    free_frames(3, 13);
    buddy_check(zone);
    assert_int_equal(zone->free_area[0].nr_free, 2); /* 3 and 12 */
    assert_int_equal(zone->free_area[2].nr_free, 2); /* 4..7, 8..11 */
    assert_int_equal(zone->free_pages, 10);
    assert_null(buddy_alloc(zone, 3));
}

static void
buddy_runs_out(void **state)
{
    (void)state;
    make_zone(0, FRAMES);
    assert_null(buddy_alloc(zone, 0));
    free_frames(0, 64);
    for (unsigned i = 0; i < 64; i++)
        assert_non_null(buddy_alloc(zone, 0));
    assert_null(buddy_alloc(zone, 0));
    assert_int_equal(zone->free_pages, 0);
}

static void
buddy_notices_a_double_free(void **state)
{
    (void)state;
    make_zone(0, FRAMES);
    buddy_free(zone, &mem_map[8], 2);
    expect_panic(buddy_free(zone, &mem_map[8], 2));
}

/* --- Random operations */

static bool is_free[FRAMES];
static unsigned from, to;

/* Could a block of this order be had? */
static bool
model_has(unsigned order)
{
    unsigned size = 1u << order;

    for (unsigned at = ALIGN_UP(from, size); at + size <= to; at += size) {
        unsigned n = 0;

        while (n < size && is_free[at + n])
            n++;
        if (n == size)
            return true;
    }
    return false;
}

static void
model_set(unsigned at, unsigned order, bool value)
{
    for (unsigned i = at; i < at + (1u << order); i++) {
        assert_int_equal(is_free[i], !value);
        is_free[i] = value;
    }
}

static void
random_step(struct page **blocks, unsigned *orders, unsigned nr)
{
    unsigned i = (unsigned)rnd_below(nr);

    if (blocks[i]) {
        model_set(index_of(blocks[i]), orders[i], true);
        buddy_free(zone, blocks[i], orders[i]);
        blocks[i] = NULL;
        return;
    }
    orders[i] =
        (unsigned)(rnd_below(4) ? rnd_below(3) : rnd_below(MAX_ORDER + 1));
    blocks[i] = buddy_alloc(zone, orders[i]);
    assert_int_equal(blocks[i] != NULL, model_has(orders[i]));
    if (!blocks[i])
        return;
    assert_true(IS_ALIGNED(page_to_pfn(blocks[i]), 1UL << orders[i]));
    model_set(index_of(blocks[i]), orders[i], false);
}

static void
buddy_random(void **state)
{
    enum { BLOCKS = 1500 };
    static struct page *blocks[BLOCKS];
    static unsigned orders[BLOCKS];

    (void)state;
    from = (unsigned)rnd_below(LARGEST);
    to = FRAMES - (unsigned)rnd_below(LARGEST);
    make_zone(from, to);
    free_frames(from, to);
    for (unsigned i = from; i < to; i++)
        is_free[i] = true;
    for (unsigned step = 0; step < scaled(30000); step++) {
        random_step(blocks, orders, BLOCKS);
        if (step % 256 == 0)
            buddy_check(zone);
    }
    for (unsigned i = 0; i < BLOCKS; i++)
        if (blocks[i])
            buddy_free(zone, blocks[i], orders[i]);
    buddy_check(zone);
    assert_int_equal(zone->free_pages, to - from);
}

HOST_TESTS(HOST_TEST(buddy_merges_in_any_order),
           HOST_TEST(buddy_splits_the_smallest_that_fits),
           HOST_TEST(buddy_stays_in_its_zone), HOST_TEST(buddy_runs_out),
           HOST_TEST(buddy_notices_a_double_free), HOST_TEST(buddy_random))
