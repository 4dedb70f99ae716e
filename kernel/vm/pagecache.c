/* SPDX-License-Identifier: MIT */
/*
 * pagecache.c - finding, adding and removing pages of an address_space, and
 * the lock of a page.
 *
 * It serves files, block devices, shared memory and the caches of swap areas;
 * what differs between them is written down here, in insert_locked() and
 * delete_page(), and nowhere else.
 *
 * A lookup takes its reference under tree_lock.  That is what lets
 * remove_from_page_cache() decide under the same lock that nobody has the
 * page: a count that is as low as the known references cannot rise any more.
 *
 * Interface, invariants and lock keys: pagecache.h.
 * See: DESIGN chapter "page cache"; Gorman, chapter 10.
 */
#include "vm/swap.h"

#include "lib/hash.h"
#include "mm/slab.h"
#include "vm/reclaim.h"

enum { PAGE_WAIT_BITS = 6 };
static struct wait_queue page_waits[1 << PAGE_WAIT_BITS];
static struct kmem_cache *radix_node_cache;
atomic64_t buffer_pages;

static struct radix_node *
alloc_radix_node(uint32_t gfp)
{
    gfp &= __GFP_NORETRY | __GFP_NOWARN; /* that of its page: how hard to try */
    return kmem_cache_alloc(radix_node_cache, GFP_KERNEL | gfp);
}

static void
free_radix_node(struct radix_node *node)
{
    kmem_cache_free(radix_node_cache, node);
}

void
pagecache_init(void)
{
    static const struct radix_ops ops = {alloc_radix_node, free_radix_node};

    radix_ops = &ops;
    radix_node_cache =
        kmem_cache_create("radix_tree_node", sizeof(struct radix_node), 0,
                          SLAB_RECLAIMABLE, NULL);
    for (unsigned i = 0; i < ARRAY_SIZE(page_waits); i++)
        wait_queue_init(&page_waits[i]);
    for (unsigned i = 0; i < MAX_SWAP_AREAS; i++)
        address_space_init(&swap_areas[i].cache, NULL, NULL, NULL, AS_SWAP);
}

void
address_space_init(struct address_space *m, struct inode *host,
                   const struct address_space_ops *ops,
                   struct block_device *bdev, uint32_t flags)
{
    static atomic64_t last;

    memset(m, 0, sizeof(*m));
    m->number = (uint64_t)atomic_inc_return(&last);
    m->host = host;
    m->ops = ops;
    m->bdev = bdev;
    m->flags = flags;
    spin_init(&m->tree_lock, RANK_TREE, "tree");
    rwsem_init(&m->i_mmap_lock, RANK_I_MMAP);
    list_init(&m->dirty_link);
}

struct page *
find_get_page(struct address_space *m, uint64_t index)
{
    struct page *page;

    spin_lock(&m->tree_lock);
    page = radix_tree_lookup(&m->pages, index);
    page = page && !radix_is_exceptional(page) ? get_page(page) : NULL;
    spin_unlock(&m->tree_lock);
    return page;
}

struct page *
find_get_next(struct address_space *m, uint64_t *next, enum radix_tag tag)
{
    struct page *page;

    do { /* the lock is given up between entries: there may be a million */
        spin_lock(&m->tree_lock);
        page = radix_tree_find(&m->pages, next, tag);
        if (page && !radix_is_exceptional(page))
            get_page(page);
        spin_unlock(&m->tree_lock);
        *next += page != NULL;
    } while (radix_is_exceptional(page));
    return page;
}

unsigned
find_get_pages(struct address_space *m, uint64_t first, uint64_t last,
               struct page **out)
{
    struct page *page;
    unsigned n = 0;

    spin_lock(&m->tree_lock);
    while ((page = radix_tree_find(&m->pages, &first, RADIX_PRESENT)) &&
           first <= last) {
        if (!radix_is_exceptional(page))
            out[n++] = get_page(page);
        first++;
    }
    spin_unlock(&m->tree_lock);
    return n;
}

/* --- Adding */

/* A page came to m (1) or left it (-1).  => tree_lock held */
static void
count_page(struct address_space *m, struct page *page, int change)
{
    uint32_t flags = m->flags;

    m->nr_pages += (uint64_t)change;
    zone_stat_add(page, flags & AS_SWAP ? NR_SWAPCACHE : NR_FILE_PAGES, change);
    if (flags & AS_SHMEM)
        zone_stat_add(page, NR_SHMEM, change);
    else if (flags & AS_BDEV)
        atomic_add(&buffer_pages, change);
}

/* => as add_to_page_cache; -EAGAIN: pre has too few nodes */
static int
insert_locked(struct address_space *m, uint64_t index, struct page *page,
              struct radix_preload *pre)
{
    bool swap = m->flags & AS_SWAP;
    void *item = NULL;
    int err = 0;

    if (mapping_is_shmem(m) && m->nr_swapped > 0)
        item = radix_tree_lookup(&m->pages, index);
    if (radix_is_exceptional(item)) { /* it takes the slot over */
        radix_tree_replace(&m->pages, index, page);
        page->private = item_to_swp_entry(item).val;
        page_set(page, PG_swapcache);
    } else {
        err = radix_tree_insert(&m->pages, index, page, pre);
        if (err)
            return err;
        if (swap)
            err = swap_claim(m, swap_cache_entry(m, index), page);
        else if (m->ops->charge)
            err = m->ops->charge(m, 1);
        if (err) {
            radix_tree_delete(&m->pages, index);
            return err;
        }
    }
    if (!swap) { /* else it has an anon_vma, or will have one */
        page->mapping = m;
        page->index = index;
    }
    get_page(page); /* the cache's own */
    count_page(m, page, 1);
    return 0;
}

int
add_to_page_cache(struct address_space *m, uint64_t index, struct page *page,
                  gfp_t gfp)
{
    struct radix_preload pre = {0};
    int err;

retry: /* ends: the preload then holds what the insert asked for */
    spin_lock(&m->tree_lock);
    err = insert_locked(m, index, page, &pre);
    spin_unlock(&m->tree_lock);
    if (err == -EAGAIN && (err = radix_preload_fill(&pre, gfp)) == 0)
        goto retry;
    radix_preload_drop(&pre);
    return err;
}

struct page *
add_new_page(struct address_space *m, uint64_t index, gfp_t gfp)
{
    struct page *page = alloc_page(gfp);
    uint64_t bits = BIT(PG_locked);
    int err;

    if (!page)
        return ERR_PTR(-ENOMEM);
    if (m->flags & (AS_SWAP | AS_SHMEM))
        bits |= BIT(PG_swapbacked);
    if (m->flags & AS_SWAP)
        bits |= BIT(PG_anon);
    /* Nobody else knows the page, so this need not be atomic. */
    atomic_set(&page->flags, atomic_read(&page->flags) | bits);
    err = add_to_page_cache(m, index, page, gfp);
    if (err) {
        page_clear(page, PG_locked);
        put_page(page);
        return ERR_PTR(err);
    }
    lru_add(page);
    return page;
}

struct page *
grab_cache_page(struct address_space *m, uint64_t index)
{
    for (;;) { /* ends: what was found and is gone is not found again */
        struct page *page = find_get_page(m, index);

        if (!page) {
            page = add_new_page(m, index, GFP_USER_MOVABLE);
            if (IS_ERR(page) && PTR_ERR(page) == -EEXIST)
                continue; /* somebody was faster */
            return page;
        }
        lock_page(page);
        if (page->mapping == m)
            return page;
        /* It was truncated while we waited; there may be a new one. */
        unlock_page(page);
        put_page(page);
    }
}

/* --- Removing */

bool
remove_from_page_cache(struct page *page, int32_t refs)
{
    struct address_space *m = page_cache(page);
    bool shmem = mapping_is_shmem(m);

    ASSERT(page_test(page, PG_locked));
    ASSERT(refs || !page_test(page, PG_writeback));
    spin_lock(&m->tree_lock);
    if (!refs) {
        /* Metadata is dirtied without the page lock: here it ends for good. */
        clear_dirty_locked(m, page);
    } else if (atomic_read(&page->refcount) != refs ||
               (atomic_read(&page->flags) &
                (BIT(PG_dirty) | BIT(PG_writeback)))) {
        spin_unlock(&m->tree_lock);
        return false;
    }
    count_page(m, page, -1);
    if (refs && shmem && page_test(page, PG_swapcache)) {
        radix_tree_replace(&m->pages, page->index,
                           swp_entry_to_item(page_swap_entry(page)));
        page_clear(page, PG_swapcache);
    } else {
        radix_tree_delete(&m->pages, page_cache_index(page));
        if (page_test(page, PG_swapcache))
            swap_unclaim(m, page);
        if (shmem && m->ops->charge)
            m->ops->charge(m, -1);
    }
    if (!page_test(page, PG_anon))
        page->mapping = NULL;
    spin_unlock(&m->tree_lock); /* m may be gone after that */
    put_page(page);
    return true;
}

/* --- The page lock */

/*
 * The sleeping lock in page->flags, and waiting for writeback.
 *
 * There are far more pages than waiters, so the wait queues are hashed by
 * the page's address; a wakeup touches only the waiters of its page (the
 * key).  PG_waiters spares unlock_page() the look at the queue when nobody
 * waits.
 *
 * No wakeup is lost: a waiter 1. queues itself, 2. sets PG_waiters, 3. tests
 * the bit it waits for.  The waker 1. clears that bit, 2. clears PG_waiters,
 * 3. wakes the queue.  A waiter whose step 2 came before the waker's step 2
 * is queued and is woken; one that came later leaves PG_waiters set for the
 * next waker, or sees the bit clear in step 3.
 *
 * Locks: the bit lock has rank RANK_PAGE (data) or RANK_META_PAGE; several
 * data pages are locked in ascending index.  Not done: lockdep does not see
 * page locks, as they may be released by an interrupt.
 */
#define page_wait_queue(page)                                                  \
    (&page_waits[hash_64((uint64_t)(page), PAGE_WAIT_BITS)])

/* Is the bit clear?  take: and now ours. */
static inline bool
test_bit(struct page *page, enum page_flag bit, bool take)
{
    return take ? !page_test_and_set(page, bit) : !page_test(page, bit);
}

int
wait_on_page_bit(struct page *page, enum page_flag bit, uint32_t state,
                 bool take)
{
    struct wait_queue *q = page_wait_queue(page);
    struct wait_entry wait;
    int err = 0;

    if (test_bit(page, bit, take))
        return 0;
    wait_entry_init(&wait);
    wait.key = (uint64_t)page;
    while (!err) {
        prepare_to_wait(q, &wait, state);
        page_set(page, PG_waiters);
        if (test_bit(page, bit, take))
            break;
        if (wait_interrupted(state))
            err = -EINTR;
        else
            schedule();
    }
    finish_wait(q, &wait);
    return err;
}

void
clear_page_bit(struct page *page, enum page_flag bit)
{
    page_clear(page, bit);
    if (page_test_and_clear(page, PG_waiters))
        wake_up_key(page_wait_queue(page), (uint64_t)page, true);
}
