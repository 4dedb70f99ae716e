/* SPDX-License-Identifier: MIT */
/*
 * swap.c - swap areas and their slots.
 *
 * An area is a partition with Linux's header.  Its swap map has a word a slot:
 * how many hold its entry, and bits (swap.h).  A slot whose word is 0 is free.
 *
 * Slots are given out in clusters of 256, one after the other, so that what
 * leaves memory together lies together on the disk, is written in large
 * requests, and is read ahead usefully.  The clusters with a free slot are on
 * a list, those in which all are free first; so a slot is found in at most
 * 256 steps, however large the area.
 *
 *     slots   |H....|.xx.x|xxxxx|.....|      list: 3, 0, 1
 *     cluster    0     1     2     3
 *
 * Areas of higher priority are filled first; those of one priority take turns
 * by clusters.
 *
 * Invariants (swap_lock)
 *   I1  A slot with SWAP_HAS_CACHE is in its area's cache or belongs to shared
 *       memory (then nobody else holds it), or is about to: swap_alloc().
 *   I2  A cluster's `free` is the number of its slots that are 0; it is on
 *       clusters_free if there are any.
 *   I3  in_use counts the slots with a holder or a page.
 *
 * Locks: swap_mutex (RANK_MOUNT) for swapon and swapoff; swap_lock for the
 * rest.  An entry that somebody holds keeps its area from going.
 *
 * Not done: swap files; discard; a lock for each area.
 *
 * See: swap.h; Gorman, chapter 11; include/swap_hdr.h.
 */
#include "vm/swap.h"

#include "block/blkdev.h"
#include "core/printk.h"
#include "include/swap_hdr.h"
#include "mm/vmalloc.h"

enum { SWAP_CLUSTER = 256 }; /* slots */

uint32_t vm_swappiness = 60;
uint32_t vm_page_cluster = 3;

struct swap_area swap_areas[MAX_SWAP_AREAS];
_Atomic uint64_t nr_swap_total, nr_swap_free; /* of those that are on */

static struct mutex swap_mutex = MUTEX_INIT(swap_mutex, RANK_MOUNT);
static struct spinlock swap_lock = SPINLOCK_INIT(RANK_SWAP, "swap");
static struct swap_area *last_area = swap_areas; /* (s) gave the last slot */

/* --- Slots.  All with swap_lock held */

/* A free slot came to its cluster (1) or went (-1): put that where it belongs. */
static void
cluster_update(struct swap_area *a, uint64_t slot, int change)
{
    struct swap_cluster *c = &a->clusters[slot / SWAP_CLUSTER];

    if (c->free > 0)
        list_del(&c->link);
    c->free += (uint32_t)change;
    if (c->free == SWAP_CLUSTER)
        list_add(&c->link, &a->clusters_free);
    else if (c->free > 0)
        list_add_tail(&c->link, &a->clusters_free);
}

/* A slot of an area that has a free one. */
static uint64_t
area_alloc(struct swap_area *a)
{
    /* Go on in the cluster of the last slot that was taken... */
    while (a->next % SWAP_CLUSTER && a->next < a->max && a->map[a->next])
        a->next++;
    if (a->next % SWAP_CLUSTER == 0 || a->next == a->max) {
        /* ...or in the best one; it has a free slot: I2. */
        struct swap_cluster *c =
            list_first_entry(&a->clusters_free, struct swap_cluster, link);

        a->next = (uint64_t)(c - a->clusters) * SWAP_CLUSTER;
        while (a->map[a->next])
            a->next++;
    }
    cluster_update(a, a->next, -1);
    a->map[a->next] = SWAP_HAS_CACHE;
    a->in_use++;
    nr_swap_free--;
    return a->next++;
}

/* --- Interface to slots */

#define has_slots(a) ((a)->on && (a)->in_use < (a)->pages)

swp_entry_t
swap_alloc(void)
{
    struct swap_area *a = NULL;
    swp_entry_t e = {0};

    spin_lock(&swap_lock);
    if (has_slots(last_area) && last_area->next % SWAP_CLUSTER)
        a = last_area;
    /* The best one; of those of one priority the next in turn. */
    for (int i = 1; a != last_area && i <= MAX_SWAP_AREAS; i++) {
        struct swap_area *b =
            &swap_areas[(last_area - swap_areas + i) % MAX_SWAP_AREAS];

        if (has_slots(b) && (!a || b->priority > a->priority))
            a = b;
    }
    if (a) {
        last_area = a;
        e = swap_cache_entry(&a->cache, area_alloc(a));
    }
    spin_unlock(&swap_lock);
    return e;
}

void
swap_update(swp_entry_t e, int change)
{
    struct swap_area *a = swap_area_of(e);
    uint64_t slot = swp_offset(e);
    uint32_t *m = &a->map[slot];

    DEBUG_ASSERT(slot < a->max);
    spin_lock(&swap_lock);
    ASSERT(*m & (change == -1 ? SWAP_COUNT : SWAP_COUNT | SWAP_HAS_CACHE));
    *m += (uint32_t)change; /* there are fewer processes than it can count */
    if (!(*m & (SWAP_COUNT | SWAP_HAS_CACHE))) {
        a->in_use--;
        if (*m & SWAP_BROKEN) {
            a->pages--;
            nr_swap_total -= a->on;
        } else {
            *m = 0;
            cluster_update(a, slot, 1);
            nr_swap_free += a->on;
        }
    }
    spin_unlock(&swap_lock);
}

bool
swap_take(swp_entry_t e, bool take)
{
    struct swap_area *a = swap_area_of(e);
    uint64_t slot = swp_offset(e);
    bool ok;

    spin_lock(&swap_lock);
    ok = slot < a->max && (a->map[slot] & SWAP_COUNT) &&
         !(a->map[slot] & SWAP_HAS_CACHE);
    if (ok && take)
        a->map[slot] |= SWAP_HAS_CACHE;
    spin_unlock(&swap_lock);
    return ok;
}

/* --- swapon and swapoff.  All with swap_mutex held */

/* Make map and clusters for the header of bdev.  => -EINVAL: bad; -ENOMEM */
static int
init_slots(struct swap_area *a, const struct swap_header *h,
           const struct block_device *bdev)
{
    uint64_t max = (uint64_t)h->last_page + 1;
    uint64_t nr_clusters = DIV_ROUND_UP(max, SWAP_CLUSTER);
    size_t bytes =
        nr_clusters * sizeof(a->clusters[0]) + max * sizeof(a->map[0]);

    if (memcmp(h->magic, SWAP_MAGIC, SWAP_MAGIC_LEN) != 0 ||
        h->version != SWAP_VERSION || h->last_page == 0 ||
        max > bdev->nr_sectors / SECTORS_PER_PAGE ||
        h->nr_badpages > SWAP_MAX_BADPAGES)
        return -EINVAL;
    a->clusters = vmalloc(bytes);
    if (!a->clusters)
        return -ENOMEM;
    memset(a->clusters, 0, bytes);
    a->map = (uint32_t *)(a->clusters + nr_clusters); /* behind them */
    a->map[0] = SWAP_BROKEN;
    for (uint32_t i = 0; i < h->nr_badpages; i++)
        if (h->badpages[i] < max)
            a->map[h->badpages[i]] = SWAP_BROKEN;
    list_init(&a->clusters_free);
    a->pages = a->in_use = a->next = 0;
    for (uint64_t i = max; i-- > 0;) /* the first cluster comes first */
        if (!a->map[i]) {
            a->pages++;
            cluster_update(a, i, 1);
        }
    a->max = max;
    atomic_set(&a->cache.size, (int64_t)(max * PAGE_SIZE));
    return 0;
}

/* Let slots be taken from it, or not. */
static void
enable_area(struct swap_area *a, bool on)
{
    spin_lock(&swap_lock);
    a->on = on;
    /* Its cluster ends here: for the next slot all areas are compared. */
    last_area->next = ALIGN_UP(last_area->next, SWAP_CLUSTER);
    nr_swap_total += on ? a->pages : -a->pages;
    nr_swap_free += on ? a->pages - a->in_use : a->in_use - a->pages;
    spin_unlock(&swap_lock);
}

/* The area on bdev, or (NULL) one that is not in use; or NULL. */
static struct swap_area *
find_area(const struct block_device *bdev)
{
    for (unsigned i = 0; i < MAX_SWAP_AREAS; i++)
        if (swap_areas[i].cache.bdev == bdev)
            return &swap_areas[i];
    return NULL;
}

int
swap_on(struct block_device *bdev, uint32_t flags)
{
    int err, lowest = -1;
    struct swap_area *a;
    struct page *page;

    mutex_lock(&swap_mutex);
    a = find_area(NULL);
    err = a ? bd_claim(bdev, true) : -EPERM;
    if (err)
        goto unlock;
    invalidate_pages(bdev->mapping); /* it was written by another name */
    page = read_cache_page(bdev->mapping, 0);
    err = IS_ERR(page) ? (int)PTR_ERR(page)
                       : init_slots(a, page_address(page), bdev);
    if (!IS_ERR(page))
        put_page(page);
    if (err) {
        bd_release(bdev, true);
        goto unlock;
    }
    /* One that asks for none is below all that are there, as in Linux. */
    for (unsigned i = 0; i < MAX_SWAP_AREAS; i++)
        if (swap_areas[i].on)
            lowest = MIN(lowest, swap_areas[i].priority);
    a->priority = flags & SWAP_FLAG_PREFER ? (int)(flags & SWAP_FLAG_PRIO_MASK)
                                           : lowest - 1;
    a->cache.bdev = bdev;
    enable_area(a, true);
    printk("Adding %luk swap on /dev/%s.  Priority:%d", a->pages * KB_PER_PAGE,
           bdev->name, a->priority);
unlock:
    mutex_unlock(&swap_mutex);
    return err;
}

int
swap_off(struct block_device *bdev)
{
    struct swap_area *a;
    int err = -EINVAL;

    mutex_lock(&swap_mutex);
    a = find_area(bdev);
    if (a) {
        enable_area(a, false);
        err = swap_unuse(a);
        if (err) {
            enable_area(a, true);
        } else {
            a->cache.bdev = NULL;
            spin_lock(&swap_lock); /* read-ahead looks at max, then the map */
            a->max = 0;
            spin_unlock(&swap_lock);
            vfree(a->clusters); /* and the map */
            bd_release(bdev, true);
        }
    }
    mutex_unlock(&swap_mutex);
    return err;
}
