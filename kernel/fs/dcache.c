/* SPDX-License-Identifier: MIT */
/*
 * dcache.c - the dentry cache: names that were looked up, found or not.
 *
 * Dentries form the tree of names; each is hashed by its parent and name.
 * The hash holds a reference of its own: an unused dentry has count 1 and
 * lies on the LRU list until the shrinker takes it.  A negative dentry (no
 * inode) remembers that a name does not exist.
 *
 * Invariants
 *   I1  A hashed dentry has count >= 1; unhashed (deleted) ones go with their
 *       last user.
 *   I2  A child holds a reference on its parent, so a tree is freed from its
 *       leaves.
 *   I3  name, parent, inode and mounted change under dcache_lock.
 *
 * Locks: dcache_lock (RANK_DCACHE), one for all: an uncontended lookup costs
 * less than finer locks would.  iput() is called without it.
 *
 * Not done: a walk without locks (RCU); on 8 harts the lock can be felt.
 */
#include "fs/dcache.h"

#include "core/spinlock.h"
#include "include/errno.h"
#include "lib/assert.h"
#include "lib/err.h"
#include "lib/hash.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "sched/task.h"

enum { DENTRY_HASH_BITS = 9, UNUSED_COUNT = 1 };

static struct spinlock dcache_lock = SPINLOCK_INIT(RANK_DCACHE, "dcache");
static struct hlist_head dentry_hash[1 << DENTRY_HASH_BITS];
static LIST_HEAD(unused_dentries); /* least recently used last */
static uint64_t nr_unused;
static struct kmem_cache *dentry_cache;

static uint32_t
name_hash(const struct dentry *parent, const char *name, unsigned len)
{
    return (uint32_t)hash_bytes((uint64_t)parent, name, len);
}

static struct hlist_head *
bucket_of(uint32_t hash)
{
    return &dentry_hash[hash_64(hash, DENTRY_HASH_BITS)];
}

/* --- Making and freeing */

static struct dentry *
alloc_dentry(struct super_block *sb, const char *name, unsigned len)
{
    struct dentry *d = kmem_cache_alloc(dentry_cache, GFP_KERNEL);
    char *copy;

    if (!d)
        return NULL;
    memset(d, 0, sizeof(*d));
    copy = d->inline_name;
    if (len >= DNAME_INLINE) {
        copy = kmalloc(len + 1, GFP_KERNEL);
        if (!copy) {
            kmem_cache_free(dentry_cache, d);
            return NULL;
        }
    }
    memcpy(copy, name, len);
    copy[len] = '\0';
    d->name = copy;
    d->name_len = len;
    d->sb = sb;
    atomic_set(&d->count, 1);
    list_init(&d->children);
    list_init(&d->sibling);
    list_init(&d->lru_link);
    return d;
}

struct dentry *
d_alloc(struct dentry *parent, const char *name, unsigned len)
{
    struct dentry *d = alloc_dentry(parent->sb, name, len);

    if (!d)
        return NULL;
    d->hash = name_hash(parent, name, len);
    d->parent = dget(parent);
    spin_lock(&dcache_lock);
    list_add(&d->sibling, &parent->children);
    spin_unlock(&dcache_lock);
    return d;
}

struct dentry *
d_alloc_root(struct inode *inode)
{
    struct dentry *d = alloc_dentry(inode->sb, "/", 1);

    if (!d) {
        iput(inode);
        return NULL;
    }
    d->parent = d;
    d->inode = inode;
    inode->dir_dentry = d;
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

/* => dcache_lock held */
static void
lru_remove_locked(struct dentry *d)
{
    if (!list_empty(&d->lru_link)) {
        list_del_init(&d->lru_link);
        nr_unused--;
    }
}

/*
 * Off the LRU list too: there a count of 1 must be the hash's reference.
 * => dcache_lock held; drops the hash's reference
 */
static void
unhash_locked(struct dentry *d)
{
    if (hlist_unhashed(&d->hash_link))
        return;
    lru_remove_locked(d);
    hlist_del_init(&d->hash_link);
    atomic_dec(&d->count);
}

/* => dcache_lock held: nobody uses it any more, but it stays cached */
static void
lru_add_locked(struct dentry *d)
{
    if (list_empty(&d->lru_link)) {
        list_add(&d->lru_link, &unused_dentries);
        nr_unused++;
    }
}

/*
 * A user has left: count 1 and hashed means unused now.
 * => dcache_lock held; true: count is 0, kill it
 */
static bool
put_locked(struct dentry *d)
{
    int32_t count = atomic_fetch_sub(&d->count, 1) - 1;

    ASSERT(count >= 0);
    if (count == UNUSED_COUNT && !hlist_unhashed(&d->hash_link))
        lru_add_locked(d);
    return count == 0;
}

/*
 * Free a dentry whose count is 0, then its parent if that was the last, ...
 * => dcache_lock held, and released
 */
static void
kill_locked(struct dentry *d)
{
    while (d) {
        struct dentry *parent = d->parent == d ? NULL : d->parent;
        struct inode *inode = take_inode_locked(d);
        bool last = false;

        ASSERT(list_empty(&d->children));
        lru_remove_locked(d);
        list_del_init(&d->sibling);
        if (parent)
            last = put_locked(parent);
        spin_unlock(&dcache_lock);

        if (d->name != d->inline_name)
            kfree(d->name);
        kmem_cache_free(dentry_cache, d);
        iput(inode);
        if (!last)
            return;
        d = parent; /* unhashed, and we were its last user */
        spin_lock(&dcache_lock);
    }
}

struct dentry *
dget(struct dentry *d)
{
    atomic_inc(&d->count);
    return d;
}

void
dput(struct dentry *d)
{
    int32_t count;

    if (!d)
        return;
    /* Not the last user: no lock. */
    count = atomic_read(&d->count);
    while (count > UNUSED_COUNT + 1)
        if (atomic_compare_exchange_weak(&d->count, &count, count - 1))
            return;

    spin_lock(&dcache_lock);
    if (put_locked(d))
        kill_locked(d);
    else
        spin_unlock(&dcache_lock);
}

/* --- Looking up and changing */

struct dentry *
d_lookup(struct dentry *parent, const char *name, unsigned len)
{
    uint32_t hash = name_hash(parent, name, len);
    struct dentry *d;

    spin_lock(&dcache_lock);
    hlist_for_each_entry(d, bucket_of(hash), hash_link) {
        if (d->hash == hash && d->parent == parent && d->name_len == len &&
            memcmp(d->name, name, len) == 0) {
            atomic_inc(&d->count);
            spin_unlock(&dcache_lock);
            return d;
        }
    }
    spin_unlock(&dcache_lock);
    return NULL;
}

/* => dcache_lock held; refs: the hash's own */
static void
hash_locked(struct dentry *d)
{
    atomic_inc(&d->count);
    hlist_add_head(&d->hash_link, bucket_of(d->hash));
}

void
d_add(struct dentry *d)
{
    spin_lock(&dcache_lock);
    if (hlist_unhashed(&d->hash_link))
        hash_locked(d);
    spin_unlock(&dcache_lock);
}

/*
 * A directory with two names, as a damaged disk may have it, would make a
 * cycle, in which the order of the directories' locks means nothing.
 */
int
d_bind(struct dentry *d, struct inode *inode)
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
d_instantiate(struct dentry *d, struct inode *inode)
{
    int err = d_bind(d, inode);

    ASSERT(!err); /* a new inode has no name yet */
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
        unhash_locked(child);
        if (atomic_read(&child->count) > 0)
            continue; /* goes with its last user */
        kill_locked(child);
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
    if (atomic_read(&d->count) == UNUSED_COUNT + 1 &&
        list_empty(&d->children)) {
        inode = take_inode_locked(d); /* only the caller's: negative */
    } else {
        unhash_locked(d); /* open files keep it, by no name */
    }
    spin_unlock(&dcache_lock);
    return inode;
}

void
d_move(struct dentry *d, struct dentry *target)
{
    struct dentry *old_parent;
    const char *old_name;

    spin_lock(&dcache_lock);
    unhash_locked(d);
    unhash_locked(target);
    old_parent = d->parent;
    old_name = d->name;
    if (target->name == target->inline_name) {
        memcpy(d->inline_name, target->inline_name, DNAME_INLINE);
        d->name = d->inline_name;
    } else {
        d->name = target->name;
        target->name = target->inline_name;
        target->name_len = 0;
        target->inline_name[0] = '\0';
    }
    d->name_len = (uint32_t)strlen(d->name);
    d->parent = dget(target->parent);
    list_move(&d->sibling, &d->parent->children);
    d->hash = target->hash;
    hash_locked(d);
    spin_unlock(&dcache_lock);

    if (old_name != d->inline_name && old_name != d->name)
        kfree(old_name);
    dput(old_parent);
}

bool
d_is_ancestor(struct dentry *ancestor, struct dentry *d)
{
    bool is = false;

    spin_lock(&dcache_lock);
    for (;; d = d->parent) {
        if (d == ancestor) {
            is = true;
            break;
        }
        if (d->parent == d)
            break;
    }
    spin_unlock(&dcache_lock);
    return is;
}

void
d_set_mounted(struct dentry *d, struct super_block *sb)
{
    spin_lock(&dcache_lock);
    d->mounted = sb;
    spin_unlock(&dcache_lock);
}

struct dentry *
d_mounted_root(struct dentry *d)
{
    struct dentry *root = NULL;

    spin_lock(&dcache_lock);
    if (d->mounted)
        root = dget(d->mounted->root);
    spin_unlock(&dcache_lock);
    return root;
}

struct dentry *
d_parent(struct dentry *d)
{
    struct dentry *parent;

    spin_lock(&dcache_lock);
    parent = dget(d->parent);
    spin_unlock(&dcache_lock);
    return parent;
}

/* --- Paths */

char *
d_path(struct dentry *d, char *buf, size_t size)
{
    struct dentry *root = current->fs ? current->fs->root : NULL;
    char *end = buf + size;
    bool deleted;

    *--end = '\0';
    spin_lock(&dcache_lock);
    deleted = d->parent != d && hlist_unhashed(&d->hash_link);
    if (deleted && size > 11) {
        end -= 10;
        memcpy(end, " (deleted)", 10);
    }
    while (d != root) {
        if (d->parent == d) {
            if (!d->sb->mountpoint)
                break; /* the root of all */
            d = d->sb->mountpoint;
            continue;
        }
        if ((size_t)(end - buf) < d->name_len + 1) {
            spin_unlock(&dcache_lock);
            return ERR_PTR(-ENAMETOOLONG);
        }
        end -= d->name_len;
        memcpy(end, d->name, d->name_len);
        *--end = '/';
        d = d->parent;
    }
    spin_unlock(&dcache_lock);
    if (*end != '/') { /* the root itself */
        if (end == buf)
            return ERR_PTR(-ENAMETOOLONG);
        *--end = '/';
    }
    return end;
}

/* --- The shrinker, umount */

/* Take the least recently used dentry off.  false: there is none */
static bool
prune_one(struct super_block *sb)
{
    struct dentry *d;

    spin_lock(&dcache_lock);
    list_for_each_entry_reverse(d, &unused_dentries, lru_link) {
        if (sb && d->sb != sb)
            continue;
        lru_remove_locked(d);
        if (atomic_read(&d->count) == UNUSED_COUNT) {
            unhash_locked(d);
            kill_locked(d);
        } else {
            spin_unlock(&dcache_lock); /* in use again */
        }
        return true;
    }
    spin_unlock(&dcache_lock);
    return false;
}

void
shrink_dcache_sb(struct super_block *sb)
{
    while (prune_one(sb))
        continue;
}

static uint64_t
count_unused_dentries(void)
{
    return current_thread()->scope & SCOPE_NOFS ? 0 : nr_unused;
}

static uint64_t
scan_unused_dentries(uint64_t nr)
{
    uint64_t done = 0;

    if (current_thread()->scope & SCOPE_NOFS)
        return 0;
    while (done < nr && prune_one(NULL))
        done++;
    return done;
}

static struct shrinker dentry_shrinker = {
    .name = "dentries",
    .count = count_unused_dentries,
    .scan = scan_unused_dentries,
};

void
dcache_init(void)
{
    dentry_cache = kmem_cache_create("dentry", sizeof(struct dentry), 0,
                                     SLAB_RECLAIMABLE, NULL);
    if (!dentry_cache)
        panic("no memory for the dentry cache");
    shrinker_register(&dentry_shrinker);
}
