/* SPDX-License-Identifier: MIT */
/*
 * The slab allocator with its magazines and kmalloc: constructors, colouring,
 * off-slab descriptors, what goes back to the page allocator and when, what
 * DEBUG builds notice, and random use with and without failing allocations.
 */
/* sources: mm/slab_debug.c */
#include "host.h"

#include "include/errno.h"
#include "lib/macros.h"
#include "shim/pages.h"

/* The file itself, so that a test can take its caches off the chain. */
#include "mm/slab.c"

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

/* Here nobody else has frames: all are counted as the slabs'. */
static unsigned
frames_at_rest(void)
{
    kmem_shrink_all();
    assert_int_equal(global_zone_stat(NR_SLAB_UNRECLAIMABLE),
                     host_frames_used());
    return host_frames_used();
}

/* => objects in use on the list */
static uint64_t
check_list(const struct kmem_cache *cache, const struct list_head *list,
           uint32_t least, uint32_t most, uint64_t *slabs)
{
    uint64_t in_use = 0;
    struct slab *slab;

    *slabs = 0;
    list_for_each_entry(slab, list, list) {
        uint32_t used = 0, free = 0;

        assert_in_range(slab->in_use, least, most); /* I1 */
        for (unsigned i = 0; i < cache->per_slab; i++)
            used += slab->next_free[i] == BUFCTL_IN_USE;
        for (unsigned i = slab->first_free; i != BUFCTL_END;
             i = slab->next_free[i]) {
            assert_true(i < cache->per_slab && free < cache->per_slab);
            free++;
        }
        assert_true(used == slab->in_use && used + free == cache->per_slab);
        in_use += used;
        ++*slabs;
    }
    return in_use;
}

/* Fail unless the invariants of slab.c hold for the cache. */
static void
slab_check(const struct kmem_cache *cache)
{
    uint64_t in_use, full, partial, empty;
    unsigned most = cache->per_slab;

    in_use = check_list(cache, &cache->full, most, most, &full);
    in_use += check_list(cache, &cache->partial, 1, most - 1, &partial);
    in_use += check_list(cache, &cache->empty, 0, 0, &empty);
    assert_true(in_use == cache->nr_in_use && empty == cache->nr_empty);
    assert_int_equal(full + partial + empty, cache->nr_slabs);
}

static uint64_t
in_magazines(const struct kmem_cache *cache)
{
    uint64_t objects = 0;

    for_each_cpu(i)
        objects += cache->magazines[i].rounds;
    return objects;
}

/* The objects of a cache are all free: nothing is left of it. */
static void
finish(struct kmem_cache *cache)
{
    struct kmem_cache **link = &cache_chain;

    slab_check(cache);
    kmem_cache_shrink(cache);
    slab_check(cache);
    assert_int_equal(cache->nr_slabs, 0);
    while (*link != cache)
        link = &(*link)->next;
    *link = cache->next;
    kmem_cache_free(&cache_cache, cache);
}

/* One object from, or back to, a slab, past the magazines. */
static void *
slab_get(struct kmem_cache *cache)
{
    void *object;

    spin_lock(&cache->lock);
    object = take_object(cache);
    spin_unlock(&cache->lock);
    if (object)
        return object;
    assert_true(grow(cache, GFP_KERNEL));
    return slab_get(cache);
}

static void
slab_put(struct kmem_cache *cache, void *object)
{
    spin_lock(&cache->lock);
    put_object(cache, object);
    spin_unlock(&cache->lock);
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
    cache = kmem_cache_create("colour", 1300, 0, 0, NULL);
    assert_true(cache->nr_colours >= 3);
    for (unsigned i = 0; i < ARRAY_SIZE(object); i++) {
        struct slab *slab;

        /* The first object of each of several slabs. */
        do
            object[i] = slab_get(cache);
        while (virt_to_page(object[i])->slab->in_use > 1);
        slab = virt_to_page(object[i])->slab;
        offset[i] = (size_t)(slab->objects - (char *)page_address(slab->page)) -
                    cache->header;
        assert_int_equal(offset[i], i % cache->nr_colours * cache->colour_step);
    }
    assert_int_equal(offset[1] - offset[0], CACHE_LINE_BYTES);
    kmem_cache_shrink(cache);
    assert_true(cache->nr_slabs >= ARRAY_SIZE(object));
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
    void *a, *b, *other;
    uint64_t in_use;

    (void)state;
    start();
    cache = kmem_cache_create("magazine", 64, 0, 0, NULL);
    a = kmem_cache_alloc(cache, GFP_KERNEL);
    b = kmem_cache_alloc(cache, GFP_KERNEL);
    in_use = cache->nr_in_use;
    kmem_cache_free(cache, a);
    kmem_cache_free(cache, b);
    assert_int_equal(cache->nr_in_use, in_use); /* the slab does not know */
    assert_int_equal(in_magazines(cache), in_use);
    host_set_hart(1);
    other = kmem_cache_alloc(cache, GFP_KERNEL);
    assert_ptr_not_equal(other, b);
    host_set_hart(0);
    assert_ptr_equal(kmem_cache_alloc(cache, GFP_KERNEL), b);
    assert_ptr_equal(kmem_cache_alloc(cache, GFP_KERNEL), a);
    kmem_cache_free(cache, a);
    kmem_cache_free(cache, b);
    kmem_cache_shrink(cache);
    assert_int_equal(cache->nr_in_use, 1); /* hart 1's */
    assert_int_equal(in_magazines(cache), 0);
    kmem_cache_free(cache, other);
    finish(cache);
}

/* What one hart frees, another gets, through the slabs. */
static void
slab_carries_objects_between_harts(void **state)
{
    enum { MANY = 10 * MAG_ROUNDS };
    struct kmem_cache *cache;
    void *objects[MANY];
    uint64_t slabs;

    (void)state;
    start();
    cache = kmem_cache_create("between", 64, 0, 0, NULL);
    for (unsigned i = 0; i < MANY; i++)
        objects[i] = kmem_cache_alloc(cache, GFP_KERNEL);
    for (unsigned i = 0; i < MANY; i++)
        kmem_cache_free(cache, objects[i]);
    assert_in_range(in_magazines(cache), 1, cache->mag_size);
    slabs = cache->nr_slabs;
    host_set_hart(1);
    for (unsigned i = 0; i < MANY - MAG_ROUNDS; i++)
        objects[i] = kmem_cache_alloc(cache, GFP_KERNEL);
    assert_int_equal(cache->nr_slabs, slabs);
    for (unsigned i = 0; i < MANY - MAG_ROUNDS; i++)
        kmem_cache_free(cache, objects[i]);
    finish(cache);
}

static void
slab_statistics_leave_magazines_out(void **state)
{
    struct kmem_cache *cache;
    void *objects[100];

    (void)state;
    start();
    cache = kmem_cache_create("stats", 64, 0, 0, NULL);
    for (unsigned i = 0; i < 100; i++)
        objects[i] = kmem_cache_alloc(cache, GFP_KERNEL);
    for (unsigned i = 0; i < 40; i++)
        kmem_cache_free(cache, objects[i]);
    assert_int_equal(kmem_cache_active(cache), 60);
    assert_true(cache->nr_slabs * cache->per_slab >= 60);
    for (unsigned i = 40; i < 100; i++)
        kmem_cache_free(cache, objects[i]);
    assert_int_equal(kmem_cache_active(cache), 0);
    assert_true(kmem_cache_shrink(cache) > 0);
    assert_int_equal(cache->nr_slabs, 0);
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
        char *p = kzalloc(size, GFP_KERNEL);

        if (size <= 8192) {
            size_t real = virt_to_page(p)->slab_cache->object_size;

            assert_true(real >= size && (size < 8 || real <= 2 * size));
        }
        for (size_t i = 0; i < size; i++)
            assert_int_equal(p[i], 0);
        memset(p, 'x', size);
        kfree(p);
    }
    assert_null(kmalloc(PAGE_SIZE << (MAX_ORDER + 1), GFP_KERNEL));
    assert_null(kmalloc(SIZE_MAX, GFP_KERNEL));
    assert_int_equal(frames_at_rest(), before);
}

/* --- What DEBUG builds notice */

#define expect_report(text, ...)                                               \
    do {                                                                       \
        expect_panic(__VA_ARGS__);                                             \
        assert_string_equal(host_panic_text, text);                            \
        assert_non_null(strstr(host_log, "last allocated by"));                \
        assert_non_null(strstr(host_log, "last freed by"));                    \
        assert_non_null(strstr(host_log, "found by"));                         \
        host_log[0] = '\0';                                                    \
    } while (0)

static void
slab_notices_misuse(void **state)
{
    struct kmem_cache *cache;
    char *p, *q;

    (void)state;
    start();
    cache = kmem_cache_create("misuse", 50, 0, 0, NULL);

    p = kmem_cache_alloc(cache, GFP_KERNEL);
    kmem_cache_free(cache, p);
    expect_report("slab misuse: double free", kmem_cache_free(cache, p));

    p[20] = 1;
    expect_report("slab misuse: use after free",
                  kmem_cache_alloc(cache, GFP_KERNEL));
    p[20] = p[21]; /* poison again; the panic left it with nobody */
    slab_put(cache, p);

    p = kmem_cache_alloc(cache, GFP_KERNEL);
    q = p + 56; /* beyond 50, rounded up to 8 */
    *q ^= 1;
    expect_report("slab misuse: overrun", kmem_cache_free(cache, p));
    *q ^= 1;
    kmem_cache_free(cache, p);
    p = slab_get(cache);
    slab_put(cache, p);
    expect_panic(slab_put(cache, p));
    host_drop_locks();
    cache->lock.word = 0;
    finish(cache);

    p = kmalloc(100, GFP_KERNEL);
    kfree(p);
    expect_report("slab kmalloc-128: double free", kfree(p));
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
        struct kmem_cache *cache = kmem_cache_create("sweep", 1000, 0, 0, NULL);
        void *p[40], *big;

        host_fail_page_alloc(++n);
        failures = 0;
        for (unsigned i = 0; i < ARRAY_SIZE(p); i++) {
            p[i] = kmem_cache_alloc(cache, GFP_KERNEL);
            failures += p[i] == NULL;
        }
        big = kmalloc(30000, GFP_KERNEL);
        failures += big == NULL;
        kfree(big);
        for (unsigned i = 0; i < ARRAY_SIZE(p); i++)
            if (p[i])
                kmem_cache_free(cache, p[i]);
        host_fail_page_alloc(0);
        finish(cache);
        assert_int_equal(frames_at_rest(), before);
    } while (failures > 0);
    assert_true(n > 5);
}

HOST_TESTS(HOST_TEST(slab_objects_are_constructed),
           HOST_TEST(slab_respects_alignment), HOST_TEST(slab_wastes_little),
           HOST_TEST(slab_colours_its_slabs),
           HOST_TEST(slab_keeps_large_descriptors_elsewhere),
           HOST_TEST(slab_magazine_is_a_stack_of_its_hart),
           HOST_TEST(slab_carries_objects_between_harts),
           HOST_TEST(slab_statistics_leave_magazines_out),
           HOST_TEST(slab_kmalloc_sizes), HOST_TEST(slab_notices_misuse),
           HOST_TEST(slab_random), HOST_TEST(slab_random_with_failures),
           HOST_TEST(slab_survives_every_failure))
