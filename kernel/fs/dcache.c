/* SPDX-License-Identifier: MIT */
/*
 * dcache.c - the dentry cache: names that were looked up, found or not.
 *
 * Dentries form the tree of names; each is hashed by its parent and name.
 * The hash holds a reference of its own: an unused dentry has count 1, and
 * stays until the shrinker finds it at the end of the LRU list.  A negative
 * dentry (no inode) remembers that a name does not exist; a positive one keeps
 * its inode in memory, and with it the cached pages of the file.  So reclaim
 * takes the pages first, then the dentry, and with it goes the inode.
 *
 *   d_alloc --> d_add: cached --> d_drop, d_delete or the shrinker: uncached
 *                                                 --> the last dput: freed
 *
 * Interface: d_alloc, d_lookup, d_add for the path walk; d_alloc_root and
 * d_instantiate for file systems; d_delete, d_drop, d_move for what changes
 * names; d_up, d_down cross mounts; d_path() writes a path.
 *
 * Invariants
 *   I1  A dentry is in the hash, on the LRU list and has the hash's reference,
 *       or none of these; then (deleted) it goes with its last user.
 *   I2  A child holds a reference on its parent, so a tree is freed from its
 *       leaves.
 *   I3  name, parent, inode and mounted change under dcache_lock.
 *
 * Locks: dcache_lock (RANK_DCACHE), one for all: an uncontended lookup costs
 * less than finer locks would.  iput() is called without it.  A reference that
 * is not the last is counted without it.
 *
 * Not done: a walk without locks (RCU); on 8 harts the lock can be felt.
 */
#include "fs/fs.h"

#include "lib/err.h"
#include "lib/hash.h"
#include "mm/slab.h"
#include "sched/task.h"

enum { DENTRY_HASH_BITS = 9 };

static struct spinlock dcache_lock = SPINLOCK_INIT(RANK_DCACHE, "dcache");
static struct hlist_head dentry_hash[1 << DENTRY_HASH_BITS];
static LIST_HEAD(cached_dentries); /* least recently looked up last */
static uint64_t nr_cached;
static struct kmem_cache *dentry_cache;

static struct hlist_head *
bucket_of(const struct dentry *parent, const char *name, unsigned len)
{
    return &dentry_hash[hash_64(hash_bytes((uint64_t)parent, name, len),
                                DENTRY_HASH_BITS)];
}

/* --- Making and freeing */

char *
d_copy_name(const char *name, unsigned len)
{
    char *copy = kmalloc(len + 1, GFP_KERNEL);

    if (copy) {
        memcpy(copy, name, len);
        copy[len] = '\0';
    }
    return copy;
}

struct dentry *
d_alloc(struct dentry *parent, const char *name, unsigned len)
{
    struct dentry *d = kmem_cache_alloc(dentry_cache, GFP_KERNEL);

    if (!d)
        return NULL;
    memset(d, 0, sizeof(*d));
    d->name = d_copy_name(name, len);
    if (!d->name) {
        kmem_cache_free(dentry_cache, d);
        return NULL;
    }
    d->name_len = len;
    atomic_set(&d->count, 1);
    list_init(&d->children);
    list_init(&d->sibling);
    d->parent = d;
    if (parent) {
        d->sb = parent->sb;
        d->parent = dget(parent);
        spin_lock(&dcache_lock);
        list_add(&d->sibling, &parent->children);
        spin_unlock(&dcache_lock);
    }
    return d;
}

struct dentry *
d_alloc_root(struct inode *inode)
{
    struct dentry *d = d_alloc(NULL, "/", 1);

    if (!d) {
        iput(inode);
        return NULL;
    }
    d->sb = inode->sb;
    d_instantiate(d, inode);
    return d;
}

/* d lets go of its inode.  => dcache_lock held; refs: d's is the caller's */
static struct inode *
take_inode_locked(struct dentry *d)
{
    struct inode *inode = d->inode;

    if (inode && inode->dir_dentry == d)
        inode->dir_dentry = NULL;
    d->inode = NULL;
    return inode;
}

/* => dcache_lock held; refs: the hash's own */
static void
hash_locked(struct dentry *d)
{
    atomic_inc(&d->count);
    hlist_add_head(&d->hash_link, bucket_of(d->parent, d->name, d->name_len));
    list_add(&d->lru_link, &cached_dentries);
    nr_cached++;
}

/* => dcache_lock held; refs: drops the hash's */
static void
unhash_locked(struct dentry *d)
{
    if (hlist_unhashed(&d->hash_link))
        return;
    hlist_del_init(&d->hash_link);
    list_del(&d->lru_link);
    nr_cached--;
    atomic_dec(&d->count);
}

/*
 * Free a dentry whose count is 0, then its parent if that was the last, ...
 * => dcache_lock held, and released
 */
static void
kill_locked(struct dentry *d)
{
    for (bool last = true; last;) {
        struct dentry *parent = d->parent;
        struct inode *inode = take_inode_locked(d);

        ASSERT(list_empty(&d->children) && hlist_unhashed(&d->hash_link));
        list_del_init(&d->sibling);
        last = parent != d && atomic_dec_and_test(&parent->count);
        spin_unlock(&dcache_lock);
        kfree(d->name);
        kmem_cache_free(dentry_cache, d);
        iput(inode);
        d = parent; /* if we were its last user */
        if (last)
            spin_lock(&dcache_lock);
    }
}

void
dput(struct dentry *d)
{
    int32_t count;

    if (!d)
        return;
    /* Not the last user: no lock. */
    count = atomic_read(&d->count);
    while (count > 1)
        if (atomic_compare_exchange_weak(&d->count, &count, count - 1))
            return;

    spin_lock(&dcache_lock);
    ASSERT(atomic_read(&d->count) > 0);
    if (atomic_dec_and_test(&d->count))
        kill_locked(d);
    else
        spin_unlock(&dcache_lock);
}

/* --- Looking up and changing */

struct dentry *
d_lookup(struct dentry *parent, const char *name, unsigned len)
{
    struct hlist_head *bucket = bucket_of(parent, name, len);
    struct dentry *d;

    spin_lock(&dcache_lock);
    hlist_for_each_entry(d, bucket, hash_link) {
        if (d->parent == parent && d->name_len == len &&
            memcmp(d->name, name, len) == 0) {
            dget(d);
            list_move(&d->lru_link, &cached_dentries);
            break;
        }
    }
    spin_unlock(&dcache_lock);
    return d;
}

void
d_add(struct dentry *d)
{
    spin_lock(&dcache_lock);
    hash_locked(d);
    spin_unlock(&dcache_lock);
}

/*
 * A directory with two names, as a damaged disk may have it, would make a
 * cycle, in which the order of the directories' locks means nothing.
 */
int
d_instantiate(struct dentry *d, struct inode *inode)
{
    int err = 0;

    spin_lock(&dcache_lock);
    ASSERT(!d->inode);
    if (S_ISDIR(inode->mode) && inode->dir_dentry) {
        err = -ELOOP;
    } else {
        d->inode = inode;
        if (S_ISDIR(inode->mode))
            inode->dir_dentry = d;
    }
    spin_unlock(&dcache_lock);
    return err;
}

void
d_drop(struct dentry *d)
{
    spin_lock(&dcache_lock);
    unhash_locked(d); /* the caller has a reference: count stays > 0 */
    spin_unlock(&dcache_lock);
}

/*
 * Its children hold a reference on d: without this an emptied directory would
 * stay allocated until the shrinker came to the last of them.
 */
void
d_forget_children(struct dentry *d)
{
    struct dentry *child;

    spin_lock(&dcache_lock);
retry: /* each round takes one child out of the hash, and none comes in */
    list_for_each_entry(child, &d->children, sibling) {
        if (hlist_unhashed(&child->hash_link))
            continue;
        dget(child);
        unhash_locked(child);
        spin_unlock(&dcache_lock);
        dput(child);
        spin_lock(&dcache_lock);
        goto retry;
    }
    spin_unlock(&dcache_lock);
}

struct inode *
d_delete(struct dentry *d)
{
    struct inode *inode = NULL;

    spin_lock(&dcache_lock);
    if (atomic_read(&d->count) == 2 && list_empty(&d->children))
        inode =
            take_inode_locked(d); /* the hash's and the caller's: negative */
    else
        unhash_locked(d); /* open files keep it, by no name */
    spin_unlock(&dcache_lock);
    return inode;
}

void
d_move(struct dentry *d, struct dentry *target, char *name)
{
    struct dentry *old_parent = d->parent;
    const char *old_name = d->name;

    spin_lock(&dcache_lock);
    unhash_locked(d);
    unhash_locked(target);
    d->name = name;
    d->name_len = target->name_len;
    d->parent = dget(target->parent);
    list_move(&d->sibling, &d->parent->children);
    hash_locked(d);
    spin_unlock(&dcache_lock);
    kfree(old_name);
    dput(old_parent);
}

bool
d_is_ancestor(struct dentry *ancestor, struct dentry *d)
{
    spin_lock(&dcache_lock);
    while (d != ancestor && d->parent != d)
        d = d->parent;
    spin_unlock(&dcache_lock);
    return d == ancestor;
}

/* --- Mounts, paths */

void
d_set_mounted(struct dentry *d, struct super_block *sb)
{
    spin_lock(&dcache_lock);
    d->mounted = sb;
    spin_unlock(&dcache_lock);
}

struct dentry *
d_down(struct dentry *d)
{
    while (READ_ONCE(d->mounted)) {
        struct dentry *root = NULL;

        spin_lock(&dcache_lock);
        if (d->mounted)
            root = dget(d->mounted->root);
        spin_unlock(&dcache_lock);
        if (!root)
            break; /* it was unmounted just now */
        dput(d);
        d = root;
    }
    return d;
}

struct dentry *
d_up(struct dentry *d, const struct dentry *root)
{
    spin_lock(&dcache_lock);
    while (d != root && d == d->sb->root && d->sb->mountpoint)
        d = d->sb->mountpoint;
    d = dget(d == root ? d : d->parent);
    spin_unlock(&dcache_lock);
    return d;
}

/* Put text in front of *end.  false: it does not fit */
static bool
prepend(const char *buf, char **end, const char *text, size_t len)
{
    if ((size_t)(*end - buf) < len)
        return false;
    *end -= len;
    memcpy(*end, text, len);
    return true;
}

char *
d_path(struct dentry *d, char *buf, size_t size)
{
    struct dentry *root = current->fs ? current->fs->root : NULL;
    char *end = buf + size - 1;
    bool fits = true;

    *end = '\0';
    spin_lock(&dcache_lock);
    if (d->parent != d && hlist_unhashed(&d->hash_link))
        fits = prepend(buf, &end, " (deleted)", 10);
    while (fits && d != root) {
        if (d->parent != d) {
            fits = prepend(buf, &end, d->name, d->name_len) &&
                   prepend(buf, &end, "/", 1);
            d = d->parent;
        } else if (d->sb->mountpoint) {
            d = d->sb->mountpoint;
        } else {
            break; /* the root of all */
        }
    }
    spin_unlock(&dcache_lock);
    if (fits && *end != '/') /* the root itself */
        fits = prepend(buf, &end, "/", 1);
    return fits ? end : ERR_PTR(-ENAMETOOLONG);
}

/* --- The shrinker, umount */

/*
 * Look at nr dentries, least recently used first, and drop what can go: those
 * of sb that are unused; or, for reclaim, all such with which nothing has to be
 * written.
 * => how many were dropped
 */
static uint64_t
prune(struct super_block *sb, uint64_t nr)
{
    uint64_t dropped = 0;
    struct dentry *d;

    spin_lock(&dcache_lock);
retry: /* each round drops one, or counts down */
    list_for_each_entry_reverse(d, &cached_dentries, lru_link) {
        bool unused = atomic_read(&d->count) == 1;

        if (sb && (d->sb != sb || !unused))
            continue;
        if (nr-- == 0)
            break;
        if (sb || (unused && (!d->inode || inode_may_go(d->inode)))) {
            unhash_locked(d);
            kill_locked(d);
            dropped++;
            spin_lock(&dcache_lock);
        } else {
            list_move(&d->lru_link, &cached_dentries);
        }
        goto retry;
    }
    spin_unlock(&dcache_lock);
    return dropped;
}

void
shrink_dcache_sb(struct super_block *sb)
{
    prune(sb, UINT64_MAX);
}

static uint64_t
scan_dentries(uint64_t nr)
{
    return prune(NULL, nr);
}

static uint64_t
count_dentries(void)
{
    return current_thread()->scope & SCOPE_NOFS ? 0 : nr_cached;
}

void
dcache_init(void)
{
    static struct shrinker shrinker = {
        .count = count_dentries,
        .scan = scan_dentries,
    };

    dentry_cache = kmem_cache_create("dentry", sizeof(struct dentry), 0,
                                     SLAB_RECLAIMABLE, NULL);
    shrinker_register(&shrinker);
}
