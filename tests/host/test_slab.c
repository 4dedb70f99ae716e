/* SPDX-License-Identifier: MIT */
/*
 * The slab allocator with its magazines and kmalloc: constructors, colouring,
 * off-slab descriptors, what goes back to the page allocator and when, what
 * DEBUG builds notice, and random use with and without failing allocations.
 */
/* sources: mm/slab.c mm/magazine.c mm/slab_debug.c mm/kmalloc.c */
#include "host.h"

#include "include/errno.h"
#include "lib/macros.h"
#include "shim/pages.h"

#include "mm/fail_alloc.h"
#include "mm/page_alloc.h"
#include "mm/slab_debug.h"
#include "mm/slab_impl.h"

enum { FRAMES = 4096 };

/* The caches of the allocator itself live as long as the program. */
static void
start(void)
{
    static bool started;

    if (!started) {
        host_ram(FRAMES);
        slab_init();
    }
    started = true;
}

static unsigned
frames_at_rest(void)
{
    kmem_shrink_all();
    return host_frames_used();
}

static void
finish(struct kmem_cache *cache)
{
    slab_check(cache);
    assert_int_equal(kmem_cache_destroy(cache), 0);
}

/* --- Slabs */

struct object {
    uint32_t magic;
    char rest[96];
};

static unsigned constructed;

static void
construct(void *p)
{
    ((struct object *)p)->magic = 0x600d;
    constructed++;
}

static void
slab_objects_are_constructed(void **state)
{
    struct object *objects[200];
    struct kmem_cache *cache;
    unsigned before;

    (void)state;
    start();
    before = frames_at_rest();
    cache = kmem_cache_create("ctor", sizeof(struct object), 0, 0, construct);
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 0; i < ARRAY_SIZE(objects); i++) {
            objects[i] = kmem_cache_alloc(cache, GFP_KERNEL);
            assert_int_equal(objects[i]->magic, 0x600d);
            memset(objects[i]->rest, (int)i, sizeof(objects[i]->rest));
        }
        for (unsigned i = 0; i < ARRAY_SIZE(objects); i++)
            kmem_cache_free(cache, objects[i]);
    }
    assert_true(constructed >= ARRAY_SIZE(objects));
    finish(cache);
    assert_int_equal(frames_at_rest(), before);
}

static void
slab_respects_alignment(void **state)
{
    static const size_t sizes[] = {1, 24, 40, 100, 500, 700, 3000, 9000};

    (void)state;
    start();
    for (unsigned i = 0; i < ARRAY_SIZE(sizes); i++) {
        for (size_t align = 8; align <= 256; align *= 2) {
            struct kmem_cache *cache =
                kmem_cache_create("align", sizes[i], align, 0, NULL);
            void *a = kmem_cache_alloc(cache, GFP_KERNEL);
            void *b = kmem_cache_alloc(cache, GFP_KERNEL);

            assert_int_equal((uintptr_t)a % align, 0);
            assert_int_equal((uintptr_t)b % align, 0);
            assert_int_equal(cache->slot_size % align, 0);
            kmem_cache_free(cache, a);
            kmem_cache_free(cache, b);
            finish(cache);
        }
    }
}

/* A slab wastes at most an eighth, or is as large as slabs get. */
static void
slab_wastes_little(void **state)
{
    (void)state;
    start();
    for (size_t size = 8; size < 12000; size += size / 9 + 1) {
        struct kmem_cache *cache = kmem_cache_create("waste", size, 0, 0, NULL);
        size_t bytes = PAGE_SIZE << cache->order;
        size_t left =
            bytes - cache->header - cache->per_slab * cache->slot_size;

        assert_true(left < bytes);
        assert_true(left * 8 <= bytes || cache->order == MAX_SLAB_ORDER);
        assert_true((cache->nr_colours - 1) * cache->colour_step <= left);
        finish(cache);
    }
}

static void
slab_colours_its_slabs(void **state)
{
    struct kmem_cache *cache;
    void *object[8];
    size_t offset[8];

    (void)state;
    start();
    cache = kmem_cache_create("colour", 1300, 0, SLAB_NO_MAGAZINE, NULL);
    assert_true(cache->nr_colours >= 3);
    for (unsigned i = 0; i < ARRAY_SIZE(object); i++) {
        struct slab *slab;

        /* The first object of each of several slabs. */
        do
            object[i] = slab_get(cache, GFP_KERNEL);
        while (virt_to_page(object[i])->slab->in_use > 1);
        slab = virt_to_page(object[i])->slab;
        offset[i] = (size_t)(slab->objects - (char *)page_address(slab->page)) -
                    cache->header;
        assert_int_equal(offset[i], i % cache->nr_colours * cache->colour_step);
    }
    assert_int_not_equal(offset[0], offset[1]);
    assert_int_equal(kmem_cache_destroy(cache), -EBUSY);
    for (struct slab *slab;
         !list_empty(&cache->full) || !list_empty(&cache->partial);) {
        struct list_head *list =
            list_empty(&cache->full) ? &cache->partial : &cache->full;

        slab = list_first_entry(list, struct slab, list);
        for (unsigned i = 0; i < cache->per_slab; i++)
            if (slab->next_free[i] == BUFCTL_IN_USE)
                slab_put(cache, slab->objects + i * cache->slot_size);
    }
    finish(cache);
}

static void
slab_keeps_large_descriptors_elsewhere(void **state)
{
    struct kmem_cache *large, *small;
    void *a, *b;

    (void)state;
    start();
    large = kmem_cache_create("large", 2048, 0, 0, NULL);
    small = kmem_cache_create("small", 64, 0, 0, NULL);
    a = kmem_cache_alloc(large, GFP_KERNEL);
    b = kmem_cache_alloc(small, GFP_KERNEL);
    assert_true(virt_to_page(virt_to_page(a)->slab) != virt_to_page(a));
    assert_true(virt_to_page(virt_to_page(b)->slab) == virt_to_page(b));
    assert_int_equal(large->per_slab, 2); /* nothing lost to a header */
    kmem_cache_free(large, a);
    kmem_cache_free(small, b);
    finish(large);
    finish(small);
}

/* --- Magazines */

static void
slab_magazine_is_a_stack_of_its_hart(void **state)
{
    struct kmem_cache *cache;
    void *a, *b;

    (void)state;
    start();
    cache = kmem_cache_create("magazine", 64, 0, 0, NULL);
    a = kmem_cache_alloc(cache, GFP_KERNEL);
    b = kmem_cache_alloc(cache, GFP_KERNEL);
    kmem_cache_free(cache, a);
    kmem_cache_free(cache, b);
    assert_int_equal(cache->nr_in_use, 2); /* the slab does not know */
    assert_int_equal(magazine_count(cache), 2);
    host_set_hart(1);
    assert_ptr_not_equal(kmem_cache_alloc(cache, GFP_KERNEL), b);
    host_set_hart(0);
    assert_ptr_equal(kmem_cache_alloc(cache, GFP_KERNEL), b);
    assert_ptr_equal(kmem_cache_alloc(cache, GFP_KERNEL), a);
    assert_int_equal(kmem_cache_destroy(cache), -EBUSY);
    kmem_cache_free(cache, a);
    kmem_cache_free(cache, b);
    magazine_flush(cache);
    assert_int_equal(cache->nr_in_use, 1); /* hart 1's */
    slab_put(cache,
             list_first_entry(&cache->partial, struct slab, list)->objects +
                 2 * cache->slot_size);
    finish(cache);
}

/* What one hart frees, another gets, through the depot. */
static void
slab_depot_carries_objects_between_harts(void **state)
{
    enum { MANY = 10 * MAG_ROUNDS };
    struct kmem_cache *cache;
    void *objects[MANY];
    uint64_t slabs;

    (void)state;
    start();
    cache = kmem_cache_create("depot", 64, 0, 0, NULL);
    for (unsigned i = 0; i < MANY; i++)
        objects[i] = kmem_cache_alloc(cache, GFP_KERNEL);
    for (unsigned i = 0; i < MANY; i++)
        kmem_cache_free(cache, objects[i]);
    assert_int_equal(magazine_count(cache), MANY);
    slabs = cache->nr_slabs;
    host_set_hart(1);
    for (unsigned i = 0; i < MANY - 2 * MAG_ROUNDS; i++)
        objects[i] = kmem_cache_alloc(cache, GFP_KERNEL);
    assert_int_equal(cache->nr_slabs, slabs);
    assert_int_equal(magazine_count(cache), 2 * MAG_ROUNDS);
    for (unsigned i = 0; i < MANY - 2 * MAG_ROUNDS; i++)
        kmem_cache_free(cache, objects[i]);
    finish(cache);
}

static struct slab_stats found;

static void
find_stats(const struct slab_stats *stats, void *name)
{
    if (strcmp(stats->name, name) == 0)
        found = *stats;
}

static void
slab_statistics_leave_magazines_out(void **state)
{
    static char name[] = "stats";
    struct kmem_cache *cache;
    void *objects[100];

    (void)state;
    start();
    cache = kmem_cache_create(name, 64, 0, 0, NULL);
    for (unsigned i = 0; i < 100; i++)
        objects[i] = kmem_cache_alloc(cache, GFP_KERNEL);
    for (unsigned i = 0; i < 40; i++)
        kmem_cache_free(cache, objects[i]);
    kmem_for_each_cache(find_stats, name)
        ;
    assert_int_equal(found.active_objs, 60);
    assert_int_equal(found.num_objs, found.num_slabs * cache->per_slab);
    for (unsigned i = 40; i < 100; i++)
        kmem_cache_free(cache, objects[i]);
    kmem_for_each_cache(find_stats, name)
        ;
    assert_int_equal(found.active_objs, 0);
    assert_true(kmem_cache_shrink(cache) > 0);
    kmem_for_each_cache(find_stats, name)
        ;
    assert_int_equal(found.num_slabs, 0);
    finish(cache);
}

/* --- kmalloc */

static void
slab_kmalloc_sizes(void **state)
{
    unsigned before;

    (void)state;
    start();
    before = frames_at_rest();
    kfree(NULL);
    for (size_t size = 0; size < 70000; size += size / 5 + 1) {
        char *p = kzalloc(size, GFP_KERNEL), *q;

        assert_true(ksize(p) >= size);
        assert_true(size > 8192 || size < 8 || ksize(p) <= 2 * size);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(p[i], 0);
        memset(p, 'x', size);
        q = krealloc(p, 2 * size + 1, GFP_KERNEL);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(q[i], 'x');
        assert_ptr_equal(krealloc(q, size, GFP_KERNEL), q);
        kfree(q);
    }
    assert_null(kmalloc(PAGE_SIZE << (MAX_ORDER + 1), GFP_KERNEL));
    assert_null(kmalloc(SIZE_MAX, GFP_KERNEL));
    assert_int_equal(frames_at_rest(), before);
}

/* --- What DEBUG builds notice */

static struct slab_report last;

static void
keep_report(const struct slab_report *report)
{
    last = *report;
}

static void
expect_report(const char *what, const char *cache, const void *object)
{
    assert_string_equal(last.what, what);
    assert_string_equal(last.cache, cache);
    assert_ptr_equal(last.object, object);
    assert_non_null(last.allocated_by);
    assert_non_null(last.found_by);
    memset(&last, 0, sizeof(last));
}

static void
slab_notices_misuse(void **state)
{
    void (*hook)(const struct slab_report *) = slab_report_hook;
    struct kmem_cache *cache;
    char *p, *q;

    (void)state;
    start();
    cache = kmem_cache_create("misuse", 50, 0, 0, NULL);
    slab_report_hook = keep_report;

    p = kmem_cache_alloc(cache, GFP_KERNEL);
    kmem_cache_free(cache, p);
    kmem_cache_free(cache, p);
    assert_non_null(last.freed_by);
    expect_report("double free", "misuse", p);

    p[20] = 1;
    q = kmem_cache_alloc(cache, GFP_KERNEL);
    assert_ptr_equal(p, q);
    expect_report("use after free", "misuse", p);

    p[56] = 1; /* beyond 50, rounded up to 8 */
    kmem_cache_free(cache, p);
    expect_report("overrun", "misuse", p);

    p = kmalloc(100, GFP_KERNEL);
    kfree(p);
    kfree(p);
    expect_report("double free", "kmalloc-128", p);
    slab_report_hook = hook;

    p = kmem_cache_alloc(cache, GFP_KERNEL);
    kmem_cache_free(cache, p);
    expect_panic(kmem_cache_free(cache, p));
    assert_non_null(strstr(host_log, "last freed by"));
    finish(cache);
}

/* --- Random use */

enum { CACHES = 6, OBJECTS = 600 };

static struct kmem_cache *caches[CACHES];
static struct {
    unsigned char *p;
    size_t size;
    unsigned cache;
} objects[OBJECTS];

static bool
filled_with(const unsigned char *p, size_t size, unsigned char byte)
{
    for (size_t i = 0; i < size; i++)
        if (p[i] != byte)
            return false;
    return true;
}

/* Cache CACHES stands for kmalloc. */
static void
random_step(void)
{
    unsigned i = (unsigned)rnd_below(OBJECTS);
    unsigned c = (unsigned)rnd_below(CACHES + 1);

    host_set_hart((unsigned)rnd_below(nr_harts));
    if (objects[i].p) {
        assert_true(
            filled_with(objects[i].p, objects[i].size, (unsigned char)i));
        if (objects[i].cache == CACHES)
            kfree(objects[i].p);
        else
            kmem_cache_free(caches[objects[i].cache], objects[i].p);
        objects[i].p = NULL;
        return;
    }
    objects[i].cache = c;
    objects[i].size =
        c == CACHES ? rnd_below(10000) + 1 : caches[c]->object_size;
    objects[i].p = c == CACHES ? kmalloc(objects[i].size, GFP_KERNEL)
                               : kmem_cache_alloc(caches[c], GFP_KERNEL);
    if (objects[i].p)
        memset(objects[i].p, (int)i, objects[i].size);
}

/* fail_hook says which allocations fail; NULL: none. */
static void
random_run(unsigned steps, bool (*fail_hook)(gfp_t gfp))
{
    static const size_t sizes[CACHES] = {8, 40, 200, 600, 1500, 5000};
    unsigned before = frames_at_rest();

    for (unsigned c = 0; c < CACHES; c++) {
        caches[c] = kmem_cache_create("random", sizes[c], 0, 0, NULL);
        assert_non_null(caches[c]);
    }
    fail_alloc_hook = fail_hook;
    for (unsigned step = 0; step < steps; step++) {
        random_step();
        if (step % 1024 == 0)
            kmem_cache_shrink(caches[rnd_below(CACHES)]);
        if (step % 64 == 0)
            slab_check(caches[rnd_below(CACHES)]);
    }
    fail_alloc_hook = NULL;
    for (unsigned i = 0; i < OBJECTS; i++) {
        if (objects[i].p && objects[i].cache == CACHES)
            kfree(objects[i].p);
        else if (objects[i].p)
            kmem_cache_free(caches[objects[i].cache], objects[i].p);
        objects[i].p = NULL;
    }
    for (unsigned c = 0; c < CACHES; c++)
        finish(caches[c]);
    assert_int_equal(frames_at_rest(), before);
}

static void
slab_random(void **state)
{
    (void)state;
    start();
    random_run(scaled(30000), NULL);
}

static bool
fail_often(gfp_t gfp)
{
    (void)gfp;
    return rnd_below(8) == 0;
}

static void
slab_random_with_failures(void **state)
{
    (void)state;
    start();
    random_run(scaled(10000), fail_often);
}

/* Let the page allocator fail at its n-th call, for every n. */
static void
slab_survives_every_failure(void **state)
{
    unsigned before, n = 0, failures;

    (void)state;
    start();
    before = frames_at_rest();
    do {
        struct kmem_cache *cache;
        void *p[20], *big;

        host_fail_page_alloc(++n);
        failures = 0;
        cache = kmem_cache_create("sweep", 1000, 0, 0, NULL);
        for (unsigned i = 0; i < ARRAY_SIZE(p); i++) {
            p[i] = cache ? kmem_cache_alloc(cache, GFP_KERNEL) : NULL;
            failures += p[i] == NULL;
        }
        big = kmalloc(30000, GFP_KERNEL);
        failures += big == NULL;
        kfree(big);
        for (unsigned i = 0; i < ARRAY_SIZE(p); i++)
            if (p[i])
                kmem_cache_free(cache, p[i]);
        if (cache)
            finish(cache);
        host_fail_page_alloc(0);
        assert_int_equal(frames_at_rest(), before);
    } while (failures > 0);
    assert_true(n > 5);
}

HOST_TESTS(HOST_TEST(slab_objects_are_constructed),
           HOST_TEST(slab_respects_alignment), HOST_TEST(slab_wastes_little),
           HOST_TEST(slab_colours_its_slabs),
           HOST_TEST(slab_keeps_large_descriptors_elsewhere),
           HOST_TEST(slab_magazine_is_a_stack_of_its_hart),
           HOST_TEST(slab_depot_carries_objects_between_harts),
           HOST_TEST(slab_statistics_leave_magazines_out),
           HOST_TEST(slab_kmalloc_sizes), HOST_TEST(slab_notices_misuse),
           HOST_TEST(slab_random), HOST_TEST(slab_random_with_failures),
           HOST_TEST(slab_survives_every_failure))
