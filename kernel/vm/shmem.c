/* SPDX-License-Identifier: MIT */
/*
 * shmem.c - shared memory: an address_space whose pages belong to no disk.
 *
 * What: mmap(MAP_SHARED | MAP_ANONYMOUS), mmap of /dev/zero, and the data of
 * tmpfs files are all one thing.  A page comes zeroed when it is first written
 * or mapped, is found by everybody through the mapping's radix tree, as a
 * page of the page cache, and goes by truncation only.
 *
 * How: it is a file whose blocks are slots of swap areas, found when reclaim
 * wants to write a page and not before.  A page that was never written to may
 * be dropped, being zero; one that was is PG_dirty, gets a slot (add_to_swap),
 * is written and is then as clean as a file's.  When reclaim drops it the swap
 * entry takes its place in the tree, as a value with the low bit set; a page
 * that is added there takes entry and slot over and is read.  So finding,
 * reading, writing and dropping are the page cache's, and faults, rmap,
 * read(2), write(2) and exec need next to nothing of their own.
 *
 *      hole ---add---> zero, clean ---store---> dirty, no slot
 *        ^                 |                      | add_to_swap
 *        '-----reclaim-----'                      v
 *      entry <--reclaim-- clean, slot <--write-- dirty, slot
 *        '-------add-------->'   '-----store-------->'
 *
 * The pages are PG_swapbacked and lie on the anonymous LRU lists; they have no
 * tag for dirty, which keeps writeback away from them.
 *
 * An anonymous object is its address_space and a count; a pointer to it stands
 * in vm_file, and shmem_vm_ops count the VMAs that have it.
 *
 * Interface: shmem_get_page for faults and writes, read_cache_page for reads,
 * truncate_pages to make it shorter or empty, shmem_zero_setup for mmap.
 *
 * Invariants
 *   I1  What is in the tree, a page or an entry, is charged (ops->charge);
 *       the slots of pages and entries are counted in nr_swapped.
 *   I2  Behind the size there is no page but one of zeroes: of a write(2)
 *       under way or failed half-way, or of a fault or a swapoff that was late.
 *       Nobody can map it.
 *   I3  A shared PTE with W => PG_dirty: do_shared_fault sets both with the
 *       page locked, and reclaim cleans a page only when it is not mapped.
 *   I4  A mapping with a slot is on the list of swapped mappings, or pinned.
 *
 * Races
 *   two who miss the same page: one insert fails with -EEXIST; the other's is
 *       found, and waited for.
 *   a fault and a truncation: the size is lowered first, then the tree is
 *       emptied until it is seen empty under tree_lock.  What is added later
 *       found no entry, so it is zero (I2).
 *   a swap-out and a truncation: the page lock; when it is free, either the
 *       page is gone, or truncation has a reference that keeps it.
 *
 * Locks: page lock > tree_lock > ops->charge's spinlock, swap_lock.
 *
 * See: swap_cache.c; Gorman, chapter 12.
 */
#include "vm/shmem.h"

#include "mm/slab.h"
#include "sched/timer.h"
#include "vm/vma.h"

enum { DROP_BATCH = 64 };

struct shmem_object {
    atomic32_t count;  /* (a) VMAs, and mmap while it is made */
    int64_t committed; /* (c) pages promised: limits.c */
    struct address_space data;
};

/* --- Pages */

struct page *
shmem_get_page(struct address_space *m, uint64_t index)
{
    struct page *page;

    do { /* ends: what was found and is gone is not found again */
        bool out = shmem_swap_entry(m, index).val;

        page = lock_page_at(m, index, find_get_page(m, index),
                            out ? 1UL << vm_page_cluster : 1, GFP_USER_MOVABLE);
    } while (page == ERR_PTR(-EAGAIN));
    /* Slots run short: keep no copy there needlessly. */
    if (!IS_ERR(page) && free_swap_pages() * 2 < total_swap_pages())
        try_to_free_swap(page);
    return page;
}

void *
shmem_find_next(struct address_space *m, uint64_t *index)
{
    void *item;

    spin_lock(&m->tree_lock);
    item = radix_tree_find(&m->pages, index, RADIX_PRESENT);
    spin_unlock(&m->tree_lock);
    return item;
}

swp_entry_t
shmem_swap_entry(struct address_space *m, uint64_t index)
{
    uint64_t at = index;
    void *item = shmem_find_next(m, &at);

    return item_to_swp_entry(at == index ? item : NULL);
}

/* What is not empty is looked at once more, so the lock may go now and then. */
bool
shmem_drop_swapped(struct address_space *m, uint64_t first)
{
    uint64_t seen = 0;
    void *item;

    spin_lock(&m->tree_lock);
    for (; (item = radix_tree_find(&m->pages, &first, RADIX_PRESENT));
         first++) {
        if (++seen % DROP_BATCH == 0) {
            spin_unlock(&m->tree_lock);
            spin_lock(&m->tree_lock);
            item = radix_tree_lookup(&m->pages, first);
        }
        if (!radix_is_exceptional(item))
            continue;
        radix_tree_delete(&m->pages, first);
        m->nr_swapped--;
        swap_update(item_to_swp_entry(item), SWAP_RELEASE);
        if (m->ops->charge)
            m->ops->charge(m, -1);
    }
    spin_unlock(&m->tree_lock);
    return seen > 0;
}

/* --- swapoff */

/* Let page `index` give its slot up, if that is of the area. */
static int
unuse_page(struct address_space *m, uint64_t index, const struct swap_area *a)
{
    struct page *page =
        lock_page_at(m, index, find_get_page(m, index), 1, GFP_SWAPOFF);
    swp_entry_t e;

    if (IS_ERR(page)) /* if it has just gone, so has its slot */
        return page == ERR_PTR(-EAGAIN) ? 0 : (int)PTR_ERR(page);
    e = page_swap_entry(page);
    if (e.val && swap_area_of(e) == a) {
        wait_on_page_writeback(page);
        try_to_free_swap(page);
    }
    unlock_page(page);
    put_page(page);
    return 0;
}

int
shmem_unuse(const struct swap_area *a)
{
    uint64_t start = clock_ticks();
    struct address_space *m;
    int err = 0;

    while (!err && (m = take_mapping(&swapped_mappings, start))) {
        uint64_t index = 0;
        void *item;

        for (; !err && (item = shmem_find_next(m, &index)); index++) {
            swp_entry_t e = item_to_swp_entry(item);

            if (!e.val || swap_area_of(e) == a)
                err = unuse_page(m, index, a);
        }
        unpin_mapping(m);
    }
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
    close_mapping(&s->data);
    vm_commit(-s->committed, 0);
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
    int64_t pages = (int64_t)DIV_ROUND_UP(args->len, PAGE_SIZE);
    bool promised =
        !(args->flags & MAP_NORESERVE) || overcommit.mode == OVERCOMMIT_NEVER;

    if (!s)
        return -ENOMEM;
    s->committed = promised ? pages : 0;
    if (!vm_commit(s->committed, 0)) {
        vm_commit(-s->committed, 0);
        kfree(s);
        return -ENOMEM;
    }
    atomic_set(&s->count, 1);
    address_space_init(&s->data, NULL, &ops, NULL, AS_SHMEM);
    atomic_set(&s->data.size, pages * PAGE_SIZE);
    args->file = (struct file *)s;
    args->mapping = &s->data;
    args->vm_ops = &shmem_vm_ops;
    args->pgoff = 0;
    return 0;
}
