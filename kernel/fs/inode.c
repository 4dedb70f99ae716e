/* SPDX-License-Identifier: MIT */
/*
 * inode.c - the inode cache; owner, mode, times and size of an inode.
 *
 * An inode is in memory as long as somebody uses it: the dentries of its names,
 * and through them open files.  So the dentry cache is the inode cache as well;
 * the hash by (super block, number) only sees to it that there is one struct
 * for one inode on disk.  Inodes of pipes, tmpfs and procfs are not hashed.
 *
 *   find_get_inode --> count 0 --> in use --last iput--> count 0 --> freed
 *                    being read      ^             written, or deleted on disk
 *                         |          |             if it has no name
 *                    bad: freed      +-- new_inode, insert_inode_hash
 *
 * Whoever has changed an inode copies its fields into its metadata block, a
 * page of the partition's mapping, at once (inode_touch): so an inode is never
 * older there than in memory, and only pages are ever dirty.  What has to agree
 * with other metadata (size, blocks, links) is copied before the journal handle
 * is closed: behind it the file system may have been made read-only.
 *
 * From the last iput() to the end its dirty data is being written, or its
 * blocks freed.  Who wants the number meanwhile waits; a second struct for it
 * would read what is not on the disk yet, or not free yet.
 *
 * Interface: find_get_inode; new_inode, insert_inode_hash; ihold, iput;
 * inode_touch, inode_data_changed; wait_for_inodes and evict_orphans at the end
 * of a file system; inode_permission, may_change_dir before an access;
 * inode_init_owner for a new inode; vfs_truncate.
 *
 * Invariants
 *   I1  An inode in the hash may be given out if it has a reference; if not
 *       it is coming or going, and whoever wants its number waits.
 *   I2  An inode is freed without pages: so page->mapping stays valid as long
 *       as a page is in its tree.
 *   I3  An inode that has no number (0) is deleted on disk, once and for all.
 *
 * Locks: inode_lock (RANK_INODE_HASH) guards the hash, and an inode comes or
 * goes under it; its last reference is dropped without.  i_lock guards the
 * times, and the copy in the metadata block, so that who comes last has seen
 * all there is.  The inode's own lock is the caller's; reading the mode takes
 * none.  evict is called with nothing held.  A last iput() may write, delete
 * and wait: never under SCOPE_NOFS, and in reclaim only when there seems to be
 * nothing to write (dcache.c).
 *
 * Not done: capabilities (uid 0 has all), ACLs, quotas.
 */
#include "fs/fs.h"

#include "lib/hash.h"
#include "mm/slab.h"
#include "sched/task.h"
#include "sched/timer.h"

enum { INODE_HASH_BITS = 8 };

static struct spinlock inode_lock = SPINLOCK_INIT(RANK_INODE_HASH, "inodes");
static struct list_head inode_hash[1 << INODE_HASH_BITS];
static struct wait_queue inode_wait = WAIT_QUEUE_INIT(inode_wait);

/* --- Making, finding, freeing */

void
inode_init(void)
{
    list_init_all(inode_hash);
}

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
    list_init(&inode->hash_link);
    atomic_set(&inode->count, 1);
    mutex_init(&inode->lock, RANK_INODE);
    spin_init(&inode->i_lock, RANK_INODE_STATE, "i_lock");
    address_space_init(&inode->data, inode, NULL, sb->bdev, 0);
    inode->mapping = &inode->data;
    atomic_inc(&sb->nr_inodes);
    return inode;
}

/* => it has no pages, and nobody uses it */
static void
free_inode(struct inode *inode)
{
    const struct file_system_type *type = inode->sb->type;

    if (type->free_inode)
        type->free_inode(inode);
    kfree(inode->private);
    spin_lock(&inode_lock);
    list_del_init(&inode->hash_link);
    spin_unlock(&inode_lock);
    /* The last one; from here on the super block may go at once. */
    atomic_fetch_sub(&inode->sb->nr_inodes, 1);
    wake_up_all(&inode_wait);
    kmem_cache_free(type->inode_cache, inode);
}

/*
 * Sleep until an inode has come or gone.  Whoever lets it come or go takes
 * inode_lock for that, so it cannot be between our look at it and our sleep.
 * => inode_lock dropped meanwhile
 */
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

static struct list_head *
bucket_of(struct super_block *sb, uint64_t ino)
{
    return &inode_hash[hash_64((uint64_t)sb ^ ino * 31, INODE_HASH_BITS)];
}

void
insert_inode_hash(struct inode *inode)
{
    spin_lock(&inode_lock);
    list_add(&inode->hash_link, bucket_of(inode->sb, inode->ino));
    spin_unlock(&inode_lock);
}

struct inode *
find_get_inode(struct super_block *sb, uint64_t ino)
{
    /* The dentry cache is asked first, so it will hardly be here. */
    struct inode *fresh = new_inode(sb), *inode, *found = NULL;
    struct list_head *bucket = bucket_of(sb, ino);
    int err;

    if (!fresh)
        return ERR_PTR(-ENOMEM);
    fresh->ino = ino;
    atomic_set(&fresh->count, 0);
    spin_lock(&inode_lock);
retry: /* the inode that was found is there, or has gone, when we are woken */
    list_for_each_entry(inode, bucket, hash_link) {
        if (inode->ino != ino || inode->sb != sb)
            continue;
        if (atomic_inc_not_zero(&inode->count)) {
            found = inode;
            break;
        }
        wait_locked();
        goto retry;
    }
    if (!found)
        list_add(&fresh->hash_link, bucket);
    spin_unlock(&inode_lock);
    err = found ? 0 : sb->type->read_inode(fresh);
    if (found || err) {
        free_inode(fresh);
        return found ?: ERR_PTR(err);
    }
    spin_lock(&inode_lock);
    atomic_set(&fresh->count, 1);
    spin_unlock(&inode_lock);
    wake_up_all(&inode_wait);
    return fresh;
}

/* --- Changes */

void
inode_touch(struct inode *inode, unsigned which)
{
    struct timespec now = which ? current_time() : (struct timespec){0};
    struct page *page = NULL;

    spin_lock(&inode->i_lock);
    if (which & TOUCH_ATIME)
        inode->atime = now;
    if (which & TOUCH_MTIME)
        inode->mtime = now;
    if (which & TOUCH_CTIME)
        inode->ctime = now;
    if (inode->sb->type->pack_inode && !(inode->sb->flags & MS_RDONLY))
        page = inode->sb->type->pack_inode(inode);
    spin_unlock(&inode->i_lock);
    if (page)
        set_page_dirty(page);
}

void
inode_data_changed(struct inode *inode)
{
    if (inode->mode & (S_ISUID | S_ISGID) && !is_root(&current->cred))
        inode->mode &= ~(umode_t)(S_ISUID | S_ISGID);
    inode_touch(inode, TOUCH_MTIME | TOUCH_CTIME);
}

void
inode_init_owner(struct inode *inode, const struct inode *dir, umode_t mode)
{
    inode->mode = mode;
    inode->uid = current->cred.euid;
    inode->gid = current->cred.egid;
    if (dir && (dir->mode & S_ISGID)) {
        inode->gid = dir->gid;
        if (S_ISDIR(mode))
            inode->mode |= S_ISGID;
        else if (!is_root(&current->cred) && !in_group(dir->gid))
            inode->mode &= ~(umode_t)S_ISGID; /* not his to lend */
    }
    inode->atime = inode->mtime = inode->ctime = current_time();
}

/* Shorter or longer.  The limit is asked for growth only, as write(2) does. */
int
vfs_truncate(struct inode *inode, off_t size)
{
    bool over;
    int err;

    if (S_ISDIR(inode->mode))
        return -EISDIR;
    if (size < 0 || !S_ISREG(inode->mode))
        return -EINVAL;
    over = size > inode_size(inode) &&
           (uint64_t)size > current->rlim[RLIMIT_FSIZE].rlim_cur;
    if (over)
        send_signal(current, SIGXFSZ);
    if (over || (uint64_t)size > inode->sb->max_bytes)
        return -EFBIG;
    mutex_lock(&inode->lock);
    err = inode->op->truncate ? inode->op->truncate(inode, size) : 0;
    if (!err)
        inode_data_changed(inode);
    mutex_unlock(&inode->lock);
    return err;
}

/* --- Who may use it */

/*
 * The class that fits best decides alone: an owner without a right does not get
 * it as one of the group or as anybody.  Devices and FIFOs can be written to on
 * a file system that is read-only.
 */
int
inode_permission(struct inode *inode, unsigned mask)
{
    const struct cred *c = &current->cred;
    umode_t mode = inode->mode;

    if ((mask & MAY_WRITE) && (inode->sb->flags & MS_RDONLY) &&
        (S_ISREG(mode) || S_ISDIR(mode) || S_ISLNK(mode)))
        return -EROFS;
    if ((mask & MAY_EXEC) && S_ISREG(mode) && inode->sb->flags & MS_NOEXEC)
        return -EACCES;
    if (is_root(c)) /* may all, but executes only what somebody may execute */
        return (mask & MAY_EXEC) && !S_ISDIR(mode) && !(mode & 0111) ? -EACCES
                                                                     : 0;
    if (c->euid == inode->uid)
        mode >>= 6;
    else if (in_group(inode->gid))
        mode >>= 3;
    return (mask & ~mode & 7) ? -EACCES : 0;
}

int
may_change_dir(struct inode *dir)
{
    int err = inode_permission(dir, MAY_WRITE | MAY_EXEC);

    return err || dir->op->make ? err : -EPERM;
}

/* --- The end of an inode */

void
iput(struct inode *inode)
{
    if (!inode)
        return;
    ASSERT(atomic_read(&inode->count) > 0);
    if (!atomic_dec_and_test(&inode->count))
        return;
    if (inode->nlink > 0) { /* it stays on disk: what is dirty goes there */
        sync_mapping(&inode->data);
    } else if (inode->sb->type->evict && inode->ino) {
        DEBUG_ASSERT(!(current_thread()->scope & SCOPE_NOFS));
        inode->sb->type->evict(inode);
    }
    close_mapping(&inode->data);
    free_inode(inode);
}

void
wait_for_inodes(struct super_block *sb)
{
    wait_event(&inode_wait, atomic_load(&sb->nr_inodes) == 0);
}

void
evict_orphans(struct super_block *sb)
{
    struct inode *inode;

    spin_lock(&inode_lock);
    for (int i = 0; i < 1 << INODE_HASH_BITS; i++) {
retry: /* each time there is one less */
        list_for_each_entry(inode, &inode_hash[i], hash_link) {
            if (inode->sb != sb || inode->nlink || !inode->ino)
                continue;
            if (atomic_inc_not_zero(&inode->count)) {
                spin_unlock(&inode_lock);
                sb->type->evict(inode);
                iput(inode);
                spin_lock(&inode_lock);
            } else {
                wait_locked(); /* it is just being deleted */
            }
            goto retry;
        }
    }
    spin_unlock(&inode_lock);
}
