/* SPDX-License-Identifier: MIT */
/*
 * memblock: joining of ranges, allocation from the top, what is ignored; and
 * random ranges against a model with one byte a page.
 */
#include "host.h"

#include "shim/pages.h"

/* The file itself, so that a test can empty its tables. */
#include "mm/memblock.c"

enum { PAGES = 1024 };

#define RAM HOST_RAM_BASE
#define AT(page) (RAM + (paddr_t)(page)*PAGE_SIZE)

static void
reset(void)
{
    memblock_ram.nr = memblock_reserved.nr = memblock_nomap.nr = 0;
    memblock_limit = PHYS_LIMIT;
    host_ram(PAGES);
}

static void
table_check(const struct range_table *t)
{
    for (unsigned i = 0; i < t->nr; i++) {
        assert_true(t->range[i].start < t->range[i].end);
        assert_true(i == 0 || t->range[i - 1].end < t->range[i].start);
    }
}

/* I1 of memblock.c. */
static void
memblock_check(void)
{
    table_check(&memblock_ram);
    table_check(&memblock_reserved);
    table_check(&memblock_nomap);
}

static void
memblock_joins_neighbours(void **state)
{
    (void)state;
    reset();
    memblock_add(&memblock_ram, AT(10), 2 * PAGE_SIZE);
    memblock_add(&memblock_ram, AT(14), 2 * PAGE_SIZE);
    assert_int_equal(memblock_ram.nr, 2);
    memblock_add(&memblock_ram, AT(12), 2 * PAGE_SIZE); /* fills the gap */
    assert_int_equal(memblock_ram.nr, 1);
    memblock_add(&memblock_ram, AT(9) + 1, PAGE_SIZE - 1); /* no whole page */
    memblock_add(&memblock_ram, AT(5), 0);                 /* nothing at all */
    memblock_add(&memblock_ram, AT(11), PAGE_SIZE);        /* inside */
    assert_int_equal(memblock_ram.nr, 1);
    memblock_trim(AT(10), 0, UINT64_MAX);
    assert_int_equal(ram_start, AT(10));
    assert_int_equal(ram_end, AT(16));
    memblock_check();
}

static void
memblock_allocates_from_the_top(void **state)
{
    char *a, *b;

    (void)state;
    reset();
    memblock_add(&memblock_ram, AT(0), PAGES * PAGE_SIZE);
    memblock_trim(AT(0), 0, UINT64_MAX);
    memblock_add(&memblock_reserved, AT(PAGES - 2), 100);
    a = memblock_alloc(PAGE_SIZE, PAGE_SIZE);
    assert_int_equal(__pa(a), AT(PAGES - 1)); /* above the reserved bytes */
    b = memblock_alloc(PAGE_SIZE, PAGE_SIZE);
    assert_int_equal(__pa(b), AT(PAGES - 3));
    b = memblock_alloc(10, 8); /* in what the reserved page has left */
    assert_int_equal(__pa(b), AT(PAGES - 1) - 16);
    memblock_limit = AT(100);
    a = memblock_alloc(8 * PAGE_SIZE, 8 * PAGE_SIZE);
    assert_int_equal(__pa(a), AT(88));
    for (size_t i = 0; i < 8 * PAGE_SIZE; i++)
        assert_int_equal(a[i], 0);
    memblock_check();
    expect_panic(memblock_alloc(PAGES * PAGE_SIZE, 8));
    expect_panic(memblock_alloc(UINT64_MAX, 8));
}

static void
memblock_ignores_what_it_cannot_use(void **state)
{
    (void)state;
    reset();
    memblock_add(&memblock_ram, AT(0), 100 * PAGE_SIZE);
    memblock_add(&memblock_ram, AT(200), 100 * PAGE_SIZE);
    memblock_add(&memblock_ram, UINT64_MAX - PAGE_SIZE, UINT64_MAX);
    memblock_trim(AT(50), AT(10), 80 * PAGE_SIZE + 100);
    assert_int_equal(ram_start, AT(10));
    assert_int_equal(ram_end, AT(90));
    assert_non_null(strstr(host_log, "below the direct map"));
    assert_non_null(strstr(host_log, "apart from the kernel"));
    assert_non_null(strstr(host_log, "too much"));
    expect_panic(memblock_trim(AT(300), 0, PAGE_SIZE)); /* just behind */
}

/* As much as the device tree's reader takes, and what boot code adds. */
static void
memblock_has_room_for_what_the_tree_says(void **state)
{
    enum { FROM_TREE = 2 * MACHINE_MAX_RANGES };

    (void)state;
    reset();
    memblock_add(&memblock_ram, AT(0), PAGES * PAGE_SIZE);
    memblock_trim(AT(0), 0, UINT64_MAX);
    for (unsigned i = 0; i < FROM_TREE; i++)
        memblock_add(&memblock_reserved, AT(2 * i), PAGE_SIZE);
    memblock_add(&memblock_reserved, AT(2 * FROM_TREE), PAGE_SIZE);
    for (unsigned i = 0; i < FROM_TREE; i++)
        memblock_alloc(PAGE_SIZE, PAGE_SIZE);
    memblock_check();
}

/* Still nothing is overwritten. */
static void
memblock_notices_too_many_ranges(void **state)
{
    (void)state;
    reset();
    memblock_add(&memblock_ram, AT(0), PAGES * PAGE_SIZE);
    memblock_trim(AT(0), 0, UINT64_MAX);
    for (unsigned i = 0; i < MAX_RANGES; i++)
        memblock_add(&memblock_reserved, AT(2 * (MAX_RANGES - i)), PAGE_SIZE);
    memblock_check();
    expect_panic(memblock_add(&memblock_reserved, AT(0), PAGE_SIZE));
    memblock_add(&memblock_reserved, AT(3), PAGE_SIZE); /* joins two */
    memblock_check();
    memblock_add(&memblock_reserved, PAGE_SIZE, UINT64_MAX);
    memblock_check();
    assert_int_equal(memblock_reserved.nr, 1);
    assert_true(memblock_reserved.range[0].end == PHYS_LIMIT);
}

/* --- Random ranges */

static bool taken[PAGES], hidden[PAGES], seen[PAGES];

static void
note_seen(paddr_t start, paddr_t end)
{
    assert_true(start < end && start % PAGE_SIZE == 0 && end % PAGE_SIZE == 0);
    for (size_t i = (start - RAM) / PAGE_SIZE; i < (end - RAM) / PAGE_SIZE;
         i++) {
        assert_false(seen[i]);
        seen[i] = true;
    }
}

static void
compare(void)
{
    memset(seen, 0, sizeof(seen));
    memblock_walk_gaps(&memblock_reserved, note_seen);
    for (unsigned i = 0; i < PAGES; i++)
        assert_int_equal(seen[i], !taken[i]);
    memset(seen, 0, sizeof(seen));
    memblock_walk_gaps(&memblock_nomap, note_seen);
    for (unsigned i = 0; i < PAGES; i++)
        assert_int_equal(seen[i], !hidden[i]);
}

/* The highest run of `pages` free pages, aligned alike; or -1. */
static int
model_find(unsigned pages)
{
    for (int at = (int)(PAGES - pages); at >= 0; at--) {
        unsigned n = 0;

        if ((unsigned)at % pages)
            continue;
        while (n < pages && !taken[(unsigned)at + n])
            n++;
        if (n == pages)
            return at;
    }
    return -1;
}

/* As main.c does with what the firmware has for itself. */
static void
hide_range(paddr_t base, uint64_t size)
{
    memblock_add(&memblock_reserved, base, size);
    memblock_add(&memblock_nomap, base, size);
}

static void
random_step(void)
{
    unsigned at = (unsigned)rnd_below(PAGES), n = (unsigned)rnd_below(6) + 1;
    unsigned pages = 1u << rnd_below(5);
    bool hide = rnd_below(4) == 0;
    int found;

    n = MIN(n, PAGES - at);
    if (rnd_below(2) && memblock_reserved.nr < MAX_RANGES - 2) {
        /* The page is taken even if only a byte of it is. */
        if (hide)
            hide_range(AT(at) + 1, n * PAGE_SIZE - 1);
        else
            memblock_add(&memblock_reserved, AT(at),
                         n * PAGE_SIZE - rnd_below(PAGE_SIZE));
        for (unsigned i = at; i < at + n; i++) {
            taken[i] = true;
            hidden[i] |= hide;
        }
        return;
    }
    found = model_find(pages);
    if (found >= 0) {
        void *va = memblock_alloc(pages * PAGE_SIZE, pages * PAGE_SIZE);

        assert_int_equal(__pa(va), AT(found));
        for (unsigned i = 0; i < pages; i++)
            taken[(unsigned)found + i] = true;
    }
}

static void
memblock_random(void **state)
{
    (void)state;
    for (unsigned round = 0; round < scaled(100); round++) {
        reset();
        memset(taken, 0, sizeof(taken));
        memset(hidden, 0, sizeof(hidden));
        memblock_add(&memblock_ram, AT(0), PAGES / 2 * PAGE_SIZE);
        memblock_add(&memblock_ram, AT(PAGES / 2), PAGES / 2 * PAGE_SIZE);
        memblock_trim(AT(0), 0, UINT64_MAX);
        for (unsigned step = 0; step < 60; step++) {
            random_step();
            memblock_check();
            compare();
        }
    }
}

HOST_TESTS(HOST_TEST(memblock_joins_neighbours),
           HOST_TEST(memblock_allocates_from_the_top),
           HOST_TEST(memblock_ignores_what_it_cannot_use),
           HOST_TEST(memblock_has_room_for_what_the_tree_says),
           HOST_TEST(memblock_notices_too_many_ranges),
           HOST_TEST(memblock_random))
