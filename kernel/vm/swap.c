/* SPDX-License-Identifier: MIT */
/*
 * swap.c - swap areas and their slots.
 *
 * An area is a partition with Linux's header.  Its swap map has 16 bits a slot:
 *
 *     0                      free
 *     1 .. SWAP_MAP_MAX      so many PTEs hold the entry
 *     SWAP_MAP_BAD           never to be used: the header, bad blocks
 *     | SWAP_HAS_CACHE       a page in the swap cache stands for the slot
 *
 * Slots are given out in clusters of 256, one after the other, so that what
 * leaves memory together lies together on the disk, is written in large
 * requests, and is read ahead usefully.  A cluster is on the list of free or
 * of partly used ones, or full; so a slot is found in at most 256 steps,
 * however large the area.
 *
 *     slots   |H....|.xx.x|xxxxx|.....|      free: 3   partial: 0, 1
 *     cluster    0     1     2     3
 *
 * Areas of higher priority are filled first; those of one priority take turns
 * by clusters.
 *
 * Invariants (swap_lock)
 *   I1  A slot with SWAP_HAS_CACHE is in its area's radix tree, or about to
 *       be, by whom swap_alloc() gave it to.
 *   I2  A cluster's `free` is the number of its slots that are 0; it is on
 *       free_clusters if all usable ones are, else on partial if any is.
 *   I3  in_use counts slots that are neither 0 nor BAD; nr_total and nr_free
 *       are sums over active areas, not over one that swapoff is emptying.
 *
 * Locks: swap_mutex (RANK_MOUNT) for swapon and swapoff; swap_lock for the
 * rest.  An entry that somebody holds keeps its area from going.
 *
 * Not done: swap files; discard; a lock for each area.
 *
 * See: swap.h; Gorman, chapter 11; include/swap_hdr.h.
 */
#include "vm/swap.h"

#include "block/bio.h"
#include "block/blkdev.h"
#include "core/printk.h"
#include "include/errno.h"
#include "include/swap_hdr.h"
#include "lib/assert.h"
#include "lib/bitmap.h"
#include "lib/macros.h"
#include "lib/string.h"
#include "mm/page_alloc.h"
#include "mm/vmalloc.h"
#include "sched/mutex.h"
#include "vm/swap_area.h"

uint32_t vm_swappiness = 60;
uint32_t vm_page_cluster = 3;

struct swap_area swap_areas[MAX_SWAP_AREAS];

static struct mutex swap_mutex = MUTEX_INIT(swap_mutex, RANK_MOUNT, "swapon");
static struct spinlock swap_lock = SPINLOCK_INIT(RANK_SWAP, "swap");
static LIST_HEAD(active_areas); /* by descending priority; under both locks */
static int next_priority = -2;  /* of an area that asks for none, as Linux */
static _Atomic uint64_t nr_total, nr_free;

uint64_t
total_swap_pages(void)
{
    return atomic_read(&nr_total);
}

uint64_t
free_swap_pages(void)
{
    return atomic_read(&nr_free);
}

/* --- Slots.  All with swap_lock held */

static struct swap_cluster *
cluster_of(struct swap_area *a, uint64_t slot)
{
    return &a->clusters[slot / SWAP_CLUSTER];
}

/* The cluster has got one free slot more: put it where it belongs. */
static void
cluster_add_free(struct swap_area *a, struct swap_cluster *c)
{
    c->free++;
    if (c->free == c->usable)
        list_move(&c->link, &a->free_clusters);
    else if (c->free == 1)
        list_move(&c->link, &a->partial_clusters);
}

static void
cluster_take(struct swap_area *a, struct swap_cluster *c)
{
    if (c->free == c->usable)
        list_move(&c->link, &a->partial_clusters);
    if (--c->free == 0)
        list_del_init(&c->link);
}

/* The first free slot from a->next to the end of its cluster, or 0. */
static uint64_t
scan_cluster(struct swap_area *a)
{
    for (; a->next < a->max; a->next++) {
        if (a->map[a->next] == 0)
            return a->next;
        if (a->next % SWAP_CLUSTER == SWAP_CLUSTER - 1)
            break;
    }
    return 0;
}

/* => 0: the area is full */
static uint64_t
area_alloc(struct swap_area *a)
{
    struct swap_cluster *c;
    uint64_t slot = scan_cluster(a);

    if (!slot) {
        c = list_first_entry_or_null(&a->free_clusters, struct swap_cluster,
                                     link);
        if (!c)
            c = list_first_entry_or_null(&a->partial_clusters,
                                         struct swap_cluster, link);
        if (!c)
            return 0;
        a->next = (uint64_t)(c - a->clusters) * SWAP_CLUSTER;
        slot = scan_cluster(a);
        ASSERT(slot);
    }
    a->next = slot + 1;
    if (a->next % SWAP_CLUSTER == 0)
        a->next = a->max; /* choose a cluster next time */
    cluster_take(a, cluster_of(a, slot));
    a->map[slot] = SWAP_HAS_CACHE;
    a->in_use++;
    atomic_dec(&nr_free);
    return slot;
}

/* Nobody has the slot any more. */
static void
free_slot(struct swap_area *a, uint64_t slot)
{
    a->in_use--;
    if (bitmap_test(a->failed, slot)) {
        struct swap_cluster *c = cluster_of(a, slot);

        a->map[slot] = SWAP_MAP_BAD;
        a->pages--;
        atomic_sub(&nr_total, a->active);
        if (--c->usable == c->free && c->free)
            list_move(&c->link, &a->free_clusters);
        return;
    }
    a->map[slot] = 0;
    cluster_add_free(a, cluster_of(a, slot));
    atomic_add(&nr_free, a->active);
}

/* The map entry of e, which somebody holds. */
static uint16_t *
map_of(swp_entry_t e)
{
    struct swap_area *a = &swap_areas[swp_type(e)];

    DEBUG_ASSERT(swp_type(e) < MAX_SWAP_AREAS && swp_offset(e) < a->max);
    return &a->map[swp_offset(e)];
}

/* --- Interface to slots */

/* Let areas of the same priority take turns. */
static void
rotate_area(struct swap_area *a)
{
    struct swap_area *next = a;

    while (next->link.next != &active_areas &&
           list_next_entry(next, link)->priority == a->priority)
        next = list_next_entry(next, link);
    if (next != a)
        list_move(&a->link, &next->link);
}

swp_entry_t
swap_alloc(void)
{
    swp_entry_t e = {0};
    struct swap_area *a;

    spin_lock(&swap_lock);
    list_for_each_entry(a, &active_areas, link) {
        uint64_t slot = area_alloc(a);

        if (slot) {
            e = swp_entry((unsigned)(a - swap_areas), slot);
            if (a->next == a->max)
                rotate_area(a);
            break;
        }
    }
    spin_unlock(&swap_lock);
    return e;
}

bool
swap_dup(swp_entry_t e)
{
    uint16_t *m = map_of(e);
    bool ok;

    spin_lock(&swap_lock);
    ASSERT(*m != 0 && *m != SWAP_MAP_BAD);
    ok = (*m & SWAP_COUNT) < SWAP_MAP_MAX;
    if (ok)
        ++*m;
    spin_unlock(&swap_lock);
    return ok;
}

void
swap_free(swp_entry_t e)
{
    uint16_t *m = map_of(e);

    spin_lock(&swap_lock);
    ASSERT((*m & SWAP_COUNT) != 0 && *m != SWAP_MAP_BAD);
    if (--*m == 0)
        free_slot(&swap_areas[swp_type(e)], swp_offset(e));
    spin_unlock(&swap_lock);
}

unsigned
swap_count(swp_entry_t e)
{
    return READ_ONCE(*map_of(e)) & SWAP_COUNT;
}

/* => swap_lock held; NULL: e is no slot of an area, or nobody holds it */
static uint16_t *
held_slot(swp_entry_t e)
{
    struct swap_area *a = &swap_areas[swp_type(e)];
    uint16_t *m = swp_offset(e) < a->max ? &a->map[swp_offset(e)] : NULL;

    return m && *m != SWAP_MAP_BAD && (*m & SWAP_COUNT) ? m : NULL;
}

bool
swap_in_use(swp_entry_t e)
{
    bool held;

    spin_lock(&swap_lock);
    held = held_slot(e);
    spin_unlock(&swap_lock);
    return held;
}

bool
swap_cache_take(swp_entry_t e)
{
    uint16_t *m;

    spin_lock(&swap_lock);
    m = held_slot(e);
    if (m)
        *m |= SWAP_HAS_CACHE;
    spin_unlock(&swap_lock);
    return m;
}

void
swap_cache_leave(swp_entry_t e)
{
    uint16_t *m = map_of(e);

    spin_lock(&swap_lock);
    ASSERT(*m & SWAP_HAS_CACHE);
    *m &= SWAP_COUNT;
    if (*m == 0)
        free_slot(&swap_areas[swp_type(e)], swp_offset(e));
    spin_unlock(&swap_lock);
}

void
swap_retire(swp_entry_t e)
{
    spin_lock(&swap_lock);
    bitmap_set(swap_areas[swp_type(e)].failed, swp_offset(e));
    spin_unlock(&swap_lock);
}

void
swap_set_zero(swp_entry_t e, bool zero)
{
    uint64_t *map = swap_areas[swp_type(e)].zero;

    if (zero == bitmap_test(map, swp_offset(e)))
        return; /* our bit: the page is locked; its neighbours are others' */
    spin_lock(&swap_lock);
    if (zero)
        bitmap_set(map, swp_offset(e));
    else
        bitmap_clear(map, swp_offset(e));
    spin_unlock(&swap_lock);
}

bool
swap_is_zero(swp_entry_t e)
{
    return bitmap_test(swap_areas[swp_type(e)].zero, swp_offset(e));
}

/* --- swapon */

/* Read the header into a page.  => 0, -EIO, -ENOMEM */
static int
read_header(struct block_device *bdev, struct page **out)
{
    struct page *page = alloc_page(GFP_KERNEL);
    struct bio *bio;
    int err;

    if (!page)
        return -ENOMEM;
    bio = bio_alloc(GFP_KERNEL);
    bio->bdev = bdev;
    bio->op = BIO_READ;
    bio_add_page(bio, page);
    err = submit_bio_wait(bio);
    bio_put(bio);
    if (err)
        put_page(page);
    else
        *out = page;
    return err;
}

static bool
header_is_good(const struct swap_header *h, const struct block_device *bdev)
{
    return memcmp(h->magic, SWAP_MAGIC, SWAP_MAGIC_LEN) == 0 &&
           h->version == SWAP_VERSION && h->last_page != 0 &&
           h->last_page < bdev->nr_sectors / SECTORS_PER_PAGE &&
           h->nr_badpages <= SWAP_MAX_BADPAGES;
}

static void
free_maps(struct swap_area *a)
{
    vfree(a->map);
    vfree(a->zero);
    vfree(a->failed);
    vfree(a->clusters);
    a->map = NULL;
    a->zero = a->failed = NULL;
    a->clusters = NULL;
    a->max = 0;
}

static void *
zeroed(size_t size)
{
    void *p = vmalloc(size);

    return p ? memset(p, 0, size) : NULL;
}

static bool
alloc_maps(struct swap_area *a)
{
    size_t bits = BITMAP_WORDS(a->max) * sizeof(uint64_t);

    a->nr_clusters = DIV_ROUND_UP(a->max, SWAP_CLUSTER);
    a->map = zeroed(a->max * sizeof(a->map[0]));
    a->zero = zeroed(bits);
    a->failed = zeroed(bits);
    a->clusters = zeroed(a->nr_clusters * sizeof(a->clusters[0]));
    return a->map && a->zero && a->failed && a->clusters;
}

/* Fill map and clusters in from the header. */
static void
init_slots(struct swap_area *a, const struct swap_header *h)
{
    a->map[0] = SWAP_MAP_BAD;
    for (uint32_t i = 0; i < h->nr_badpages; i++)
        if (h->badpages[i] < a->max)
            a->map[h->badpages[i]] = SWAP_MAP_BAD;
    list_init(&a->free_clusters);
    list_init(&a->partial_clusters);
    for (uint64_t i = 0; i < a->nr_clusters; i++)
        list_init(&a->clusters[i].link);
    a->pages = a->in_use = 0;
    for (uint64_t i = 0; i < a->max; i++) {
        struct swap_cluster *c = cluster_of(a, i);

        if (a->map[i])
            continue;
        a->pages++;
        c->usable++;
        c->free++;
    }
    for (uint64_t i = 0; i < a->nr_clusters; i++)
        if (a->clusters[i].free)
            list_add_tail(&a->clusters[i].link, &a->free_clusters);
    a->next = a->max;
}

/* Let slots be taken from it, or no more.  => swap_mutex held */
static void
enable_area(struct swap_area *a)
{
    struct swap_area *b;

    spin_lock(&swap_lock);
    list_for_each_entry(b, &active_areas, link)
        if (b->priority < a->priority)
            break;
    list_add_tail(&a->link, &b->link); /* at the end b is the head */
    a->active = true;
    atomic_add(&nr_total, a->pages);
    atomic_add(&nr_free, a->pages - a->in_use);
    spin_unlock(&swap_lock);
}

static void
disable_area(struct swap_area *a)
{
    spin_lock(&swap_lock);
    list_del_init(&a->link);
    a->active = false;
    atomic_sub(&nr_total, a->pages);
    atomic_sub(&nr_free, a->pages - a->in_use);
    spin_unlock(&swap_lock);
}

/* => swap_mutex held, bdev claimed */
static int
set_up_area(struct swap_area *a, struct block_device *bdev, uint32_t flags)
{
    struct swap_header *h;
    struct page *page;
    int err = read_header(bdev, &page);

    if (err)
        return err;
    h = page_address(page);
    err = -EINVAL;
    if (header_is_good(h, bdev)) {
        a->max = (uint64_t)h->last_page + 1;
        err = alloc_maps(a) ? 0 : -ENOMEM;
    }
    if (err) {
        free_maps(a);
    } else {
        init_slots(a, h);
        a->priority = flags & SWAP_FLAG_PREFER
                          ? (int)(flags & SWAP_FLAG_PRIO_MASK)
                          : next_priority--;
        a->bdev = bdev;
        enable_area(a);
        printk("Adding %luk swap on /dev/%s.  Priority:%d",
               a->pages * (PAGE_SIZE / 1024), bdev->name, a->priority);
    }
    put_page(page);
    return err;
}

int
swap_on(struct block_device *bdev, uint32_t flags)
{
    struct swap_area *a = swap_areas;
    int err = -EPERM;

    mutex_lock(&swap_mutex);
    while (a < swap_areas + MAX_SWAP_AREAS && a->bdev)
        a++;
    if (a < swap_areas + MAX_SWAP_AREAS)
        err = bd_claim(bdev, a);
    if (!err) {
        err = set_up_area(a, bdev, flags);
        if (err)
            bd_release(bdev, a);
    }
    mutex_unlock(&swap_mutex);
    return err;
}

/* --- swapoff */

int
swap_off(struct block_device *bdev)
{
    struct swap_area *a = swap_areas;
    int err = -EINVAL;

    mutex_lock(&swap_mutex);
    while (a < swap_areas + MAX_SWAP_AREAS && a->bdev != bdev)
        a++;
    if (a < swap_areas + MAX_SWAP_AREAS) {
        disable_area(a);
        err = swap_unuse((unsigned)(a - swap_areas));
        if (err) {
            enable_area(a);
        } else {
            a->bdev = NULL;
            spin_lock(&swap_lock); /* read-ahead looks at max */
            a->max = 0;
            spin_unlock(&swap_lock);
            free_maps(a);
            bd_release(bdev, a);
        }
    }
    mutex_unlock(&swap_mutex);
    return err;
}

bool
swap_get_info(unsigned i, struct swap_info *out)
{
    struct swap_area *a;
    bool found = false;

    mutex_lock(&swap_mutex);
    list_for_each_entry(a, &active_areas, link)
        if (!found && i-- == 0) {
            *out = (struct swap_info){a->bdev->name, a->priority, a->pages,
                                      a->in_use};
            found = true;
        }
    mutex_unlock(&swap_mutex);
    return found;
}
