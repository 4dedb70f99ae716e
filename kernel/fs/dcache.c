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
 *            d_add, by ->lookup            d_delete, the shrinker
 *   d_alloc ----------------------> cached ----------------------> uncached
 *      |                            ^   |                        the last dput:
 *      |                            +---+ d_add: positive        freed
 *      |                                  d_delete: negative      ^
 *      +----------------------------------------------------------+
 *            names of procfs that come and go
 *
 * A file system whose names are nowhere else (names_in_dcache: tmpfs) has them
 * here for good: a positive dentry of it is in the hash until it is deleted,
 * and reading a directory goes through its children (d_iterate).
 *
 * A dentry that something is mounted on is passed by: who comes there, from
 * above (d_lookup) or from below (d_up), gets the root of what is mounted.
 *
 * Interface: d_alloc, d_lookup, d_up for the path walk; d_alloc_root and d_add
 * for file systems; d_delete, d_move for what changes names; d_mount,
 * d_umount for mounts; d_path() writes a path.
 *
 * Invariants
 *   I1  A dentry is in the hash, among the children of its parent, on the LRU
 *       list and has the hash's reference, or none of these; then it goes with
 *       its last user.
 *   I2  A dentry, cached or not, holds a reference on its parent.  So a tree is
 *       freed from its leaves; and one with count 2, the hash's and the
 *       caller's, has no children.
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

#include "lib/hash.h"
#include "mm/slab.h"
#include "sched/task.h"

enum { DENTRY_HASH_BITS = 9, ITERATE_BATCH = 64, POS_UP = 1 };

static struct spinlock dcache_lock = SPINLOCK_INIT(RANK_DCACHE, "dcache");
static struct list_head dentry_hash[1 << DENTRY_HASH_BITS];
static LIST_HEAD(cached_dentries); /* least recently looked up last */
static uint64_t nr_cached;
static off_t last_pos = DIR_POS_NAMES;
static struct kmem_cache *dentry_cache;

static struct list_head *
bucket_of(const struct dentry *parent, const char *name, unsigned len)
{
    return &dentry_hash[hash_64(hash_bytes((uint64_t)parent, name, len),
                                DENTRY_HASH_BITS)];
}

/* --- Making and freeing */

/*
 * The name is NUL-terminated, for file systems that want a string, and apart,
 * so that d_move() can give another.  The parent, which the caller holds, does
 * not know of its child before d_add().
 */
struct dentry *
d_alloc(struct dentry *parent, const char *name, unsigned len)
{
    struct dentry *d = kmem_cache_alloc(dentry_cache, GFP_KERNEL | __GFP_ZERO);
    char *copy = kmalloc(len + 1, GFP_KERNEL);

    if (!d || !copy) {
        kfree(d);
        kfree(copy);
        return NULL;
    }
    memcpy(copy, name, len);
    copy[len] = '\0';
    d->name = copy;
    d->name_len = len;
    atomic_set(&d->count, 1);
    list_init(&d->children);
    list_init(&d->hash_link);
    d->parent = parent ? dget(parent) : d;
    d->sb = parent ? parent->sb : NULL;
    return d;
}

/*
 * A root is in no hash, as nobody asks its parent for it; the mount (or for a
 * pipe, its open files) has the reference that keeps it.
 */
struct dentry *
d_alloc_root(struct inode *inode)
{
    struct dentry *d = d_alloc(NULL, "/", 1);

    if (!d) {
        iput(inode);
        return NULL;
    }
    d->sb = inode->sb;
    d->inode = inode;
    inode->dir_dentry = d;
    return d;
}

/*
 * From here on the inode, if it is a directory's, may have another dentry.
 * => dcache_lock held; refs: d's on its inode is the caller's
 */
static struct inode *
take_inode_locked(struct dentry *d)
{
    struct inode *inode = d->inode;

    if (inode)
        inode->dir_dentry = NULL;
    d->inode = NULL;
    return inode;
}

/* => dcache_lock held; refs: takes the hash's own */
static void
hash_locked(struct dentry *d)
{
    atomic_inc(&d->count);
    list_add(&d->hash_link, bucket_of(d->parent, d->name, d->name_len));
    list_add(&d->lru_link, &cached_dentries);
    list_add_tail(&d->sibling, &d->parent->children);
    d->pos = ++last_pos;
    nr_cached++;
}

/*
 * Free a dentry whose count is 0, then its parent if that was the last, ...
 * It goes and gives up its parent in one step, so that d_umount() never sees
 * the one without the other.
 * => dcache_lock held, and dropped meanwhile
 */
static void
kill_locked(struct dentry *d)
{
    for (bool last = true; last;) {
        struct dentry *parent = d->parent;
        struct inode *inode = take_inode_locked(d);

        ASSERT(list_empty(&d->children) && list_empty(&d->hash_link));
        last = parent != d && atomic_dec_and_test(&parent->count);
        spin_unlock(&dcache_lock);
        kfree(d->name);
        kmem_cache_free(dentry_cache, d);
        iput(inode);
        d = parent; /* if we were its last user */
        spin_lock(&dcache_lock);
    }
}

/*
 * Drop the hash's reference, which may be the last.
 * => dcache_lock held, and dropped meanwhile if it is
 */
static void
unhash_locked(struct dentry *d)
{
    if (list_empty(&d->hash_link))
        return;
    list_del_init(&d->hash_link);
    list_del(&d->lru_link);
    list_del(&d->sibling);
    nr_cached--;
    if (atomic_dec_and_test(&d->count))
        kill_locked(d);
}

/*
 * The count goes from 1 to 0 under the lock only: d_umount() adds counts up
 * there, and a dentry that is found in the hash has the hash's reference as
 * well.
 */
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
    spin_unlock(&dcache_lock);
}

/* --- Looking up and changing */

/* d, or what is mounted there, on which nothing is.  => refs: the caller's */
static struct dentry *
get_top_locked(struct dentry *d)
{
    return dget(d->mounted ? d->mounted->root : d);
}

/* Who is looked up goes to the head of the LRU list: it is the last to go. */
struct dentry *
d_lookup(struct dentry *parent, const char *name, unsigned len)
{
    struct list_head *bucket = bucket_of(parent, name, len);
    struct dentry *d, *found = NULL;

    spin_lock(&dcache_lock);
    list_for_each_entry(d, bucket, hash_link) {
        if (d->parent == parent && d->name_len == len &&
            memcmp(d->name, name, len) == 0) {
            list_move(&d->lru_link, &cached_dentries);
            found = get_top_locked(d);
            break;
        }
    }
    spin_unlock(&dcache_lock);
    return found;
}

/*
 * The root of a mount has the directory above its mountpoint as parent, but for
 * our own root: there ".." stays.  That is only compared with, so an old value
 * of the pointer, while another thread calls chroot, does no harm.
 */
struct dentry *
d_up(struct dentry *d)
{
    const struct dentry *root = READ_ONCE(current->fs->root);

    spin_lock(&dcache_lock);
    while (d != root && d == d->sb->root && d->sb->mountpoint)
        d = d->sb->mountpoint;
    d = get_top_locked(d == root ? d : d->parent);
    spin_unlock(&dcache_lock);
    return d;
}

/*
 * In one step, so that who finds the name finds all of it.  A negative dentry
 * that is cached already, and of which a file has now been made, only gets its
 * inode.
 *
 * A directory with two names, as a damaged disk may have it, would make a
 * cycle, in which the order of the directories' locks means nothing.
 */
int
d_add(struct dentry *d, struct inode *inode)
{
    bool is_dir = inode && S_ISDIR(inode->mode);
    int err = 0;

    spin_lock(&dcache_lock);
    ASSERT(!d->inode);
    if (is_dir && inode->dir_dentry) {
        err = -ELOOP;
    } else {
        /* Release: a walk that found it negative looks without the lock. */
        __atomic_store_n(&d->inode, inode, __ATOMIC_RELEASE);
        if (is_dir)
            inode->dir_dentry = d;
        if (list_empty(&d->hash_link))
            hash_locked(d);
    }
    spin_unlock(&dcache_lock);
    return err;
}

/*
 * A name that only we use stays as a negative one: what was deleted is often
 * looked for again.  An open file needs its inode by this very dentry.
 */
void
d_delete(struct dentry *d)
{
    struct inode *inode = NULL;

    spin_lock(&dcache_lock);
    if (atomic_read(&d->count) == 2)
        inode = take_inode_locked(d); /* the hash's and ours */
    else
        unhash_locked(d); /* open files keep it, by no name */
    spin_unlock(&dcache_lock);
    iput(inode);
}

/*
 * If somebody has target open it may stay for long: it is not in the hash, but
 * still says what it was called.
 */
void
d_move(struct dentry *d, struct dentry *target, const char *name)
{
    const char *old_name = d->name;

    spin_lock(&dcache_lock);
    unhash_locked(d);
    unhash_locked(target);
    atomic_dec(&d->parent->count); /* its lock's holder has it, too */
    d->parent = dget(target->parent);
    d->name = name;
    d->name_len = target->name_len;
    hash_locked(d);
    spin_unlock(&dcache_lock);
    kfree(old_name);
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

bool
dir_emit_dots(struct file *f, struct dir_context *ctx)
{
    return (ctx->pos >= POS_UP ||
            ctx->emit(ctx, ".", 1, f->inode->ino, DT_DIR, POS_UP)) &&
           (ctx->pos >= DIR_POS_NAMES ||
            ctx->emit(ctx, "..", 2, f->dentry->parent->inode->ino, DT_DIR,
                      DIR_POS_NAMES));
}

/*
 * emit() copies to kernel memory, so it may be called under the lock, which is
 * let go now and then: a child that is held stays among the others, since only
 * who has locked the directory takes a used one away.  What is there all the
 * time a reader who pauses sees once (I4); what is added meanwhile he may miss,
 * if there was a negative dentry for it.
 */
int
d_iterate(struct file *f, struct dir_context *ctx)
{
    bool room = dir_emit_dots(f, ctx);
    unsigned seen = 0;
    struct dentry *d;

    spin_lock(&dcache_lock);
    list_for_each_entry(d, &f->dentry->children, sibling) {
        if (d->inode && d->pos >= ctx->pos)
            room = room && ctx->emit(ctx, d->name, d->name_len, d->inode->ino,
                                     d->inode->mode >> DT_SHIFT, d->pos + 1);
        if (!room)
            break;
        if (++seen % ITERATE_BATCH == 0) {
            dget(d);
            spin_unlock(&dcache_lock);
            spin_lock(&dcache_lock);
            atomic_dec(&d->count); /* the hash has one */
        }
    }
    spin_unlock(&dcache_lock);
    return 0;
}

/* --- Dropping what is cached */

/*
 * Leaves first: each holds its parent.  A removed directory has only negative
 * ones below it, whose references would keep it, and its blocks, until reclaim.
 * One reference keeps the place where we are, so that after a leaf we go on at
 * its parent: a deep tree is walked once.
 */
void
d_forget_below(struct dentry *top)
{
    struct dentry *d = dget(top), *next;

    spin_lock(&dcache_lock);
    while (!list_empty(&d->children) || d != top) {
        bool leaf = list_empty(&d->children);

        next = leaf ? d->parent
                    : list_first_entry(&d->children, struct dentry, sibling);
        dget(next);
        if (leaf)
            unhash_locked(d);
        if (atomic_dec_and_test(&d->count))
            kill_locked(d);
        d = next;
    }
    atomic_dec(&top->count); /* the caller has one */
    spin_unlock(&dcache_lock);
}

/*
 * Can it go for reclaim: without something to be written or deleted, and
 * without losing a name?  So its inode either has other users, or names and no
 * pages.  A guess: what it looks at may change.
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
            unhash_locked(d);
            dropped++;
        }
    }
    spin_unlock(&dcache_lock);
    return dropped;
}

/* A thread in a file system's own work may not drop inodes: nothing for it. */
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

    list_init_all(dentry_hash);
    dentry_cache = kmem_cache_create("dentry", sizeof(struct dentry), 0,
                                     SLAB_RECLAIMABLE, NULL);
    shrinker_register(&shrinker);
}

/* --- Mounts, paths */

/* => refs: consumes d; its inode is locked, so that it is not just removed */
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
    int32_t users;
    struct dentry *d;

    spin_lock(&dcache_lock);
    users = atomic_read(&sb->root->count) - 1;
    list_for_each_entry(d, &cached_dentries, lru_link)
        if (d->sb == sb)
            users += atomic_read(&d->count) - 2;
    if (!sb->mountpoint)
        users = 1; /* the root of all: everybody */
    else if (!users)
        sb->mountpoint->mounted = NULL;
    spin_unlock(&dcache_lock);
    return users ? -EBUSY : 0;
}

/* Put text in front of end.  => where it begins; NULL: it does not fit */
static char *
prepend(const char *buf, char *end, const char *text, size_t len)
{
    if (!end || (size_t)(end - buf) < len)
        return NULL;
    return memcpy(end - len, text, len);
}

/*
 * From the end of the buffer to its front, a name at each step up.  What is not
 * below our root gets a path from the root of all.
 */
char *
d_path(struct dentry *d, char *buf, size_t size)
{
    struct dentry *root = current->fs ? current->fs->root : NULL;
    char *end = buf + size - 1;

    *end = '\0';
    spin_lock(&dcache_lock);
    if (d->pos && list_empty(&d->hash_link))
        end = prepend(buf, end, " (deleted)", 10);
    while (end && d && d != root) {
        if (d->parent == d) {
            d = d->sb->mountpoint; /* NULL: the root of all */
            continue;
        }
        end = prepend(buf, end, d->name, d->name_len);
        end = prepend(buf, end, "/", 1);
        d = d->parent;
    }
    spin_unlock(&dcache_lock);
    if (end && *end != '/') /* the root itself */
        end = prepend(buf, end, "/", 1);
    return end ?: ERR_PTR(-ENAMETOOLONG);
}
