/* SPDX-License-Identifier: MIT */
/*
 * inode.c - the inode cache.
 *
 * An inode is in memory as long as somebody uses it: the dentries of its names,
 * and through them open files.  So the dentry cache is the inode cache as well;
 * the hash by (super block, number) only sees to it that there is one struct
 * for one inode on disk.  Inodes of pipes and procfs are not hashed.
 *
 *   iget_locked --> I_NEW --> in use --last iput--> I_FREEING --> freed
 *                     |                             written, or deleted on disk
 *                     +--(bad)--> freed             if it has no name
 *
 * Whoever has changed an inode copies its fields into its metadata block, a page
 * of the partition's mapping, at once (inode_touch): so an inode is never older
 * there than in memory, and only pages are ever dirty.  What has to agree with
 * other metadata (size, blocks, links) is copied before the journal handle is
 * closed: behind it the file system may have been made read-only.
 *
 * I_FREEING stands from the last iput() to the end: its dirty data is being
 * written, or its blocks freed.  Who wants the number meanwhile waits; a second
 * struct for it would read what is not on the disk yet, or not free yet.
 *
 * Interface: iget_locked, then iget_done; new_inode, insert_inode_hash; iget,
 * iput; inode_touch; wait_for_inodes and next_orphan at the end of a file
 * system.
 *
 * Invariants
 *   I1  Under inode_lock, an inode found in the hash without I_FREEING may be
 *       given out; with it, it is going and whoever wants its number waits.
 *   I2  An inode is freed without pages: so page->mapping stays valid as long
 *       as a page is in its tree.
 *
 * Locks: inode_lock (RANK_INODE_HASH) guards hash, lists and state; i_lock the
 * times, and the copy in the metadata block, so that who comes last has seen
 * all there is.  evict is called with neither.  A last iput() may
 * write, delete and wait: never under SCOPE_NOFS, and in reclaim only when
 * there seems to be nothing to write (dcache.c).
 */
#include "fs/fs.h"

#include "lib/err.h"
#include "lib/hash.h"
#include "mm/slab.h"
#include "sched/task.h"
#include "sched/timer.h"

enum { INODE_HASH_BITS = 8 };

static struct spinlock inode_lock = SPINLOCK_INIT(RANK_INODE_HASH, "inodes");
static struct hlist_head inode_hash[1 << INODE_HASH_BITS];
static struct wait_queue inode_wait = WAIT_QUEUE_INIT(inode_wait);

/* --- Making, finding, freeing */

struct inode *
new_inode(struct super_block *sb)
{
    static atomic64_t last_ino;
    struct inode *inode =
        kmem_cache_alloc(sb->type->inode_cache, GFP_KERNEL | __GFP_ZERO);

    if (!inode)
        return NULL;
    /* For those that have no other number. */
    inode->ino = (uint64_t)atomic_inc_return(&last_ino);
    inode->sb = sb;
    inode->nlink = 1;
    atomic_set(&inode->count, 1);
    mutex_init(&inode->lock, RANK_INODE, "inode");
    spin_init(&inode->i_lock, RANK_INODE_STATE, "i_lock");
    address_space_init(&inode->data, inode, NULL, sb->bdev);
    inode->mapping = &inode->data;
    if (sb->ops->init_inode)
        sb->ops->init_inode(inode);
    spin_lock(&inode_lock);
    list_add(&inode->sb_link, &sb->inodes);
    spin_unlock(&inode_lock);
    return inode;
}

/*
 * Take it off all lists and free it.
 * => inode_lock held, and released; it has no pages, and nobody uses it
 */
static void
free_inode_locked(struct inode *inode)
{
    /* Off its list, the super block may go at once. */
    const struct file_system_type *type = inode->sb->type;

    hlist_del_init(&inode->hash_link);
    list_del(&inode->sb_link);
    spin_unlock(&inode_lock);
    wake_up_all(&inode_wait);
    address_space_destroy(&inode->data);
    if (type->ops->free_inode)
        type->ops->free_inode(inode);
    kfree(inode->private);
    kmem_cache_free(type->inode_cache, inode);
}

/* Sleep until an inode changes its state.  => inode_lock dropped meanwhile */
static void
wait_locked(void)
{
    struct wait_entry wait;

    wait_entry_init(&wait);
    prepare_to_wait(&inode_wait, &wait, TASK_UNINTERRUPTIBLE);
    spin_unlock(&inode_lock);
    schedule();
    finish_wait(&inode_wait, &wait);
    spin_lock(&inode_lock);
}

static struct hlist_head *
bucket_of(struct super_block *sb, uint64_t ino)
{
    return &inode_hash[hash_64((uint64_t)sb ^ ino * 31, INODE_HASH_BITS)];
}

void
insert_inode_hash(struct inode *inode)
{
    spin_lock(&inode_lock);
    hlist_add_head(&inode->hash_link, bucket_of(inode->sb, inode->ino));
    spin_unlock(&inode_lock);
}

struct inode *
iget_locked(struct super_block *sb, uint64_t ino)
{
    /* The dentry cache is asked first, so it will hardly be here. */
    struct inode *fresh = new_inode(sb), *inode;

    if (!fresh)
        return NULL;
    fresh->ino = ino;
    fresh->state = I_NEW;
    spin_lock(&inode_lock);
retry: /* the inode that was found is there, or has gone, when we are woken */
    hlist_for_each_entry(inode, bucket_of(sb, ino), hash_link) {
        if (inode->ino != ino || inode->sb != sb)
            continue;
        if (inode->state & (I_NEW | I_FREEING)) {
            wait_locked();
            goto retry;
        }
        iget(inode);
        free_inode_locked(fresh);
        return inode;
    }
    hlist_add_head(&fresh->hash_link, bucket_of(sb, ino));
    spin_unlock(&inode_lock);
    return fresh;
}

struct inode *
iget_done(struct inode *inode, int err)
{
    spin_lock(&inode_lock);
    if (err) {
        free_inode_locked(inode);
        return ERR_PTR(err);
    }
    inode->state &= ~(uint32_t)I_NEW;
    spin_unlock(&inode_lock);
    wake_up_all(&inode_wait);
    return inode;
}

/* --- Changes */

void
inode_touch(struct inode *inode, unsigned which)
{
    struct timespec now = {0};
    struct page *page = NULL;

    if (which)
        now = current_time();
    spin_lock(&inode->i_lock);
    if (which & TOUCH_ATIME)
        inode->atime = now;
    if (which & TOUCH_MTIME)
        inode->mtime = now;
    if (which & TOUCH_CTIME)
        inode->ctime = now;
    if (inode->sb->ops->pack_inode && !(inode->sb->flags & SB_RDONLY))
        page = inode->sb->ops->pack_inode(inode);
    spin_unlock(&inode->i_lock);
    if (page)
        set_page_dirty(page);
}

/* --- The end of an inode */

void
iput(struct inode *inode)
{
    if (!inode)
        return;
    spin_lock(&inode_lock);
    ASSERT(atomic_read(&inode->count) > 0);
    if (!atomic_dec_and_test(&inode->count)) {
        spin_unlock(&inode_lock);
        return;
    }
    inode->state |= I_FREEING;
    spin_unlock(&inode_lock);

    if (inode->nlink > 0) { /* it stays on disk: what is dirty goes there */
        sync_mapping(&inode->data);
    } else if (inode->sb->ops->evict && !(inode->state & I_DELETED)) {
        DEBUG_ASSERT(!(current_thread()->scope & SCOPE_NOFS));
        inode->sb->ops->evict(inode);
    }
    truncate_pages(&inode->data, 0);
    writeback_forget(&inode->data);
    spin_lock(&inode_lock);
    free_inode_locked(inode);
}

void
wait_for_inodes(struct super_block *sb)
{
    spin_lock(&inode_lock);
    while (!list_empty(&sb->inodes))
        wait_locked();
    spin_unlock(&inode_lock);
}

struct inode *
next_orphan(struct super_block *sb)
{
    struct inode *inode, *found = NULL;

    spin_lock(&inode_lock);
retry: /* each round waits for one less */
    list_for_each_entry(inode, &sb->inodes, sb_link) {
        if (inode->nlink || inode->state & (I_NEW | I_DELETED))
            continue;
        if (inode->state & I_FREEING) {
            wait_locked(); /* it is just being deleted */
            goto retry;
        }
        inode->state |= I_DELETED;
        found = iget(inode);
        break;
    }
    spin_unlock(&inode_lock);
    return found;
}
