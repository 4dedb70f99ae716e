/* SPDX-License-Identifier: MIT */
/*
 * shmem.c - shared memory: an address_space whose pages belong to no disk.
 *
 * What: mmap(MAP_SHARED | MAP_ANONYMOUS), mmap of /dev/zero, and the data of
 * tmpfs files are all one thing.  A page comes zeroed when it is first written
 * or mapped, is found by everybody through the mapping's radix tree, as a
 * page of the page cache, and goes by truncation only.
 *
 * How: the pages are PG_swapbacked, PG_uptodate and PG_dirty from birth to
 * death, and lie on the anonymous LRU lists.  Being dirty keeps the page cache
 * from dropping them; having no dirty tag keeps writeback away.  Faults, rmap,
 * read(2), write(2) and exec then need next to nothing of their own.
 *
 * Reclaim moves a page into the swap cache (shmem_swap_out): its place in the
 * tree then holds the swap entry, as a value with the low bit set, and counts
 * as a holder of the slot.  Who needs the page moves it back.
 *
 * An anonymous object is its address_space and a count; a pointer to it stands
 * in vm_file, and shmem_vm_ops count the VMAs that have it.
 *
 * Interface: shmem_get_page for faults, writes and reads, truncate_pages to
 * make it shorter or empty, shmem_zero_setup for mmap.
 *
 * Invariants
 *   I1  What is in the tree, a page or an entry, is charged (ops->charge);
 *       pages are counted in NR_SHMEM and nr_pages, entries in nr_swapped.
 *   I2  Behind the size there is no page but one of a write(2) under way, or
 *       of one that failed half-way: that is zero, and nobody can map it.
 *
 * Races
 *   two who miss the same page: one insert fails with -EEXIST; its page is
 *       given back and the other's is found.
 *   a fault and a truncation: the size is lowered first, then the tree is
 *       emptied.  A page that is inserted before its turn is taken out again;
 *       one that comes later sees the new size, since both hold tree_lock
 *       between, and the fault takes it out itself (add_page).
 *   a swap-in and a truncation: the same, by the same check.
 *   two who bring the same page in: both get the swap cache's page; the second
 *       has its lock when it is in the tree and finds it there.
 *   a swap-out and a truncation: the page lock; when it is free, either the
 *       page is gone or the entry is in its place.
 *
 * Locks: page lock > tree_lock; ops->charge takes a spinlock of its own.
 *
 * Not done: a page that comes back gives its slot up, so one that is only read
 * is written again when it leaves.
 * See: swap_cache.c; Gorman, chapter 12.
 */
#include "vm/shmem.h"

#include "lib/err.h"
#include "mm/slab.h"
#include "sched/timer.h"
#include "vm/reclaim.h"

struct shmem_object {
    atomic32_t count; /* (a) VMAs, and mmap while it is made */
    struct address_space data;
};

void
shmem_init(struct address_space *m, struct inode *host,
           const struct address_space_ops *ops)
{
    address_space_init(m, host, ops, NULL);
    atomic_set(&m->flags, AS_SHMEM);
}

/* --- Pages */

void
shmem_release_page(struct page *page)
{
    struct address_space *m = page->mapping;

    zone_stat_add(page, NR_SHMEM, -1);
    if (m->ops->charge)
        m->ops->charge(m, -1);
}

/* => as shmem_get_page; -EEXIST: somebody was faster */
static int
add_page(struct address_space *m, uint64_t index, enum shmem_how how,
         struct page **out)
{
    uint64_t bits = BIT(PG_uptodate) | BIT(PG_dirty) | BIT(PG_swapbacked);
    int err = m->ops->charge ? m->ops->charge(m, 1) : 0;
    struct page *page;

    if (err)
        return err;
    page = add_new_page(m, index, GFP_USER_MOVABLE | __GFP_ZERO, bits);
    if (IS_ERR(page)) {
        if (m->ops->charge)
            m->ops->charge(m, -1);
        return (int)PTR_ERR(page);
    }
    zone_stat_add(page, NR_SHMEM, 1);
    if (how == SHMEM_FAULT && index >= mapping_pages(m)) {
        remove_from_page_cache(page); /* truncated: see Races */
        unlock_page(page);
        put_page(page);
        return -EFAULT;
    }
    *out = page;
    return 0;
}

/* --- Swap */

static void *
entry_to_item(swp_entry_t e)
{
    return (void *)(uintptr_t)(e.val << 1 | 1);
}

swp_entry_t
shmem_swap_entry(struct address_space *m, uint64_t index)
{
    void *item;

    spin_lock(&m->tree_lock);
    item = radix_tree_lookup(&m->pages, index);
    spin_unlock(&m->tree_lock);
    return (swp_entry_t){radix_is_exceptional(item) ? (uintptr_t)item >> 1 : 0};
}

bool
shmem_swap_out(struct page *page)
{
    struct address_space *m = page->mapping;
    swp_entry_t e;
    bool unused;

    if (!add_to_swap(page))
        return false;
    e.val = page->private;
    note_swapped_mapping(m); /* while the page keeps it */
    spin_lock(&m->tree_lock);
    /* The tree's reference, the swap cache's, the caller's. */
    unused = atomic_read(&page->refcount) == 3;
    if (unused) {
        swap_dup(e);
        radix_tree_replace(&m->pages, page->index, entry_to_item(e));
        m->nr_pages--;
        m->nr_swapped++;
        page->mapping = NULL;
    }
    spin_unlock(&m->tree_lock);
    if (!unused) {
        delete_from_swap_cache(page);
        return false;
    }
    zone_stat_add(page, NR_SHMEM, -1);
    zone_stat_add(page, NR_FILE_PAGES, -1);
    put_page(page);
    return true;
}

/*
 * Move a locked page of the swap cache into the tree, in the place of e.
 * => refs: the tree takes its own; false: e is not there any more
 */
static bool
replace_entry(struct address_space *m, uint64_t index, swp_entry_t e,
              struct page *page)
{
    bool ours;

    wait_on_page_writeback(page);
    spin_lock(&m->tree_lock);
    ours = radix_tree_lookup(&m->pages, index) == entry_to_item(e);
    if (ours) {
        page->mapping = m;
        page->index = index;
        radix_tree_replace(&m->pages, index, get_page(page));
        m->nr_pages++;
        m->nr_swapped--;
    }
    spin_unlock(&m->tree_lock);
    if (!ours)
        return false;
    zone_stat_add(page, NR_SHMEM, 1);
    zone_stat_add(page, NR_FILE_PAGES, 1);
    swap_free(e);
    delete_from_swap_cache(page);
    page_set(page, PG_dirty);
    return true;
}

/*
 * Bring the page of e back to index.
 * => as shmem_get_page; -EAGAIN: look again, something changed
 */
static int
swap_in(struct address_space *m, uint64_t index, swp_entry_t e, gfp_t gfp,
        struct page **out)
{
    struct page *page;
    bool major;
    int err = -EAGAIN;

    page = swap_lock_page(e, gfp, &major);
    if (IS_ERR(page))
        return shmem_swap_entry(m, index).val == e.val ? (int)PTR_ERR(page)
                                                       : -EAGAIN;
    if (replace_entry(m, index, e, page)) {
        if (index < mapping_pages(m)) {
            *out = page;
            return 0;
        }
        remove_from_page_cache(page); /* truncated: see Races */
        err = -EFAULT;
    }
    unlock_page(page);
    put_page(page);
    return err;
}

uint64_t
shmem_drop_swapped(struct address_space *m, uint64_t first)
{
    uint64_t dropped = 0;

    for (uint64_t index = first;; index++) {
        swp_entry_t e = {0};
        void *item;

        spin_lock(&m->tree_lock);
        item = radix_tree_find(&m->pages, &index, RADIX_PRESENT);
        if (radix_is_exceptional(item)) {
            e.val = (uintptr_t)radix_tree_delete(&m->pages, index) >> 1;
            m->nr_swapped--;
        }
        spin_unlock(&m->tree_lock);
        if (!item)
            return dropped;
        if (!e.val)
            continue;
        free_swap_and_cache(e);
        if (m->ops->charge)
            m->ops->charge(m, -1);
        dropped++;
    }
}

/* Bring back what m has in the area.  -ENOMEM, -EINTR, -EIO */
static int
unuse_mapping(struct address_space *m, unsigned type)
{
    for (uint64_t index = 0;; index++) {
        swp_entry_t e = {0};
        struct page *page;
        void *item;
        int err;

        spin_lock(&m->tree_lock);
        item = radix_tree_find(&m->pages, &index, RADIX_PRESENT);
        if (radix_is_exceptional(item))
            e.val = (uintptr_t)item >> 1;
        spin_unlock(&m->tree_lock);
        if (!item)
            return 0;
        if (!e.val || swp_type(e) != type)
            continue;
        err = swap_in(m, index, e, GFP_SWAPOFF, &page);
        if (!err) {
            unlock_page(page);
            put_page(page);
        } else if (err != -EAGAIN && err != -EFAULT) {
            return err;
        }
    }
}

int
shmem_unuse(unsigned type)
{
    uint64_t start = clock_ticks();
    struct address_space *m;
    int err = 0;

    while (!err && (m = next_swapped_mapping(start))) {
        err = unuse_mapping(m, type);
        if (READ_ONCE(m->nr_swapped) > 0)
            note_swapped_mapping(m); /* in another area, or just now */
        unpin_mapping(m);
    }
    return err;
}

/* --- Finding */

int
shmem_get_page(struct address_space *m, uint64_t index, enum shmem_how how,
               struct page **page)
{
    swp_entry_t e;
    int err;

    do { /* ends: another's page stays until it is truncated or swapped out */
        *page = find_lock_page(m, index);
        if (*page)
            return 0;
        e = shmem_swap_entry(m, index);
        if (e.val)
            err = swap_in(m, index, e, GFP_USER_MOVABLE, page);
        else if (how == SHMEM_FIND)
            return 0;
        else
            err = add_page(m, index, how, page);
        if (err == -EFAULT && how != SHMEM_FAULT)
            err = -EAGAIN; /* it has been dropped: as if it had not been */
    } while (err == -EEXIST || err == -EAGAIN);
    return err;
}

/* --- Anonymous objects */

static void
object_open(struct file *file)
{
    atomic_inc(&((struct shmem_object *)file)->count);
}

static void
object_close(struct file *file)
{
    struct shmem_object *s = (struct shmem_object *)file;

    if (!atomic_dec_and_test(&s->count))
        return;
    truncate_pages(&s->data, 0);
    writeback_forget(&s->data); /* swapoff may have it */
    address_space_destroy(&s->data);
    kfree(s);
}

const struct vm_operations shmem_vm_ops = {
    .open = object_open,
    .close = object_close,
};

int
shmem_zero_setup(struct mmap_args *args)
{
    static const struct address_space_ops ops = {.charge = NULL};
    struct shmem_object *s = kmalloc(sizeof(*s), GFP_KERNEL);

    if (!s)
        return -ENOMEM;
    atomic_set(&s->count, 1);
    shmem_init(&s->data, NULL, &ops);
    atomic_set(&s->data.size, (int64_t)ALIGN_UP(args->len, PAGE_SIZE));
    args->file = (struct file *)s;
    args->mapping = &s->data;
    args->vm_ops = &shmem_vm_ops;
    args->pgoff = 0;
    return 0;
}
