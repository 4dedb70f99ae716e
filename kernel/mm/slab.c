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
 * the slab before, so that equal fields do not share a cache set.
 *
 * An object's slab and cache are found through its struct page.
 *
 * Interface: slab.h.  The layers from the caller down: slab_debug.c (DEBUG),
 * magazine.c, this file, page_alloc.c.
 *
 * Invariants (slab_check)
 *   I1  A slab is on full, partial or empty as in_use is per_slab, between,
 *       or 0.
 *   I2  The free list of a slab has per_slab - in_use entries; all others
 *       are BUFCTL_IN_USE.
 *   I3  nr_slabs, nr_empty, nr_in_use are the sums over the lists.
 *
 * Locks: cache->lock for the lists and slabs; never held while pages are
 * allocated or a constructor runs.  chain_lock for the chain of caches.
 *
 * Not done: destructors; caches of one size are not merged.
 *
 * See: Bonwick 1994; doc/ch-slab.
 */
#include "mm/slab.h"

#include "core/panic.h"
#include "include/errno.h"
#include "lib/string.h"
#include "mm/fail_alloc.h"
#include "mm/page_alloc.h"
#include "mm/slab_debug.h"
#include "mm/slab_impl.h"

enum { MAX_WASTE_DIVISOR = 8, MIN_ALIGN = 8 };

/* Reclaim behaviour is the caller's; zone and zeroing are not. */
#define SLAB_GFP                                                               \
    (__GFP_WAIT | __GFP_HIGH | __GFP_NOWARN | __GFP_NORETRY | __GFP_KSWAPD)

static struct kmem_cache cache_cache; /* of struct kmem_cache */
static struct kmem_cache desc_cache;  /* of off-slab descriptors */

static LIST_HEAD(cache_chain);
static struct spinlock chain_lock = SPINLOCK_INIT(RANK_SLAB, "cache_chain");

/* --- geometry ---------------------------------------------------------- */

static bool
is_off_slab(const struct kmem_cache *cache)
{
    return cache->slot_size >= OFF_SLAB_SIZE;
}

/* Bytes before the first object (colour aside) in a slab of nr objects. */
static size_t
header_size(const struct kmem_cache *cache, size_t align, unsigned nr)
{
    if (is_off_slab(cache))
        return 0;
    return ALIGN_UP(sizeof(struct slab) + nr * sizeof(uint16_t), align);
}

/* How many objects fit into that many bytes? */
static unsigned
objects_in(const struct kmem_cache *cache, size_t align, size_t bytes)
{
    size_t nr = bytes / cache->slot_size;

    nr = MIN(nr, (size_t)(is_off_slab(cache) ? OFF_SLAB_OBJECTS
                                             : BUFCTL_IN_USE - 1));
    while (nr > 0 &&
           header_size(cache, align, (unsigned)nr) + nr * cache->slot_size >
               bytes)
        nr--;
    return (unsigned)nr;
}

static void
choose_geometry(struct kmem_cache *cache, size_t align)
{
    size_t bytes = 0, left = 0;

    for (cache->order = 0; cache->order <= MAX_SLAB_ORDER; cache->order++) {
        bytes = PAGE_SIZE << cache->order;
        cache->per_slab = objects_in(cache, align, bytes);
        cache->header = (unsigned)header_size(cache, align, cache->per_slab);
        left = bytes - cache->header - cache->per_slab * cache->slot_size;
        if (cache->per_slab > 0 && left * MAX_WASTE_DIVISOR <= bytes)
            break;
    }
    cache->order = MIN(cache->order, (unsigned)MAX_SLAB_ORDER);
    ASSERT(cache->per_slab > 0); /* too large for a slab */
    cache->colour_step = (unsigned)MAX(align, (size_t)CACHE_LINE_BYTES);
    cache->nr_colours = (unsigned)(left / cache->colour_step) + 1;
}

static size_t
choose_align(size_t size, size_t align, unsigned flags)
{
    size_t line = CACHE_LINE_BYTES;

    align = MAX(align, (size_t)MIN_ALIGN);
    if (!(flags & SLAB_HWCACHE_ALIGN))
        return align;
    while (size <= line / 2) /* several small ones may share a line */
        line /= 2;
    return MAX(align, line);
}

/* --- slabs ------------------------------------------------------------- */

static enum zone_stat
slab_stat(const struct kmem_cache *cache)
{
    return cache->flags & SLAB_RECLAIMABLE ? NR_SLAB_RECLAIMABLE
                                           : NR_SLAB_UNRECLAIMABLE;
}

/* Make each page of the block lead to slab and cache, or to neither. */
static void
own_pages(struct kmem_cache *cache, struct page *page, struct slab *slab)
{
    unsigned long nr = 1UL << cache->order;

    for (unsigned long i = 0; i < nr; i++) {
        page[i].slab_cache = slab ? cache : NULL;
        page[i].slab = slab;
        if (slab)
            page_set(&page[i], PG_slab);
        else
            page_clear(&page[i], PG_slab);
    }
    zone_stat_add(page, slab_stat(cache), slab ? (int64_t)nr : -(int64_t)nr);
}

static size_t
next_colour(struct kmem_cache *cache)
{
    size_t colour;

    cache_lock(cache);
    colour = cache->next_colour++;
    if (cache->next_colour == cache->nr_colours)
        cache->next_colour = 0;
    cache_unlock(cache);
    return colour * cache->colour_step;
}

static void
init_objects(struct kmem_cache *cache, struct slab *slab)
{
    for (unsigned i = 0; i < cache->per_slab; i++) {
        void *object = slab->objects + i * cache->slot_size;

        slab->next_free[i] = (uint16_t)(i + 1);
        if (!debug_init_object(cache, object) && cache->ctor)
            cache->ctor(object);
    }
    slab->next_free[cache->per_slab - 1] = BUFCTL_END;
    slab->first_free = 0;
    slab->in_use = 0;
}

/* A new slab, on no list.  => may sleep, as gfp says; no lock held */
static struct slab *
new_slab(struct kmem_cache *cache, gfp_t gfp)
{
    struct page *page = alloc_pages(gfp & SLAB_GFP, cache->order);
    struct slab *slab;

    if (!page)
        return NULL;
    slab = is_off_slab(cache) ? slab_get(&desc_cache, gfp) : page_address(page);
    if (!slab) {
        free_pages(page, cache->order);
        return NULL;
    }
    slab->page = page;
    slab->objects =
        (char *)page_address(page) + cache->header + next_colour(cache);
    own_pages(cache, page, slab);
    init_objects(cache, slab);
    return slab;
}

/* => slab is empty and on no list */
static void
free_slab(struct kmem_cache *cache, struct slab *slab)
{
    struct page *page = slab->page; /* an on-slab descriptor lies in it */

    own_pages(cache, page, NULL);
    if (is_off_slab(cache))
        slab_put(&desc_cache, slab);
    free_pages(page, cache->order);
}

/* Take an object from the slab and put the slab on the list it belongs to. */
static void *
take_object(struct kmem_cache *cache, struct slab *slab)
{
    unsigned i = slab->first_free;

    slab->first_free = slab->next_free[i];
    slab->next_free[i] = BUFCTL_IN_USE;
    slab->in_use++;
    cache->nr_in_use++;
    if (slab->in_use == cache->per_slab)
        list_move(&slab->list, &cache->full);
    else if (slab->in_use == 1)
        list_move(&slab->list, &cache->partial);
    return slab->objects + i * cache->slot_size;
}

void *
slab_get(struct kmem_cache *cache, gfp_t gfp)
{
    struct slab *slab = NULL;
    void *object;

    cache_lock(cache);
    if (!list_empty(&cache->partial)) {
        slab = list_first_entry(&cache->partial, struct slab, list);
    } else if (!list_empty(&cache->empty)) {
        slab = list_first_entry(&cache->empty, struct slab, list);
        cache->nr_empty--;
    }
    if (!slab) {
        cache_unlock(cache); /* page allocation may sleep */
        slab = new_slab(cache, gfp);
        if (!slab)
            return NULL;
        cache_lock(cache);
        list_add(&slab->list, &cache->empty);
        cache->nr_slabs++;
    }
    object = take_object(cache, slab);
    cache_unlock(cache);
    return object;
}

void
slab_put(struct kmem_cache *cache, void *object)
{
    struct slab *slab = virt_to_page(object)->slab;
    size_t i = (size_t)((char *)object - slab->objects) / cache->slot_size;

    cache_lock(cache);
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
    cache_unlock(cache);
}

/* Free all empty slabs. => pages freed */
static uint64_t
free_empty_slabs(struct kmem_cache *cache)
{
    struct slab *slab, *next;
    uint64_t slabs = 0;
    LIST_HEAD(empty);

    cache_lock(cache);
    list_splice(&cache->empty, &empty);
    cache->nr_slabs -= cache->nr_empty;
    cache->nr_empty = 0;
    cache_unlock(cache);
    list_for_each_entry_safe(slab, next, &empty, list) {
        free_slab(cache, slab);
        slabs++;
    }
    return slabs << cache->order;
}

/* --- objects ----------------------------------------------------------- */

static inline void *
alloc_object(struct kmem_cache *cache, gfp_t gfp, const void *caller)
{
    void *object;

    if (should_fail_alloc(gfp))
        return NULL;
    object = magazine_get(cache);
    if (unlikely(!object)) {
        object = slab_get(cache, gfp);
        if (!object)
            return NULL;
    }
    debug_alloc_object(cache, object, caller);
    if (gfp & __GFP_ZERO)
        memset(object, 0, cache->object_size);
    return object;
}

/* The magazines are full, or there are none. */
static __noinline void
free_slow(struct kmem_cache *cache, void *object)
{
    if (!magazine_add(cache) || !magazine_put(cache, object))
        slab_put(cache, object);
}

static inline void
free_object(struct kmem_cache *cache, void *object, const void *caller)
{
    DEBUG_ASSERT(virt_to_page(object)->slab_cache == cache);
    if (debug_free_object(cache, object, caller) &&
        unlikely(!magazine_put(cache, object)))
        free_slow(cache, object);
}

void *
kmem_cache_alloc(struct kmem_cache *cache, gfp_t gfp)
{
    return alloc_object(cache, gfp, __builtin_return_address(0));
}

void
kmem_cache_free(struct kmem_cache *cache, void *object)
{
    free_object(cache, object, __builtin_return_address(0));
}

void *
kmem_alloc_for(struct kmem_cache *cache, gfp_t gfp, const void *caller)
{
    return alloc_object(cache, gfp, caller);
}

void
kmem_free_for(struct kmem_cache *cache, void *object, const void *caller)
{
    free_object(cache, object, caller);
}

/* --- caches ------------------------------------------------------------ */

static void
setup(struct kmem_cache *cache, const char *name, size_t size, size_t align,
      unsigned flags)
{
    align = choose_align(size, align, flags);
    cache->name = name;
    cache->object_size = size;
    cache->slot_size =
        ALIGN_UP(ALIGN_UP(size, MIN_ALIGN) + debug_trailer_size(size), align);
    cache->flags = flags;
    choose_geometry(cache, align);
    spin_init(&cache->lock, RANK_SLAB, name);
    list_init(&cache->full);
    list_init(&cache->partial);
    list_init(&cache->empty);
    magazine_setup(cache);
}

static void
join_chain(struct kmem_cache *cache)
{
    spin_lock(&chain_lock);
    list_add_tail(&cache->chain, &cache_chain);
    spin_unlock(&chain_lock);
}

struct kmem_cache *
kmem_cache_create(const char *name, size_t size, size_t align, unsigned flags,
                  void (*ctor)(void *))
{
    struct kmem_cache *cache;

    ASSERT(size > 0 && (align & (align - 1)) == 0);
    cache = slab_get(&cache_cache, GFP_KERNEL);
    if (!cache)
        return NULL;
    memset(cache, 0, cache_cache.object_size);
    cache->ctor = ctor;
    setup(cache, name, size, align, flags);
    join_chain(cache);
    return cache;
}

void
kmem_cache_setup(struct kmem_cache *cache, const char *name, size_t size,
                 unsigned flags)
{
    setup(cache, name, size, 0, flags | SLAB_NO_MAGAZINE);
    join_chain(cache);
}

int
kmem_cache_destroy(struct kmem_cache *cache)
{
    bool busy;

    kmem_cache_shrink(cache);
    spin_lock(&chain_lock);
    busy = cache->pins > 0 || cache->nr_slabs > 0;
    if (!busy)
        list_del(&cache->chain);
    spin_unlock(&chain_lock);
    if (busy)
        return -EBUSY;
    slab_put(&cache_cache, cache);
    return 0;
}

/*
 * The cache after prev on the chain (NULL: the first), pinned; unpins prev.
 * So a walk holds no lock while it works on a cache.
 */
static struct kmem_cache *
next_cache(struct kmem_cache *prev)
{
    struct list_head *at = prev ? &prev->chain : &cache_chain;
    struct kmem_cache *next = NULL;

    spin_lock(&chain_lock);
    if (at->next != &cache_chain) {
        next = list_entry(at->next, struct kmem_cache, chain);
        next->pins++;
    }
    if (prev)
        prev->pins--;
    spin_unlock(&chain_lock);
    return next;
}

uint64_t
kmem_cache_shrink(struct kmem_cache *cache)
{
    magazine_flush(cache);
    return free_empty_slabs(cache);
}

uint64_t
kmem_shrink_all(void)
{
    struct kmem_cache *cache = NULL;
    uint64_t pages = 0;

    while ((cache = next_cache(cache)))
        pages += kmem_cache_shrink(cache);
    /* The others gave objects of these two back meanwhile. */
    pages += free_empty_slabs(&magazine_cache);
    return pages + free_empty_slabs(&desc_cache);
}

void kmem_for_each_cache(void (*fn)(const struct slab_stats *, void *),
                         void *arg)
{
    struct kmem_cache *cache = NULL;

    while ((cache = next_cache(cache))) {
        uint64_t idle = magazine_count(cache);
        struct slab_stats stats = {
            .name = cache->name,
            .obj_size = cache->slot_size,
            .objs_per_slab = cache->per_slab,
            .pages_per_slab = 1UL << cache->order,
        };

        cache_lock(cache);
        stats.active_objs = cache->nr_in_use - MIN(idle, cache->nr_in_use);
        stats.num_slabs = cache->nr_slabs;
        stats.num_objs = cache->nr_slabs * cache->per_slab;
        stats.active_slabs = cache->nr_slabs - cache->nr_empty;
        cache_unlock(cache);
        fn(&stats, arg);
    }
}

void
slab_init(void)
{
    kmem_cache_setup(&desc_cache, "slab_desc",
                     sizeof(struct slab) + OFF_SLAB_OBJECTS * sizeof(uint16_t),
                     0);
    kmem_cache_setup(&cache_cache, "kmem_cache",
                     sizeof(struct kmem_cache) +
                         nr_cpus * sizeof(struct cpu_cache),
                     SLAB_HWCACHE_ALIGN);
    magazine_init();
    kmalloc_init();
}

/* --- checking ---------------------------------------------------------- */

/* => objects in use on the list */
static uint64_t
check_list(struct kmem_cache *cache, struct list_head *list, uint32_t least,
           uint32_t most, uint64_t *slabs)
{
    uint64_t in_use = 0;
    struct slab *slab;

    *slabs = 0;
    list_for_each_entry(slab, list, list) {
        uint32_t used = 0, free = 0;

        ASSERT(slab->in_use >= least && slab->in_use <= most);
        for (unsigned i = 0; i < cache->per_slab; i++)
            used += slab->next_free[i] == BUFCTL_IN_USE;
        for (unsigned i = slab->first_free; i != BUFCTL_END;
             i = slab->next_free[i]) {
            ASSERT(i < cache->per_slab && free < cache->per_slab);
            free++;
        }
        ASSERT(used == slab->in_use && used + free == cache->per_slab);
        in_use += used;
        ++*slabs;
    }
    return in_use;
}

void
slab_check(struct kmem_cache *cache)
{
    uint64_t in_use, full, partial, empty;

    cache_lock(cache);
    in_use = check_list(cache, &cache->full, cache->per_slab, cache->per_slab,
                        &full);
    in_use +=
        check_list(cache, &cache->partial, 1, cache->per_slab - 1, &partial);
    in_use += check_list(cache, &cache->empty, 0, 0, &empty);
    ASSERT(in_use == cache->nr_in_use && empty == cache->nr_empty);
    ASSERT(full + partial + empty == cache->nr_slabs);
    cache_unlock(cache);
}
