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
 * An anonymous object is its address_space and a count; a pointer to it stands
 * in vm_file, and shmem_vm_ops count the VMAs that have it.
 *
 * Interface: shmem_get_page for faults and writes, shmem_read_page for reads,
 * truncate_pages to make it shorter or empty, shmem_zero_setup for mmap.
 *
 * Invariants
 *   I1  A page is in the tree exactly as long as it is charged (ops->charge)
 *       and counted in NR_SHMEM.
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
 *   write-out: there is none.
 *
 * Locks: page lock > tree_lock; ops->charge takes a spinlock of its own.
 *
 * Not done: swapping, so what is here stays in RAM; all lookups that must
 * know of it are in this file (pagecache.h, I5).
 * See: Gorman, chapter 12.
 */
#include "vm/shmem.h"

#include "include/errno.h"
#include "lib/err.h"
#include "lib/macros.h"
#include "mm/slab.h"
#include "vm/pgtable.h"
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
    int err = m->ops->charge ? m->ops->charge(m, 1) : 0;
    struct page *page;

    if (err)
        return err;
    err = -ENOMEM;
    page = alloc_page(GFP_USER_MOVABLE | __GFP_ZERO);
    if (!page)
        goto uncharge;
    /* Nobody else knows the page, so this need not be atomic. */
    atomic_set(&page->flags, atomic_read(&page->flags) | BIT(PG_locked) |
                                 BIT(PG_uptodate) | BIT(PG_dirty) |
                                 BIT(PG_swapbacked));
    err = add_to_page_cache(m, page, index, GFP_KERNEL);
    if (err)
        goto put;
    zone_stat_add(page, NR_SHMEM, 1);
    lru_add(page);
    if (how == SHMEM_FAULT && index >= mapping_pages(m)) {
        remove_from_page_cache(page); /* truncated: see Races */
        unlock_page(page);
        put_page(page);
        return -EFAULT;
    }
    *out = page;
    return 0;
put:
    page_clear(page, PG_locked);
    put_page(page);
uncharge:
    if (m->ops->charge)
        m->ops->charge(m, -1);
    return err;
}

int
shmem_get_page(struct address_space *m, uint64_t index, enum shmem_how how,
               struct page **page)
{
    int err;

    do { /* ends: another's page stays until it is truncated */
        *page = find_lock_page(m, index);
        if (*page || how == SHMEM_FIND)
            return 0;
        err = add_page(m, index, how, page);
    } while (err == -EEXIST);
    return err;
}

struct page *
shmem_read_page(struct address_space *m, uint64_t index)
{
    struct page *page;
    int err = shmem_get_page(m, index, SHMEM_FIND, &page);

    if (err)
        return ERR_PTR(err);
    if (!page)
        return get_page(pfn_to_page(zero_pfn));
    unlock_page(page);
    return page;
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
    static const struct address_space_ops ops = {
        .release_page = shmem_release_page,
    };
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
