/* SPDX-License-Identifier: MIT */
/*
 * Swap areas and their slots: headers that lie; which slot comes next, in one
 * area and in several; counts, retired slots and clusters against a model with
 * one entry a slot; swapoff that succeeds or does not.
 */
/* sources: vm/swap.c */
#include "host.h"

#include "block/blkdev.h"
#include "include/errno.h"
#include "include/swap_hdr.h"
#include "lib/assert.h"
#include "lib/err.h"
#include "mm/page_alloc.h"
#include "mm/vmalloc.h"
#include "shim/pages.h"
#include "vm/swap.h"

enum { CLUSTER = 256, NR_DEVICES = MAX_SWAP_AREAS + 1, HOLDERS_MAX = 40 };

/* --- What swap.c needs from below */

static struct block_device devices[NR_DEVICES];
static struct address_space mappings[NR_DEVICES], *fresh;
static struct page *header_page; /* what the first page of any device holds */
static int read_error, unuse_error, mutex_held;
static bool claims_fail, vmalloc_fails;
static unsigned nr_claims, nr_vmallocs;

int
rwsem_lock(struct rwsem *s, bool write, uint32_t state, unsigned subclass)
{
    (void)s, (void)write, (void)state, (void)subclass;
    assert_int_equal(mutex_held++, 0);
    return 0;
}

void
rwsem_unlock(struct rwsem *s, int64_t by)
{
    (void)s, (void)by;
    assert_int_equal(--mutex_held, 0);
}

int
bd_claim(struct block_device *bdev, bool exclusive)
{
    assert_true(exclusive);
    if (claims_fail || bdev->writers)
        return -EBUSY;
    bdev->writers = -1;
    nr_claims++;
    return 0;
}

void
bd_release(struct block_device *bdev, bool exclusive)
{
    assert_true(exclusive);
    assert_int_equal(bdev->writers, -1);
    bdev->writers = 0;
    nr_claims--;
}

void
invalidate_pages(struct address_space *m)
{
    assert_int_equal(devices[m - mappings].writers, -1);
    fresh = m;
}

struct page *
read_cache_page(struct address_space *m, uint64_t index)
{
    assert_in_range(m - mappings, 0, NR_DEVICES - 1);
    assert_ptr_equal(fresh, m);
    assert_int_equal(index, 0);
    return read_error ? ERR_PTR(read_error) : get_page(header_page);
}

void *
vmalloc(size_t size)
{
    nr_vmallocs += !vmalloc_fails;
    return vmalloc_fails ? NULL : malloc(size);
}

void
vfree(void *va)
{
    nr_vmallocs -= va != NULL;
    free(va);
}

int
swap_unuse(struct swap_area *a)
{
    assert_false(a->on);
    return unuse_error;
}

/* --- Areas */

static struct swap_header *
header(void)
{
    return page_address(header_page);
}

/* Devices of `pages` pages each, and a header that is right for them. */
static int
setup(void **state)
{
    host_setup(state);
    host_ram(16);
    header_page = alloc_page(GFP_KERNEL | __GFP_ZERO);
    read_error = unuse_error = 0;
    claims_fail = vmalloc_fails = false;
    for (unsigned i = 0; i < NR_DEVICES; i++) {
        devices[i] = (struct block_device){.mapping = &mappings[i]};
        snprintf(devices[i].name, sizeof(devices[i].name), "vd%c1", 'a' + i);
    }
    return 0;
}

static void
format(uint32_t pages)
{
    struct swap_header *h = header();

    memset(h, 0, sizeof(*h));
    memcpy(h->magic, SWAP_MAGIC, SWAP_MAGIC_LEN);
    h->version = SWAP_VERSION;
    h->last_page = pages - 1;
    for (unsigned i = 0; i < NR_DEVICES; i++)
        devices[i].nr_sectors = (uint64_t)pages * SECTORS_PER_PAGE;
}

/* After a test: nothing may be on, claimed or allocated. */
static int
teardown(void **state)
{
    put_page(header_page);
    assert_int_equal(host_frames_used(), 0);
    assert_int_equal(nr_claims + nr_vmallocs, 0);
    assert_int_equal(nr_swap_total + nr_swap_free, 0);
    host_ram_release();
    return host_teardown(state);
}

static struct swap_area *
area_on(const struct block_device *bdev)
{
    struct swap_area *a = swap_areas;

    while (a->cache.bdev != bdev)
        a++;
    return a;
}

/* I2 and I3 of swap.c, and the two sums. */
static void
swap_check(void)
{
    uint64_t total = 0, unused = 0;

    for (struct swap_area *a = swap_areas; a < swap_areas + MAX_SWAP_AREAS;
         a++) {
        uint64_t used = 0, usable = 0, listed = 0;
        struct swap_cluster *c;
        bool whole = true;

        if (!a->cache.bdev)
            continue;
        for (uint64_t i = 0; i < a->max; i++) {
            bool held = a->map[i] & (SWAP_COUNT | SWAP_HAS_CACHE);

            usable += held || !(a->map[i] & SWAP_BROKEN);
            used += held;
        }
        ASSERT(a->pages == usable && a->in_use == used);
        for (uint64_t i = 0; i < DIV_ROUND_UP(a->max, CLUSTER); i++) {
            unsigned n = 0;

            for (uint64_t s = i * CLUSTER; s < MIN((i + 1) * CLUSTER, a->max);
                 s++)
                n += a->map[s] == 0;
            ASSERT(a->clusters[i].free == n);
            listed += n > 0;
        }
        list_for_each_entry(c, &a->clusters_free, link) {
            ASSERT(c->free > 0);
            whole = whole && c->free == CLUSTER;
            ASSERT(whole || c->free < CLUSTER); /* whole ones come first */
            listed--;
        }
        ASSERT(listed == 0);
        total += a->on ? a->pages : 0;
        unused += a->on ? a->pages - a->in_use : 0;
    }
    ASSERT(total == nr_swap_total && unused == nr_swap_free);
}

/* --- Headers */

static void
refused(int err)
{
    assert_int_equal(swap_on(&devices[0], 0), err);
    assert_int_equal(nr_claims + nr_vmallocs, 0);
    format(1000);
}

static void
swap_bad_headers(void **state)
{
    (void)state;
    format(1000);
    header()->magic[9] = '1';
    refused(-EINVAL);
    header()->version = 0;
    refused(-EINVAL);
    header()->last_page = 0;
    refused(-EINVAL);
    header()->last_page = 1000; /* one more than there is */
    refused(-EINVAL);
    header()->last_page = UINT32_MAX;
    refused(-EINVAL);
    header()->nr_badpages = SWAP_MAX_BADPAGES + 1;
    refused(-EINVAL);
    header()->nr_badpages = UINT32_MAX;
    refused(-EINVAL);
    claims_fail = true;
    refused(-EBUSY);
    claims_fail = false;
    read_error = -EIO;
    refused(-EIO);
    read_error = 0;
    vmalloc_fails = true;
    refused(-ENOMEM);
    vmalloc_fails = false;
    assert_int_equal(swap_off(&devices[0]), -EINVAL);
    assert_int_equal(swap_on(&devices[0], 0), 0);
    assert_int_equal(swap_on(&devices[0], 0), -EBUSY);
    assert_int_equal(swap_off(&devices[0]), 0);
    assert_int_equal(swap_off(&devices[0]), -EINVAL);
}

/* Neither the header's slot nor a bad one, be it listed twice or nowhere. */
static void
swap_bad_pages(void **state)
{
    static const uint32_t bad[] = {1, 7, 255, 256, 7, 999, 0, 1000, UINT32_MAX};
    bool seen[1000] = {false};
    swp_entry_t e;

    (void)state;
    format(1000);
    header()->nr_badpages = ARRAY_SIZE(bad);
    memcpy(header()->badpages, bad, sizeof(bad));
    assert_int_equal(swap_on(&devices[0], 0), 0);
    swap_check();
    assert_int_equal(nr_swap_free, 1000 - 6); /* 0, 1, 7, 255, 256, 999 */
    while ((e = swap_alloc()).val) {
        assert_false(seen[swp_offset(e)]);
        seen[swp_offset(e)] = true;
    }
    for (unsigned i = 0; i < ARRAY_SIZE(bad) - 2; i++)
        assert_false(seen[bad[i]]);
    swap_check();
    assert_int_equal(nr_swap_free, 0);
    for (uint64_t i = 0; i < 1000; i++)
        if (seen[i])
            swap_update(swap_cache_entry(&area_on(&devices[0])->cache, i),
                        SWAP_RELEASE);
    swap_check();
    assert_int_equal(nr_swap_free, 1000 - 6);
    assert_int_equal(swap_off(&devices[0]), 0);
}

/* --- Which slot is next */

/* What leaves together lies together: as long as a cluster is whole, in a row. */
static void
swap_slots_in_a_row(void **state)
{
    swp_entry_t e = {0};

    (void)state;
    format(4 * CLUSTER);
    assert_int_equal(swap_on(&devices[0], 0), 0);
    for (uint64_t i = 1; i < 4 * CLUSTER; i++) {
        uint64_t last = swp_offset(e);

        e = swap_alloc();
        if (i > 1 && (last + 1) % CLUSTER)
            assert_int_equal(swp_offset(e), last + 1);
        else /* another cluster: the first one, with the header, at last */
            assert_int_equal(swp_offset(e) % CLUSTER, swp_offset(e) < CLUSTER);
    }
    assert_int_equal(swap_alloc().val, 0);
    /* A hole is found again, wherever it is. */
    for (unsigned n = scaled(100); n > 0; n--) {
        uint64_t slot = 1 + rnd_below(4 * CLUSTER - 1);

        e = swap_cache_entry(&swap_areas[0].cache, slot);
        swap_update(e, SWAP_RELEASE);
        assert_int_equal(swap_alloc().val, e.val);
    }
    swap_check();
    for (uint64_t i = 1; i < 4 * CLUSTER; i++)
        swap_update(swap_cache_entry(&swap_areas[0].cache, i), SWAP_RELEASE);
    assert_int_equal(swap_off(&devices[0]), 0);
}

/*
 * Higher priorities first; equal ones in turn, a cluster each; who asks for
 * none is below all.
 */
static void
swap_priorities(void **state)
{
    const int order[] = {3, 1, 2, 0}; /* 1 and 2 are equal */
    unsigned got[4] = {0}, turns = 0;
    struct swap_area *last = NULL;
    swp_entry_t e;

    (void)state;
    format(4 * CLUSTER);
    assert_int_equal(swap_on(&devices[1], SWAP_FLAG_PREFER | 5), 0);
    assert_int_equal(swap_on(&devices[2], SWAP_FLAG_PREFER | 5), 0);
    assert_int_equal(swap_on(&devices[3], SWAP_FLAG_PREFER | 32767), 0);
    assert_int_equal(swap_on(&devices[0], 0), 0);
    assert_int_equal(area_on(&devices[0])->priority, -2);
    for (unsigned i = 0; (e = swap_alloc()).val; i++) {
        struct swap_area *a = swap_area_of(e);
        int device = (int)(a->cache.bdev - devices);

        got[device]++;
        turns += a != last;
        last = a;
        if (i < 4 * CLUSTER - 1)
            assert_int_equal(device, order[0]);
        else if (i < 3 * (4 * CLUSTER - 1))
            assert_true(device == order[1] || device == order[2]);
        else
            assert_int_equal(device, order[3]);
    }
    assert_in_range(turns, 1 + 2 * 3 + 1, 1 + 2 * 4 + 1);
    for (int i = 0; i < 4; i++) {
        struct swap_area *a = area_on(&devices[i]);

        assert_int_equal(got[i], 4 * CLUSTER - 1);
        for (uint64_t s = 1; s < 4 * CLUSTER; s++)
            swap_update(swap_cache_entry(&a->cache, s), SWAP_RELEASE);
        assert_int_equal(swap_off(&devices[i]), 0);
    }
}

static void
swap_too_many_areas(void **state)
{
    (void)state;
    format(CLUSTER);
    for (int i = 0; i < MAX_SWAP_AREAS; i++)
        assert_int_equal(swap_on(&devices[i], 0), 0);
    assert_int_equal(swap_on(&devices[MAX_SWAP_AREAS], 0), -EPERM);
    swap_check();
    for (int i = 0; i < MAX_SWAP_AREAS; i++)
        assert_int_equal(swap_off(&devices[i]), 0);
}

/* --- Counts, against a model */

struct model_slot {
    int holders;
    bool cache, zero, broken, retired;
};

static struct model_slot model[3 * CLUSTER + 10];

/* The map says what the model does; it is nobody's, or retired, as that. */
static void
compare(swp_entry_t e)
{
    struct model_slot *m = &model[swp_offset(e)];
    uint32_t word = swap_map(e);

    if (!m->holders && !m->cache) {
        m->retired |= m->broken;
        m->zero = m->broken = false;
    }
    if (m->retired) {
        assert_true(word & SWAP_BROKEN);
        assert_int_equal(word & (SWAP_COUNT | SWAP_HAS_CACHE), 0);
        return;
    }
    assert_int_equal(word & SWAP_COUNT, m->holders);
    assert_int_equal(!!(word & SWAP_HAS_CACHE), m->cache);
    assert_int_equal(!!(word & SWAP_ZERO), m->zero);
    assert_int_equal(!!(word & SWAP_BROKEN), m->broken);
}

/* Something that may happen to a slot, as the callers of swap.c do it. */
static void
one_step(swp_entry_t e)
{
    struct model_slot *m = &model[swp_offset(e)];
    bool free = !m->holders && !m->cache;

    switch (free ? 5 : (unsigned)rnd_below(6)) {
    case 0: /* a PTE more */
        if (m->holders < HOLDERS_MAX) {
            swap_dup(e);
            m->holders++;
        }
        break;
    case 1: /* a PTE less */
        if (m->holders) {
            swap_free(e);
            m->holders--;
        }
        break;
    case 2: /* the cache leaves it, perhaps for good: the disk said no */
        if (m->cache) {
            bool broken = !m->broken && rnd_below(50) == 0;

            swap_update(e, SWAP_RELEASE + (broken ? SWAP_BROKEN : 0));
            m->cache = false;
            m->broken |= broken;
        }
        break;
    case 3: /* its page is zeroes, or is no more */
        if (m->cache) {
            swap_update(e, m->zero ? -SWAP_ZERO : SWAP_ZERO);
            m->zero = !m->zero;
        }
        break;
    case 4: /* only asked */
        assert_int_equal(swap_take(e, false), m->holders && !m->cache);
        break;
    case 5: /* the cache wants it back */
        assert_int_equal(swap_take(e, true), m->holders && !m->cache);
        m->cache |= m->holders > 0;
        break;
    }
    compare(e);
}

static void
swap_random_counts(void **state)
{
    const uint64_t slots = ARRAY_SIZE(model);
    struct address_space *cache;

    (void)state;
    memset(model, 0, sizeof(model));
    format((uint32_t)slots);
    assert_int_equal(swap_on(&devices[0], 0), 0);
    cache = &area_on(&devices[0])->cache;
    for (unsigned n = scaled(200000); n > 0; n--) {
        swp_entry_t e = swap_cache_entry(cache, 1 + rnd_below(slots - 1));

        if (rnd_below(4) == 0 && (e = swap_alloc()).val) {
            struct model_slot *m = &model[swp_offset(e)];

            assert_false(m->holders || m->cache || m->retired);
            m->cache = true;
        } else if (e.val) {
            one_step(e);
        }
        if (n % 1000 == 0)
            swap_check();
    }
    for (uint64_t i = 1; i < slots; i++) {
        swp_entry_t e = swap_cache_entry(cache, i);

        for (; model[i].holders; model[i].holders--)
            swap_free(e);
        if (model[i].cache)
            swap_update(e, SWAP_RELEASE);
        model[i].cache = false;
        compare(e);
    }
    swap_check();
    assert_int_equal(area_on(&devices[0])->in_use, 0);
    assert_int_equal(swap_off(&devices[0]), 0);
}

/* What nobody has cannot be given up.  The last test: swap_lock stays held. */
static void
swap_given_up_twice(void **state)
{
    swp_entry_t e;

    (void)state;
    format(CLUSTER);
    assert_int_equal(swap_on(&devices[0], 0), 0);
    e = swap_alloc();
    expect_panic(swap_free(e));
    host_drop_locks();
}

/* --- swapoff */

/* It fails: the area goes on, and gives slots again.  It succeeds: all goes. */
static void
swap_off_fails(void **state)
{
    swp_entry_t e;

    (void)state;
    format(CLUSTER);
    assert_int_equal(swap_on(&devices[0], 0), 0);
    e = swap_alloc();
    unuse_error = -ENOMEM;
    assert_int_equal(swap_off(&devices[0]), -ENOMEM);
    swap_check();
    assert_int_equal(nr_swap_total, CLUSTER - 1);
    assert_int_equal(nr_swap_free, CLUSTER - 2);
    swap_update(swap_alloc(), SWAP_RELEASE);
    swap_update(e, SWAP_RELEASE);
    unuse_error = 0;
    assert_int_equal(swap_off(&devices[0]), 0);
    assert_int_equal(swap_alloc().val, 0);
    assert_false(swap_take(e, true)); /* a stale entry names no slot */
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

HOST_TESTS(TEST(swap_bad_headers), TEST(swap_bad_pages),
           TEST(swap_slots_in_a_row), TEST(swap_priorities),
           TEST(swap_too_many_areas), TEST(swap_random_counts),
           TEST(swap_off_fails),
           cmocka_unit_test_setup_teardown(swap_given_up_twice, setup,
                                           host_teardown))
