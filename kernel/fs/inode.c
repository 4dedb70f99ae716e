/* SPDX-License-Identifier: MIT */
/*
 * inode.c - the inode cache.
 *
 * Inodes are hashed by (super block, number).  The hash holds a reference of
 * its own, so an inode nobody uses has count 1 and lies on the unused list
 * until the shrinker, or umount, takes it; one whose last link is gone is
 * deleted at its last iput().
 *
 *   iget_locked: hit -> count + 1 (waits while I_NEW or I_FREEING)
 *                miss -> I_NEW, hashed, the caller reads it
 *   iput: last user: nlink == 0 -> I_FREEING, evict, free
 *                    else       -> unused list
 *
 * Invariants
 *   I1  Under inode_lock, an inode found in the hash without I_FREEING may be
 *       given out; with it, it is going and whoever wants its number waits.
 *   I2  A dirty inode is on the dirty list and is not dropped by the shrinker.
 *   I3  An inode is freed without pages: so page->mapping stays valid as long
 *       as a page is in its tree.
 *
 * A last iput() under SCOPE_NOFS, or in reclaim, that would have to delete
 * hands the inode to the iput thread: deleting writes metadata, which the scope
 * forbids, and waits.
 *
 * Locks: inode_lock (RANK_INODE_HASH) guards hash, lists and state; i_lock the
 * times.  evict and write_inode are called with neither.
 */
#include "fs/fs.h"

#include "fs/icache.h"
#include "include/errno.h"
#include "lib/assert.h"
#include "lib/hash.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "sched/kthread.h"
#include "sched/sched.h"
#include "sched/timer.h"

enum { INODE_HASH_BITS = 8, UNUSED_COUNT = 1 };

static struct spinlock inode_lock = SPINLOCK_INIT(RANK_INODE_HASH, "inodes");
static struct hlist_head inode_hash[1 << INODE_HASH_BITS];
static LIST_HEAD(unused_inodes); /* least recently used last */
static LIST_HEAD(dirty_inodes);  /* oldest first */
static LIST_HEAD(deferred_inodes);
static uint64_t nr_unused;
static struct wait_queue inode_wait = WAIT_QUEUE_INIT(inode_wait);
static struct wait_queue iput_wait = WAIT_QUEUE_INIT(iput_wait);

static struct hlist_head *
hash_bucket(struct super_block *sb, uint64_t ino)
{
    return &inode_hash[hash_64((uint64_t)sb ^ ino * 31, INODE_HASH_BITS)];
}

void
inode_init_once(struct inode *inode)
{
    memset(inode, 0, sizeof(*inode));
    mutex_init(&inode->lock, RANK_INODE, "inode");
    spin_init(&inode->i_lock, RANK_INODE_STATE, "i_lock");
    list_init(&inode->sb_link);
    list_init(&inode->lru_link);
    list_init(&inode->dirty_link);
    address_space_init(&inode->data, inode, NULL, NULL);
    inode->mapping = &inode->data;
}

static struct inode *
alloc_inode(struct super_block *sb)
{
    struct inode *inode = sb->ops->alloc_inode(sb);

    if (!inode)
        return NULL;
    inode->sb = sb;
    atomic_set(&inode->count, 1);
    inode->nlink = 1;
    inode->data.bdev = sb->bdev;
    return inode;
}

/* => ops: of its super block, which may be gone already */
static void
free_inode(struct inode *inode, const struct super_ops *ops)
{
    address_space_destroy(&inode->data);
    ops->free_inode(inode);
}

struct inode *
new_inode(struct super_block *sb)
{
    struct inode *inode = alloc_inode(sb);

    if (!inode)
        return NULL;
    spin_lock(&inode_lock);
    list_add(&inode->sb_link, &sb->inodes);
    spin_unlock(&inode_lock);
    return inode;
}

/* => inode_lock held */
static struct inode *
find_inode_locked(struct super_block *sb, uint64_t ino)
{
    struct inode *inode;

    hlist_for_each_entry(inode, hash_bucket(sb, ino), hash_link)
        if (inode->ino == ino && inode->sb == sb)
            return inode;
    return NULL;
}

/* => inode_lock held; refs: the hash's own */
static void
hash_inode_locked(struct inode *inode)
{
    atomic_inc(&inode->count);
    hlist_add_head(&inode->hash_link, hash_bucket(inode->sb, inode->ino));
}

void
insert_inode_hash(struct inode *inode)
{
    spin_lock(&inode_lock);
    hash_inode_locked(inode);
    spin_unlock(&inode_lock);
}

/* *inode: cached, referenced, or NULL.  => false: wait, it comes or goes */
static bool
try_find_get(struct super_block *sb, uint64_t ino, struct inode **inode)
{
    bool settled;

    spin_lock(&inode_lock);
    *inode = find_inode_locked(sb, ino);
    settled = !*inode || !((*inode)->state & (I_NEW | I_FREEING));
    if (*inode && settled)
        atomic_inc(&(*inode)->count);
    spin_unlock(&inode_lock);
    return settled;
}

struct inode *
iget_locked(struct super_block *sb, uint64_t ino)
{
    struct inode *inode, *fresh;

    for (;;) {
        wait_event(&inode_wait, try_find_get(sb, ino, &inode));
        if (inode)
            return inode;
        fresh = alloc_inode(sb);
        if (!fresh)
            return NULL;
        fresh->ino = ino;
        fresh->state = I_NEW;
        spin_lock(&inode_lock);
        if (!find_inode_locked(sb, ino)) {
            hash_inode_locked(fresh);
            list_add(&fresh->sb_link, &sb->inodes);
            spin_unlock(&inode_lock);
            return fresh;
        }
        spin_unlock(&inode_lock); /* somebody was faster */
        free_inode(fresh, sb->ops);
    }
}

void
unlock_new_inode(struct inode *inode)
{
    spin_lock(&inode_lock);
    inode->state &= ~(uint32_t)I_NEW;
    spin_unlock(&inode_lock);
    wake_up_all(&inode_wait);
}

/* => inode_lock held; afterwards nobody can find it */
static void
unlink_inode_locked(struct inode *inode)
{
    if (!hlist_unhashed(&inode->hash_link)) {
        hlist_del_init(&inode->hash_link);
        atomic_dec(&inode->count);
    }
    if (!list_empty(&inode->lru_link)) {
        list_del_init(&inode->lru_link);
        nr_unused--;
    }
    list_del_init(&inode->dirty_link);
    list_del_init(&inode->sb_link);
}

void
iget_failed(struct inode *inode)
{
    const struct super_ops *ops = inode->sb->ops;

    spin_lock(&inode_lock);
    unlink_inode_locked(inode);
    spin_unlock(&inode_lock);
    wake_up_all(&inode_wait);
    free_inode(inode, ops);
}

struct inode *
iget(struct inode *inode)
{
    atomic_inc(&inode->count);
    return inode;
}

/* I_FREEING is set: delete what it has on disk if it has no name, and free. */
static void
evict(struct inode *inode)
{
    const struct super_ops *ops = inode->sb->ops;

    if (inode->nlink > 0) { /* it stays on disk: what is dirty goes there */
        write_inode_now(inode);
        sync_mapping(&inode->data);
    } else if (ops->evict && !(inode->state & I_DELETED)) {
        ops->evict(inode);
    }
    truncate_pages(&inode->data, 0);
    writeback_forget(&inode->data);

    spin_lock(&inode_lock);
    unlink_inode_locked(inode);
    spin_unlock(&inode_lock);
    wake_up_all(&inode_wait);
    free_inode(inode, ops);
}

/* The last user has left.  => inode_lock held; true: evict it now */
static bool
last_put_locked(struct inode *inode)
{
    bool hashed = !hlist_unhashed(&inode->hash_link);

    if (hashed && inode->nlink > 0) {
        if (list_empty(&inode->lru_link)) {
            list_add(&inode->lru_link, &unused_inodes);
            nr_unused++;
        }
        return false;
    }
    inode->state |= I_FREEING;
    list_del_init(&inode->dirty_link); /* the flusher takes no reference now */
    if (hashed && (current_thread()->scope & (SCOPE_NOFS | SCOPE_MEMALLOC))) {
        list_add_tail(&inode->dirty_link, &deferred_inodes);
        return false;
    }
    return true;
}

void
iput(struct inode *inode)
{
    int32_t unused;
    bool freeing = false, deferred;

    if (!inode)
        return;
    spin_lock(&inode_lock);
    unused = hlist_unhashed(&inode->hash_link) ? 0 : UNUSED_COUNT;
    ASSERT(atomic_read(&inode->count) > unused);
    if (atomic_fetch_sub(&inode->count, 1) - 1 == unused)
        freeing = last_put_locked(inode);
    deferred = !freeing && (inode->state & I_FREEING);
    spin_unlock(&inode_lock);
    if (freeing)
        evict(inode);
    else if (deferred)
        wake_up_all(&iput_wait);
}

static void
iput_thread(void *arg)
{
    (void)arg;
    memalloc_scope_save(SCOPE_NOFS | SCOPE_MEMALLOC);
    for (;;) {
        struct inode *inode = NULL;

        wait_event(&iput_wait, !list_empty(&deferred_inodes));
        spin_lock(&inode_lock);
        if (!list_empty(&deferred_inodes)) {
            inode =
                list_first_entry(&deferred_inodes, struct inode, dirty_link);
            list_del_init(&inode->dirty_link);
        }
        spin_unlock(&inode_lock);
        if (inode)
            evict(inode);
    }
}

/* --- Dirty inodes */

void
mark_inode_dirty(struct inode *inode)
{
    if (!inode->sb->ops->write_inode || inode->sb->flags & SB_RDONLY)
        return;
    spin_lock(&inode_lock);
    if (!(inode->state & (I_DIRTY | I_FREEING))) {
        inode->state |= I_DIRTY;
        inode->dirtied_when = clock_ticks();
        if (list_empty(&inode->dirty_link))
            list_add_tail(&inode->dirty_link, &dirty_inodes);
    }
    spin_unlock(&inode_lock);
}

void
inode_touch(struct inode *inode, unsigned which)
{
    struct timespec now = current_time();

    spin_lock(&inode->i_lock);
    if (which & TOUCH_ATIME)
        inode->atime = now;
    if (which & TOUCH_MTIME)
        inode->mtime = now;
    if (which & TOUCH_CTIME)
        inode->ctime = now;
    spin_unlock(&inode->i_lock);
    mark_inode_dirty(inode);
}

/*
 * One writer at a time: a slower one would put older fields over ours, and
 * fsync must not return while the flusher has them in hand.
 * => false: another one is at it
 */
static bool
begin_write(struct inode *inode, bool *dirty)
{
    bool mine;

    spin_lock(&inode_lock);
    mine = !(inode->state & I_SYNC);
    *dirty = inode->state & I_DIRTY;
    if (mine && *dirty) {
        inode->state = (inode->state & ~(uint32_t)I_DIRTY) | I_SYNC;
        if (!(inode->state & I_FREEING))
            list_del_init(&inode->dirty_link);
    }
    spin_unlock(&inode_lock);
    return mine;
}

int
write_inode_now(struct inode *inode)
{
    bool dirty;
    int err;

    if (!inode->sb->ops->write_inode)
        return 0;
    wait_event(&inode_wait, begin_write(inode, &dirty));
    if (!dirty)
        return 0;
    err = inode->sb->ops->write_inode(inode);
    if (err) {
        atomic_fetch_or(&inode->data.flags, AS_EIO);
        atomic_inc(&inode->data.wb_error_seq);
    }
    spin_lock(&inode_lock);
    inode->state &= ~(uint32_t)I_SYNC;
    spin_unlock(&inode_lock);
    wake_up_all(&inode_wait);
    return err;
}

/* The oldest dirty inode, referenced, dirtied at or before `before` (0: any) */
static struct inode *
next_dirty_inode(uint64_t before)
{
    struct inode *inode = NULL;

    spin_lock(&inode_lock);
    if (!list_empty(&dirty_inodes)) {
        inode = list_first_entry(&dirty_inodes, struct inode, dirty_link);
        if (before && inode->dirtied_when > before)
            inode = NULL;
        else
            atomic_inc(&inode->count);
    }
    spin_unlock(&inode_lock);
    return inode;
}

static void
write_dirty_inodes(uint64_t before)
{
    uint64_t last = before ? before : clock_ticks();
    struct inode *inode;

    while ((inode = next_dirty_inode(last))) {
        write_inode_now(inode);
        iput(inode);
    }
}

int
sync_inodes(struct super_block *sb)
{
    (void)sb;
    write_dirty_inodes(0);
    return sync_all();
}

static const struct writeback_ops wb_ops = {
    .write_dirty_inodes = write_dirty_inodes,
};

/* --- Dropping unused inodes */

static bool
has_no_pages(struct inode *inode)
{
    bool none;

    /* With the lock: whoever removed the last page has left the tree. */
    spin_lock(&inode->data.tree_lock);
    none = inode->data.nr_pages == 0;
    spin_unlock(&inode->data.tree_lock);
    return none;
}

/*
 * The least recently used inode, claimed I_FREEING if it is clean and has no
 * pages; *kept: it was not and got another turn.
 */
static struct inode *
claim_unused_inode(bool *kept)
{
    struct inode *inode = NULL;

    *kept = false;
    spin_lock(&inode_lock);
    if (list_empty(&unused_inodes))
        goto out;
    inode = list_last_entry(&unused_inodes, struct inode, lru_link);
    if (atomic_read(&inode->count) > UNUSED_COUNT) {
        list_del_init(&inode->lru_link); /* in use again */
        nr_unused--;
        *kept = true;
    } else if (inode->state & (I_DIRTY | I_NEW | I_FREEING)) {
        list_move(&inode->lru_link, &unused_inodes);
        *kept = true;
    } else {
        atomic_inc(&inode->count); /* ours, while we look at its pages */
    }
out:
    spin_unlock(&inode_lock);
    return inode;
}

/* => true: freed.  refs: consumes ours */
static bool
drop_claimed_inode(struct inode *inode)
{
    bool drop;

    invalidate_pages(&inode->data);
    drop = has_no_pages(inode);
    spin_lock(&inode_lock);
    drop = drop && atomic_read(&inode->count) == UNUSED_COUNT + 1 &&
           !(inode->state & I_DIRTY) && inode->nlink > 0;
    if (drop) {
        atomic_dec(&inode->count);
        inode->state |= I_FREEING;
    } else if (!list_empty(&inode->lru_link)) {
        list_move(&inode->lru_link, &unused_inodes);
    }
    spin_unlock(&inode_lock);
    if (drop)
        evict(inode);
    else
        iput(inode); /* it may have lost its last name meanwhile */
    return drop;
}

static uint64_t
count_unused_inodes(void)
{
    return current_thread()->scope & SCOPE_NOFS ? 0 : nr_unused;
}

static uint64_t
scan_unused_inodes(uint64_t nr)
{
    uint64_t freed = 0;

    if (current_thread()->scope & SCOPE_NOFS)
        return 0;
    while (nr-- > 0) {
        bool kept;
        struct inode *inode = claim_unused_inode(&kept);

        if (!inode)
            break;
        if (!kept)
            freed += drop_claimed_inode(inode);
    }
    return freed;
}

static struct shrinker inode_shrinker = {
    .name = "inodes",
    .count = count_unused_inodes,
    .scan = scan_unused_inodes,
};

int
evict_inodes(struct super_block *sb)
{
    for (;;) {
        struct inode *inode;

        spin_lock(&inode_lock);
        if (list_empty(&sb->inodes)) {
            spin_unlock(&inode_lock);
            return 0;
        }
        inode = list_first_entry(&sb->inodes, struct inode, sb_link);
        if (atomic_read(&inode->count) > UNUSED_COUNT ||
            inode->state & (I_NEW | I_FREEING)) {
            spin_unlock(&inode_lock);
            return -EBUSY; /* in use, or somebody else is evicting it */
        }
        inode->state |= I_FREEING;
        list_del_init(&inode->dirty_link);
        spin_unlock(&inode_lock);
        evict(inode);
    }
}

/* *out: as next_orphan().  => false: wait, some are going by themselves */
static bool
find_orphan(struct super_block *sb, struct inode **out)
{
    struct inode *inode, *found = NULL;
    bool going = false;

    spin_lock(&inode_lock);
    list_for_each_entry(inode, &sb->inodes, sb_link) {
        if (inode->nlink || inode->state & (I_NEW | I_DELETED))
            continue;
        if (inode->state & I_FREEING)
            going = true;
        else
            found = inode;
    }
    if (found) {
        found->state |= I_DELETED;
        atomic_inc(&found->count);
    }
    spin_unlock(&inode_lock);
    *out = found;
    return found || !going;
}

struct inode *
next_orphan(struct super_block *sb)
{
    struct inode *inode;

    wait_event(&inode_wait, find_orphan(sb, &inode));
    return inode;
}

void
inode_cache_init(void)
{
    shrinker_register(&inode_shrinker);
    writeback_register(&wb_ops);
}

void
inode_threads_start(void)
{
    if (!kthread_run("kiput", iput_thread, NULL))
        panic("cannot start the iput thread");
}
