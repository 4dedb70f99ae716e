/* SPDX-License-Identifier: MIT */
/*
 * pagecache.c - finding, adding and removing pages of an address_space.
 *
 * A lookup takes its reference under tree_lock.  That is what lets
 * remove_page_if_unused() decide under the same lock that nobody has the
 * page: a count that is as low as the known references cannot rise any more.
 *
 * Interface, invariants and lock keys: pagecache.h.
 * See: DESIGN chapter "page cache"; Gorman, chapter 10.
 */
#include "vm/pagecache.h"

#include "lib/err.h"
#include "mm/slab.h"
#include "vm/reclaim.h"
#include "vm/shmem.h"

static struct kmem_cache *radix_node_cache;
static atomic64_t buffer_pages;

static struct radix_node *
alloc_radix_node(void)
{
    return kmem_cache_alloc(radix_node_cache, GFP_KERNEL);
}

static void
free_radix_node(struct radix_node *node)
{
    kmem_cache_free(radix_node_cache, node);
}

static const struct radix_ops page_tree_ops = {
    .alloc_node = alloc_radix_node,
    .free_node = free_radix_node,
};

void
pagecache_init(void)
{
    radix_node_cache =
        kmem_cache_create("radix_tree_node", sizeof(struct radix_node), 0,
                          SLAB_RECLAIMABLE, NULL);
    if (!radix_node_cache)
        panic("no memory for the radix tree nodes");
    page_lock_init();
}

void
address_space_init(struct address_space *m, struct inode *host,
                   const struct address_space_ops *ops,
                   struct block_device *bdev)
{
    static atomic64_t last;

    m->number = (uint64_t)atomic_inc_return(&last);
    m->host = host;
    m->ops = ops;
    m->bdev = bdev;
    atomic_set(&m->size, 0);
    spin_init(&m->tree_lock, RANK_TREE, "tree");
    radix_tree_init(&m->pages, &page_tree_ops);
    m->nr_pages = m->nr_swapped = 0;
    atomic_set(&m->flags, 0);
    atomic_set(&m->wb_error_seq, 0);
    rwsem_init(&m->i_mmap_lock, RANK_I_MMAP, "i_mmap");
    m->i_mmap = RB_ROOT_INIT;
    list_init(&m->dirty_link);
    m->dirtied_when = 0;
    m->wb_pins = 0;
}

void
address_space_destroy(struct address_space *m)
{
    ASSERT(m->nr_pages == 0 && m->nr_swapped == 0);
    ASSERT(!m->i_mmap.node);
    ASSERT(list_empty(&m->dirty_link));
}

uint64_t
nr_buffer_pages(void)
{
    return (uint64_t)atomic_read(&buffer_pages);
}

struct page *
find_get_page(struct address_space *m, uint64_t index)
{
    struct page *page;

    spin_lock(&m->tree_lock);
    page = radix_tree_lookup(&m->pages, index);
    if (radix_is_exceptional(page))
        page = NULL;
    if (page)
        get_page(page);
    spin_unlock(&m->tree_lock);
    return page;
}

struct page *
find_get_next(struct address_space *m, uint64_t *index, enum radix_tag tag)
{
    struct page *page;

    spin_lock(&m->tree_lock);
    while (radix_is_exceptional(page = radix_tree_find(&m->pages, index, tag)))
        ++*index;
    if (page)
        get_page(page);
    spin_unlock(&m->tree_lock);
    return page;
}

unsigned
find_get_pages(struct address_space *m, uint64_t first, uint64_t last,
               struct page **out)
{
    struct page *page;
    unsigned n = 0;

    spin_lock(&m->tree_lock);
    for (; first <= last; first++) {
        page = radix_tree_find(&m->pages, &first, RADIX_PRESENT);
        if (!page || first > last)
            break;
        if (!radix_is_exceptional(page))
            out[n++] = get_page(page);
    }
    spin_unlock(&m->tree_lock);
    return n;
}

struct page *
find_lock_page(struct address_space *m, uint64_t index)
{
    for (;;) {
        struct page *page = find_get_page(m, index);

        if (!page)
            return NULL;
        lock_page(page);
        if (page->mapping == m)
            return page;
        /* It was truncated while we waited; there may be a new one. */
        unlock_page(page);
        put_page(page);
    }
}

int
lock_mapped_page(struct address_space *m, struct page *page)
{
    lock_page(page);
    if (page->mapping == m && page->index < mapping_pages(m))
        return 0;
    unlock_page(page);
    return -EAGAIN;
}

int
cache_insert(struct address_space *m, uint64_t index, struct page *page,
             bool (*claim)(struct page *page, uint64_t arg), uint64_t arg)
{
    struct radix_preload pre = RADIX_PRELOAD_INIT(&page_tree_ops);
    int err;

retry: /* ends: the preload then holds what the insert asked for */
    spin_lock(&m->tree_lock);
    err = radix_tree_insert(&m->pages, index, page, &pre);
    if (!err && !claim(page, arg)) {
        radix_tree_delete(&m->pages, index);
        err = -ENOENT;
    }
    if (!err) {
        get_page(page); /* the cache's own */
        m->nr_pages++;
    }
    spin_unlock(&m->tree_lock);
    if (err == -EAGAIN && (err = radix_preload_fill(&pre)) == 0)
        goto retry;
    radix_preload_drop(&pre);
    return err;
}

/* arg: the mapping. */
static bool
claim_page(struct page *page, uint64_t arg)
{
    page->mapping = (struct address_space *)arg;
    return true;
}

struct page *
add_new_page(struct address_space *m, uint64_t index, gfp_t gfp, uint64_t bits)
{
    struct page *page = alloc_page(gfp);
    int err;

    if (!page)
        return ERR_PTR(-ENOMEM);
    /* Nobody else knows the page, so this need not be atomic. */
    atomic_set(&page->flags, atomic_read(&page->flags) | BIT(PG_locked) | bits);
    page->index = index;
    page->private = 0;
    err = cache_insert(m, index, page, claim_page, (uintptr_t)m);
    if (err) {
        page_clear(page, PG_locked);
        put_page(page);
        return ERR_PTR(err);
    }
    zone_stat_add(page, NR_FILE_PAGES, 1);
    if (atomic_read(&m->flags) & AS_BDEV)
        atomic_inc(&buffer_pages);
    lru_add(page);
    return page;
}

struct page *
grab_cache_page(struct address_space *m, uint64_t index)
{
    struct page *page;

    do {
        page = find_lock_page(m, index);
        if (!page)
            page = add_new_page(m, index, GFP_USER_MOVABLE, 0);
    } while (IS_ERR(page) && PTR_ERR(page) == -EEXIST);
    return page;
}

/*
 * Take a locked page out if it is unused: not dirty nor under writeback, with
 * so many references; or (refs 0) in any case.
 */
static bool
delete_page(struct page *page, int32_t refs)
{
    struct address_space *m = page->mapping;
    bool bdev = atomic_read(&m->flags) & AS_BDEV; /* m may be gone later */
    bool unused;

    spin_lock(&m->tree_lock);
    /* Metadata is dirtied without the page lock: here it ends for good. */
    if (refs == 0)
        clear_dirty_locked(m, page);
    unused = refs == 0 ||
             (atomic_read(&page->refcount) == refs &&
              !page_test(page, PG_dirty) && !page_test(page, PG_writeback));
    if (unused) {
        radix_tree_delete(&m->pages, page->index);
        m->nr_pages--;
        page->mapping = NULL;
    }
    spin_unlock(&m->tree_lock);
    if (!unused)
        return false;
    zone_stat_add(page, NR_FILE_PAGES, -1);
    if (bdev)
        atomic_dec(&buffer_pages);
    put_page(page);
    return true;
}

void
remove_from_page_cache(struct page *page)
{
    ASSERT(page_test(page, PG_locked));
    ASSERT(!page_test(page, PG_writeback));
    ASSERT(atomic_read(&page->mapcount) == 0);
    if (mapping_is_shmem(page->mapping))
        shmem_release_page(page);
    delete_page(page, 0);
}

bool
remove_page_if_unused(struct page *page, int32_t refs)
{
    return delete_page(page, refs);
}
