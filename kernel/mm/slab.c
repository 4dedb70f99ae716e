/* SPDX-License-Identifier: MIT */
/*
 * slab.c - caches of objects of one type, in slabs of pages.
 *
 * What: the kernel allocates the same few structures over and over.  Each has
 * a cache; a cache cuts blocks of pages, its slabs, into objects.
 *
 * How: a slab's free objects form a list of indices, kept beside the objects
 * (bufctl) so that a free object keeps its constructed state.
 *
 *     on-slab   | slab | bufctl | colour | obj 0 | obj 1 | ... |
 *     off-slab  | colour | obj 0 | obj 1 | ... |   (objects >= 512 bytes;
 *                                        the descriptor has its own cache)
 *
 * Slabs are on three lists: full, partial, empty.  An allocation takes from a
 * partial slab, else an empty one, else a new one; so the others tend to
 * become empty and can be given back.  The order of a slab is the smallest
 * that wastes at most an eighth.  What is left over is used for colouring:
 * the first object of each new slab starts one cache line later than that of
 * the slab before, so that equal fields do not share a cache set.  An object's
 * slab and cache are found through its struct page.
 *
 * In front of the slabs each hart has a magazine, a stack of free objects.
 * When it runs empty, or full, it is brought to half from, or to, the slabs
 * under one lock; so most calls cost one lock that nobody else wants and one
 * array access.
 *
 *     alloc <-- [ magazine of this hart ] <-- free
 *                   | empty: half     ^
 *                   v                 | full: half
 *                 partial, else empty slabs, else a new slab
 *
 * kmalloc has a cache for each size class, powers of two from 8 to 8192 and 96
 * and 192; what is larger comes as a block of pages, whose order is in its
 * struct page.  kfree tells the two apart by PG_slab.
 *
 * Under memory pressure the reclaimer calls shrink_slab, whose prio falls from
 * 12 to 0 as the need grows.  What layers above registered (dentries, inodes)
 * is asked for its count / 2^prio; the objects so freed lie in magazines and
 * half-empty slabs, so then whole slabs are collected.
 *
 * Interface: slab.h.  slab_debug.c looks at each object that comes or goes, in
 * DEBUG builds.
 *
 * Invariants (checked by tests/host/test_slab.c)
 *   I1  A slab is on full, partial or empty as in_use is per_slab, between,
 *       or 0.
 *   I2  The free list of a slab has per_slab - in_use entries; all others
 *       are BUFCTL_IN_USE.
 *   I3  nr_slabs, nr_empty, nr_in_use are the sums over the lists.
 *   I4  Objects in magazines count as in use in their slabs.
 *   I5  What kmalloc gives is aligned to 8, and to 64 if its class has 64 bytes
 *       or more and is a power of two.
 *
 * Locks: a magazine's, then cache->lock for the lists and slabs; neither is
 * held while pages are allocated or a constructor runs.  A thread that moves
 * to another hart between looking up its magazine and locking it merely uses
 * the other hart's.  The chains of caches and of shrinkers do not change after
 * boot.
 *
 * Not done: destroying caches; merging caches of one size; kmalloc from
 * ZONE_DMA, since drivers take pages; a depot of whole magazines between the
 * harts and the slabs (Bonwick & Adams 2001): a burst beyond half a magazine
 * pays the slab's bookkeeping for each object.
 *
 * See: Bonwick 1994; doc/memory.md.
 */
#include "lib/bitops.h"
#include "mm/page_alloc.h"
#include "mm/slab_impl.h"

enum {
    MAX_WASTE_DIVISOR = 8,
    MIN_ALIGN = 8,
    MAG_BYTES = 4096, /* a magazine of large objects holds no more */
    MAG_LEAST = 4,
    SMALL_HART_PAGES = 1024,      /* of RAM per hart: halve the magazines */
    SUBCLASS_INSIDE_MAGAZINE = 1, /* of cache->lock */
    MAX_OFF_SLAB_OBJECTS = (PAGE_SIZE << MAX_SLAB_ORDER) / OFF_SLAB_SIZE,
    URGENT_PRIO = 8, /* from here down collect slabs in any case */
};

/* Reclaim behaviour is the caller's; zone and zeroing are not. */
#define SLAB_GFP                                                               \
    (__GFP_WAIT | __GFP_HIGH | __GFP_NOWARN | __GFP_NORETRY | __GFP_KSWAPD)

static struct kmem_cache cache_cache; /* of struct kmem_cache */
static struct kmem_cache desc_cache;  /* of off-slab descriptors */
struct kmem_cache *cache_chain;       /* latest first */
static struct shrinker *shrinkers;

#define is_off_slab(cache) ((cache)->slot_size >= OFF_SLAB_SIZE)

/* --- slabs ------------------------------------------------------------- */

/* Make a new, empty slab.  => may sleep, as gfp says; false: no memory */
static bool
grow(struct kmem_cache *cache, gfp_t gfp)
{
    struct page *page = alloc_pages(gfp & SLAB_GFP, cache->order);
    struct slab *slab;
    uint32_t colour;

    if (!page)
        return false;
    slab = is_off_slab(cache) ? kmem_cache_alloc(&desc_cache, gfp)
                              : page_address(page);
    if (!slab) {
        free_pages(page, cache->order);
        return false;
    }
    colour = atomic_fetch_add(&cache->next_colour, 1) % cache->nr_colours;
    slab->page = page;
    slab->objects = (char *)page_address(page) + cache->header +
                    colour * cache->colour_step;
    slab->first_free = 0;
    slab->in_use = 0;
    for (unsigned i = 0; i < cache->per_slab; i++) {
        void *object = slab->objects + i * cache->slot_size;

        slab->next_free[i] = (uint16_t)(i + 1);
        if (!debug_init_object(cache, object) && cache->ctor)
            cache->ctor(object);
    }
    slab->next_free[cache->per_slab - 1] = BUFCTL_END;
    for (struct page *p = page; p < page + (1 << cache->order); p++) {
        p->slab_cache = cache;
        p->slab = slab;
        page_set(p, PG_slab);
    }
    zone_stat_add(page, cache->stat, 1 << cache->order);
    spin_lock_nested(&cache->lock, SUBCLASS_INSIDE_MAGAZINE);
    list_add(&slab->list, &cache->empty);
    cache->nr_slabs++;
    cache->nr_empty++;
    spin_unlock(&cache->lock);
    return true;
}

/*
 * An object from a partial slab, else an empty one.
 * => NULL if there is none; cache->lock held
 */
static void *
take_object(struct kmem_cache *cache)
{
    struct list_head *from =
        list_empty(&cache->partial) ? &cache->empty : &cache->partial;
    struct slab *slab = list_first_entry_or_null(from, struct slab, list);
    unsigned i;

    if (!slab)
        return NULL;
    i = slab->first_free;
    slab->first_free = slab->next_free[i];
    slab->next_free[i] = BUFCTL_IN_USE;
    cache->nr_in_use++;
    cache->nr_empty -= slab->in_use == 0;
    if (++slab->in_use == cache->per_slab)
        list_move(&slab->list, &cache->full);
    else if (slab->in_use == 1)
        list_move(&slab->list, &cache->partial);
    return slab->objects + i * cache->slot_size;
}

/* => cache->lock held */
static void
put_object(struct kmem_cache *cache, void *object)
{
    struct slab *slab = virt_to_page(object)->slab;
    size_t i = (size_t)((char *)object - slab->objects) / cache->slot_size;

    if (i >= cache->per_slab || slab->next_free[i] != BUFCTL_IN_USE)
        panic("slab: %s: %p freed but not in use", cache->name, object);
    slab->next_free[i] = slab->first_free;
    slab->first_free = (uint16_t)i;
    cache->nr_in_use--;
    if (--slab->in_use == 0) {
        list_move(&slab->list, &cache->empty);
        cache->nr_empty++;
    } else if (slab->in_use == cache->per_slab - 1) {
        list_move(&slab->list, &cache->partial);
    }
}

/* --- magazines and objects --------------------------------------------- */

/*
 * Exchange objects with the slabs until the magazine holds `rounds`, or no
 * slab has one left.  => mag->lock held
 */
static __noinline void
level_magazine(struct kmem_cache *cache, struct magazine *mag, uint64_t rounds)
{
    void *object;

    spin_lock_nested(&cache->lock, SUBCLASS_INSIDE_MAGAZINE);
    while (mag->rounds > rounds)
        put_object(cache, mag->object[--mag->rounds]);
    while (mag->rounds < rounds && (object = take_object(cache)))
        mag->object[mag->rounds++] = object;
    spin_unlock(&cache->lock);
}

void *
kmem_cache_alloc(struct kmem_cache *cache, gfp_t gfp)
{
    const void *caller = __builtin_return_address(0);
    void *object = NULL;

    if (should_fail_alloc(gfp))
        return NULL;
    do { /* again only when somebody else took the whole new slab */
        struct magazine *mag = &cache->magazines[hart_index()];

        spin_lock(&mag->lock);
        if (unlikely(mag->rounds == 0))
            level_magazine(cache, mag, cache->mag_size / 2);
        if (likely(mag->rounds > 0))
            object = mag->object[--mag->rounds];
        spin_unlock(&mag->lock);
    } while (unlikely(!object) && grow(cache, gfp));
    if (unlikely(!object))
        return NULL;
    debug_alloc_object(cache, object, caller);
    if (gfp & __GFP_ZERO)
        memset(object, 0, cache->object_size);
    return object;
}

void
kmem_cache_free(struct kmem_cache *cache, void *object)
{
    const void *caller = __builtin_return_address(0);
    struct magazine *mag = &cache->magazines[hart_index()];

    DEBUG_ASSERT(virt_to_page(object)->slab_cache == cache);
    debug_free_object(cache, object, caller);
    spin_lock(&mag->lock);
    if (unlikely(mag->rounds == cache->mag_size))
        level_magazine(cache, mag, cache->mag_size / 2);
    mag->object[mag->rounds++] = object;
    spin_unlock(&mag->lock);
}

/* --- caches ------------------------------------------------------------ */

/* => the header is 0, and stays so off-slab */
static void
choose_geometry(struct kmem_cache *cache, size_t align)
{
    size_t bytes, nr, left;

    for (cache->order = 0;; cache->order++) {
        bytes = PAGE_SIZE << cache->order;
        nr = bytes / cache->slot_size + 1;
        do {
            nr--;
            if (!is_off_slab(cache))
                cache->header = (unsigned)ALIGN_UP(
                    sizeof(struct slab) + nr * sizeof(uint16_t), align);
        } while (cache->header + nr * cache->slot_size > bytes);
        left = bytes - cache->header - nr * cache->slot_size;
        if ((nr > 0 && left * MAX_WASTE_DIVISOR <= bytes) ||
            cache->order == MAX_SLAB_ORDER)
            break;
    }
    ASSERT(nr > 0); /* too large for a slab */
    cache->per_slab = (unsigned)nr;
    cache->colour_step = (unsigned)MAX(align, (size_t)CACHE_LINE_BYTES);
    cache->nr_colours = (unsigned)(left / cache->colour_step) + 1;
}

/* => cache is zeroed */
static void
setup(struct kmem_cache *cache, const char *name, size_t size, size_t align)
{
    size_t rounds = MAX(MAG_BYTES / size, (size_t)MAG_LEAST);

    align = MAX(align, (size_t)MIN_ALIGN);
    cache->name = name;
    cache->object_size = size;
    cache->slot_size =
        ALIGN_UP(ALIGN_UP(size, MIN_ALIGN) + debug_trailer_size(size), align);
    cache->stat = NR_SLAB_UNRECLAIMABLE;
    choose_geometry(cache, align);
    cache->mag_size = MIN(rounds, (size_t)MAG_ROUNDS);
    if (total_ram_pages() / nr_cpus < SMALL_HART_PAGES)
        cache->mag_size /= 2;
    for_each_cpu(i)
        spin_init(&cache->magazines[i].lock, RANK_SLAB, "magazine");
    spin_init(&cache->lock, RANK_SLAB, name);
    list_init(&cache->full);
    list_init(&cache->partial);
    list_init(&cache->empty);
    cache->next = cache_chain;
    cache_chain = cache;
}

struct kmem_cache *
kmem_cache_create(const char *name, size_t size, size_t align, unsigned flags,
                  void (*ctor)(void *))
{
    struct kmem_cache *cache =
        kmem_cache_alloc(&cache_cache, GFP_KERNEL | __GFP_ZERO);

    if (!cache)
        panic("no memory for the cache %s", name);
    setup(cache, name, size, align);
    if (flags & SLAB_RECLAIMABLE)
        cache->stat = NR_SLAB_RECLAIMABLE;
    cache->ctor = ctor;
    return cache;
}

uint64_t
kmem_cache_active(const struct kmem_cache *cache)
{
    uint64_t idle = 0, in_use = READ_ONCE(cache->nr_in_use);

    for_each_cpu(i)
        idle += READ_ONCE(cache->magazines[i].rounds);
    return in_use - MIN(idle, in_use);
}

/* --- giving back ------------------------------------------------------- */

/* Empty the magazines, then free all empty slabs.  => pages freed */
static uint64_t
kmem_cache_shrink(struct kmem_cache *cache)
{
    struct slab *slab, *next;
    uint64_t pages = 0;
    LIST_HEAD(empty);

    for_each_cpu(i) {
        struct magazine *mag = &cache->magazines[i];

        spin_lock(&mag->lock);
        level_magazine(cache, mag, 0);
        spin_unlock(&mag->lock);
    }
    spin_lock_nested(&cache->lock, SUBCLASS_INSIDE_MAGAZINE);
    list_splice(&cache->empty, &empty);
    cache->nr_slabs -= cache->nr_empty;
    cache->nr_empty = 0;
    spin_unlock(&cache->lock);
    list_for_each_entry_safe(slab, next, &empty, list) {
        struct page *page = slab->page; /* an on-slab descriptor lies in it */

        for (struct page *p = page; p < page + (1 << cache->order); p++)
            page_clear(p, PG_slab);
        zone_stat_add(page, cache->stat, -(1 << cache->order));
        if (is_off_slab(cache))
            kmem_cache_free(&desc_cache, slab);
        free_pages(page, cache->order);
        pages += 1UL << cache->order;
    }
    return pages;
}

/* Descriptors come last, after the slabs that they describe. */
uint64_t
kmem_shrink_all(void)
{
    uint64_t pages = 0;

    for (struct kmem_cache *cache = cache_chain; cache; cache = cache->next)
        pages += kmem_cache_shrink(cache);
    return pages;
}

void
shrinker_register(struct shrinker *s)
{
    s->next = shrinkers;
    shrinkers = s;
}

uint64_t
shrink_slab(unsigned prio)
{
    uint64_t freed = 0;

    for (struct shrinker *s = shrinkers; s; s = s->next) {
        uint64_t nr = s->count() >> prio;

        if (nr > 0)
            freed += s->scan(nr);
    }
    if (freed > 0 || prio <= URGENT_PRIO)
        freed += kmem_shrink_all();
    return freed;
}

/* --- kmalloc ----------------------------------------------------------- */

static struct size_class {
    size_t size;
    const char *name;
    struct kmem_cache *cache;
} classes[] = {
    {8, "kmalloc-8", NULL},     {16, "kmalloc-16", NULL},
    {32, "kmalloc-32", NULL},   {64, "kmalloc-64", NULL},
    {96, "kmalloc-96", NULL},   {128, "kmalloc-128", NULL},
    {192, "kmalloc-192", NULL}, {256, "kmalloc-256", NULL},
    {512, "kmalloc-512", NULL}, {1024, "kmalloc-1k", NULL},
    {2048, "kmalloc-2k", NULL}, {4096, "kmalloc-4k", NULL},
    {8192, "kmalloc-8k", NULL},
};
enum { NR_CLASSES = ARRAY_SIZE(classes) };

void
slab_init(void)
{
    setup(&desc_cache, "slab_desc",
          sizeof(struct slab) + MAX_OFF_SLAB_OBJECTS * sizeof(uint16_t), 0);
    setup(&cache_cache, "kmem_cache",
          offsetof(struct kmem_cache, magazines[nr_cpus]), CACHE_LINE_BYTES);
    for (struct size_class *c = classes; c < classes + NR_CLASSES; c++)
        c->cache = kmem_cache_create(
            c->name, c->size, c->size & (c->size - 1) ? 0 : MIN(c->size, 64UL),
            0, NULL);
}

/*
 * kmalloc and kfree end in a call of the cache's function, which the compiler
 * makes a jump; so slab_debug.c sees the return address of their caller.
 */
void *
kmalloc(size_t size, gfp_t gfp)
{
    for (struct size_class *c = classes; c < classes + NR_CLASSES; c++)
        if (size <= c->size)
            return kmem_cache_alloc(c->cache, gfp);
    return alloc_kpages(gfp, ilog2(size - 1) + 1 - PAGE_SHIFT);
}

void
kfree(const void *p)
{
    struct page *page;

    if (!p)
        return;
    page = virt_to_page(p);
    if (likely(page_test(page, PG_slab)))
        kmem_cache_free(page->slab_cache, (void *)p);
    else
        free_pages(page, page->order);
}
