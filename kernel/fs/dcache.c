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
 * A file system whose names are nowhere else (names_in_dcache: tmpfs) has them
 * here for good: a positive dentry of it is in the hash until it is deleted,
 * and reading a directory goes through its children (d_iterate).
 *
 * Interface: d_alloc, d_lookup, d_add for the path walk; d_alloc_root and
 * d_instantiate for file systems; d_delete, d_drop, d_move for what changes
 * names; d_mount, d_umount, d_up, d_down for mounts; d_path() writes a path.
 *
 * Invariants
 *   I1  A dentry is in the hash, on the LRU list and has the hash's reference,
 *       or none of these; then (deleted) it goes with its last user.
 *   I2  A child holds a reference on its parent, so a tree is freed from its
 *       leaves.
 *   I3  name, parent, inode and mounted change under dcache_lock.
 *   I4  Children are in the order of their positions, which are never given
 *       twice.
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
/* Where reading a directory has got to: behind ".", behind "..". */
enum { POS_UP = 1, POS_NAMES = 2, TYPE_SHIFT = 12 /* from S_IF* to DT_* */ };

static struct spinlock dcache_lock = SPINLOCK_INIT(RANK_DCACHE, "dcache");
static struct hlist_head dentry_hash[1 << DENTRY_HASH_BITS];
static LIST_HEAD(cached_dentries); /* least recently looked up last */
static uint64_t nr_cached;
static off_t last_pos = POS_NAMES;
static struct kmem_cache *dentry_cache;

static struct hlist_head *
bucket_of(const struct dentry *parent, const char *name, unsigned len)
{
    return &dentry_hash[hash_64(hash_bytes((uint64_t)parent, name, len),
                                DENTRY_HASH_BITS)];
}

/* --- Making and freeing */

/* Last among the children of parent.  => dcache_lock held */
static void
add_child_locked(struct dentry *parent, struct dentry *d)
{
    d->parent = dget(parent);
    d->pos = ++last_pos;
    list_move_tail(&d->sibling, &parent->children);
}

struct dentry *
d_alloc(struct dentry *parent, const char *name, unsigned len)
{
    struct dentry *d = kmem_cache_alloc(dentry_cache, GFP_KERNEL | __GFP_ZERO);
    char *copy = d ? kmalloc(len + 1, GFP_KERNEL) : NULL;

    if (!copy) {
        if (d)
            kmem_cache_free(dentry_cache, d);
        return NULL;
    }
    memcpy(copy, name, len);
    copy[len] = '\0';
    d->name = copy;
    d->name_len = len;
    atomic_set(&d->count, 1);
    list_init(&d->children);
    list_init(&d->sibling);
    d->parent = d;
    if (parent) {
        d->sb = parent->sb;
        spin_lock(&dcache_lock);
        add_child_locked(parent, d);
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

    if (inode)
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

/* => dcache_lock held; refs: drops the hash's, which may be the last */
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
 * It goes and gives up its parent in one step, so that d_umount() never sees
 * the one without the other.
 * => dcache_lock held, and released
 */
static void
kill_locked(struct dentry *d)
{
    for (bool last = true; last;) {
        struct dentry *parent = d->parent;
        struct inode *inode = take_inode_locked(d);

        ASSERT(list_empty(&d->children) && hlist_unhashed(&d->hash_link));
        list_del(&d->sibling);
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
    count = atomic_read(&d->count);
    while (count > 1) /* not the last user: no lock */
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
    unhash_locked(d);
    spin_unlock(&dcache_lock);
}

struct inode *
d_delete(struct dentry *d)
{
    struct inode *inode = NULL;

    spin_lock(&dcache_lock);
    if (atomic_read(&d->count) == 2 && list_empty(&d->children))
        inode = take_inode_locked(d); /* the hash's and the caller's */
    else
        unhash_locked(d); /* open files keep it, by no name */
    spin_unlock(&dcache_lock);
    return inode;
}

void
d_move(struct dentry *d, struct dentry *target)
{
    struct dentry *old_parent = d->parent;
    const char *name = d->name;
    uint32_t len = d->name_len;

    spin_lock(&dcache_lock);
    unhash_locked(d);
    unhash_locked(target);
    d->name = target->name;
    d->name_len = target->name_len;
    target->name = name; /* it needs one as long as somebody has it open */
    target->name_len = len;
    add_child_locked(target->parent, d);
    hash_locked(d);
    spin_unlock(&dcache_lock);
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

int
d_iterate(struct file *f, struct dir_context *ctx)
{
    struct dentry *dir = f->dentry, *d;

    spin_lock(&dcache_lock);
    if (ctx->pos == 0 &&
        ctx->emit(ctx, ".", 1, dir->inode->ino, DT_DIR, POS_UP))
        ctx->pos = POS_UP;
    if (ctx->pos == POS_UP &&
        ctx->emit(ctx, "..", 2, dir->parent->inode->ino, DT_DIR, POS_NAMES))
        ctx->pos = POS_NAMES;
    list_for_each_entry(d, &dir->children, sibling) {
        if (d->pos < ctx->pos || !d->inode || hlist_unhashed(&d->hash_link))
            continue;
        if (ctx->pos < POS_NAMES ||
            !ctx->emit(ctx, d->name, d->name_len, d->inode->ino,
                       d->inode->mode >> TYPE_SHIFT, d->pos + 1))
            break;
        ctx->pos = d->pos + 1;
    }
    spin_unlock(&dcache_lock);
    return 0;
}

/* --- Dropping what is cached */

/* Take a dentry out of the hash.  => dcache_lock perhaps dropped meanwhile */
static void
evict_locked(struct dentry *d)
{
    unhash_locked(d);
    if (atomic_read(&d->count) == 0) {
        kill_locked(d);
        spin_lock(&dcache_lock);
    }
}

/* A child that is in the hash, or NULL.  => dcache_lock held */
static struct dentry *
cached_child_locked(struct dentry *d)
{
    struct dentry *child;

    list_for_each_entry(child, &d->children, sibling)
        if (!hlist_unhashed(&child->hash_link))
            return child;
    return NULL;
}

void
d_forget_below(struct dentry *top)
{
    struct dentry *d, *child;

    spin_lock(&dcache_lock);
    for (;;) { /* each round takes a leaf out of the hash, and none comes in */
        for (d = top; (child = cached_child_locked(d)); d = child)
            ;
        if (d == top)
            break;
        evict_locked(d);
    }
    spin_unlock(&dcache_lock);
}

/*
 * Can it go for reclaim: without something to be written or deleted, and
 * without losing a name?  A guess: what it looks at may change.
 */
static bool
may_go(struct dentry *d)
{
    struct inode *inode = d->inode;

    return atomic_read(&d->count) == 1 &&
           (!inode || (!d->sb->type->names_in_dcache &&
                       (atomic_read(&inode->count) > 1 ||
                        (inode->nlink > 0 && inode->data.nr_pages == 0))));
}

/* Look at nr dentries, least recently used first.  => how many went */
static uint64_t
scan_dentries(uint64_t nr)
{
    uint64_t dropped = 0;

    spin_lock(&dcache_lock);
    while (nr-- > 0 && !list_empty(&cached_dentries)) {
        struct dentry *d =
            list_last_entry(&cached_dentries, struct dentry, lru_link);

        list_move(&d->lru_link, &cached_dentries);
        if (may_go(d)) {
            evict_locked(d);
            dropped++;
        }
    }
    spin_unlock(&dcache_lock);
    return dropped;
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

/* --- Mounts, paths */

void
d_mount(struct dentry *d, struct super_block *sb)
{
    spin_lock(&dcache_lock);
    sb->mountpoint = d;
    d->mounted = sb;
    spin_unlock(&dcache_lock);
}

/*
 * Every reference on a dentry of sb is accounted for: the mount has one of the
 * root, the hash one of each other, and each other one of its parent.  What is
 * left are users.  They come in from above only, which ends here with the same
 * lock held; so when there are none now, there never are any.
 */
int
d_umount(struct super_block *sb)
{
    int32_t users = -1;
    struct dentry *d;

    spin_lock(&dcache_lock);
    users += atomic_read(&sb->root->count);
    list_for_each_entry(d, &cached_dentries, lru_link)
        if (d->sb == sb)
            users += atomic_read(&d->count) - 2;
    if (users == 0)
        sb->mountpoint->mounted = NULL;
    spin_unlock(&dcache_lock);
    return users ? -EBUSY : 0;
}

struct dentry *
d_down(struct dentry *d)
{
    struct dentry *top = d;

    if (!READ_ONCE(d->mounted))
        return d;
    spin_lock(&dcache_lock);
    while (d->mounted)
        d = d->mounted->root;
    dget(d);
    spin_unlock(&dcache_lock);
    dput(top);
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
