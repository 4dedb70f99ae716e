/* SPDX-License-Identifier: MIT */
/*
 * ops.c - the name operations: mknod, mkdir, symlink, link, unlink, rmdir and
 * rename.
 *
 * Each walks to the last name's directory, locks it, looks the name up again
 * under the lock, checks, and lets the file system do it.  rename locks the
 * rename mutex (if two directories take part), then the directories, the one
 * that is the other's ancestor first, else by the inodes' addresses, then the
 * inodes moved and replaced, by address too: what are children here may be the
 * two directories of another rename.
 *
 * Locks: inode->lock, subclasses in the order of enum lock_order.
 *
 * Not done: RENAME_EXCHANGE.
 */
#include "fs/namei.h"

#include "lib/err.h"
#include "mm/slab.h"
#include "sched/task.h"

static struct mutex rename_mutex =
    MUTEX_INIT(rename_mutex, RANK_RENAME, "rename");

enum lock_order { LOCK_PARENT, LOCK_PARENT2, LOCK_CHILD, LOCK_CHILD2 };

/* --- Creating */

/* What a new name is to be of: a new inode, or one that has names. */
struct new_name {
    umode_t mode;        /* of a new inode */
    dev_t dev;           /* if it is a device */
    const char *target;  /* if it is a symbolic link */
    struct dentry *from; /* not NULL: another name of this one's inode */
};

/* => directory locked */
static int
link_locked(struct dentry *from, struct inode *dir, struct dentry *d)
{
    struct inode *inode = from->inode;
    int err;

    if (from->sb != d->sb)
        return -EXDEV;
    if (S_ISDIR(inode->mode))
        return -EPERM;
    mutex_lock_nested(&inode->lock, LOCK_CHILD);
    err = inode->nlink ? dir->op->link(from, dir, d) : -ENOENT;
    mutex_unlock(&inode->lock);
    return err;
}

/* Give the negative dentry d what it is to name.  => directory locked */
static int
create_locked(struct inode *dir, struct dentry *d, const struct new_name *new)
{
    int err = may_change_dir(dir);

    if (err)
        return err;
    if (new->from)
        return link_locked(new->from, dir, d);
    if (S_ISLNK(new->mode))
        return dir->op->symlink(dir, d, new->target);
    return dir->op->mknod(dir, d, new->mode, new->dev);
}

static int
create_name(int dfd, const char *path, const struct new_name *new)
{
    struct inode *dir;
    struct dentry *d;
    struct walk w;
    int err = walk_begin(&w, dfd, path, LOOKUP_PARENT);

    if (!err && w.last != LAST_NAME)
        err = -EEXIST;
    if (err)
        goto out;
    dir = w.d->inode;
    mutex_lock(&dir->lock);
    d = walk_lookup(&w, true);
    if (IS_ERR(d))
        err = (int)PTR_ERR(d);
    else if (d->inode)
        err = -EEXIST;
    else if (w.trailing_slash && !S_ISDIR(new->mode))
        err = -ENOENT;
    else
        err = create_locked(dir, d, new);
    mutex_unlock(&dir->lock);
    if (!IS_ERR(d))
        dput(d);
out:
    walk_end(&w);
    return err;
}

int
vfs_mknodat(int dfd, const char *path, umode_t mode, dev_t dev)
{
    umode_t type = mode & S_IFMT ? mode & S_IFMT : S_IFREG;
    umode_t perm = mode & 07777 & ~current->fs->umask;

    if (type == S_IFLNK)
        return -EINVAL;
    if (type == S_IFDIR ||
        ((type == S_IFCHR || type == S_IFBLK) && !is_root(&current->cred)))
        return -EPERM;
    return create_name(dfd, path,
                       &(struct new_name){.mode = type | perm, .dev = dev});
}

int
vfs_mkdirat(int dfd, const char *path, umode_t mode)
{
    umode_t perm = mode & 01777 & ~current->fs->umask;

    return create_name(dfd, path, &(struct new_name){.mode = S_IFDIR | perm});
}

int
vfs_symlinkat(const char *target, int dfd, const char *path)
{
    struct new_name new = {.mode = S_IFLNK | 0777, .target = target};

    return *target ? create_name(dfd, path, &new) : -ENOENT;
}

int
vfs_linkat(int odfd, const char *old, int ndfd, const char *path, int flags)
{
    struct new_name new = {0};
    int err;

    if (flags & ~AT_SYMLINK_FOLLOW)
        return -EINVAL;
    err = path_lookup(odfd, old, flags ? LOOKUP_FOLLOW : 0, &new.from);
    if (err)
        return err;
    err = create_name(ndfd, path, &new);
    dput(new.from);
    return err;
}

/* --- Deleting */

/* May the current task take the name d out of its locked directory? */
static int
may_delete(struct inode *dir, struct dentry *d, bool is_dir)
{
    const struct cred *c = &current->cred;
    int err = may_change_dir(dir);

    if (err)
        return err;
    if ((dir->mode & S_ISVTX) && !is_root(c) && c->euid != d->inode->uid &&
        c->euid != dir->uid)
        return -EPERM;
    if (S_ISDIR(d->inode->mode) != is_dir)
        return is_dir ? -ENOTDIR : -EISDIR;
    return d == d->sb->root ? -EBUSY : 0;
}

/* Unlink or rmdir d in the locked directory dir. */
static int
remove_locked(struct inode *dir, struct dentry *d, bool is_dir)
{
    struct inode *inode = d->inode;
    int err = may_delete(dir, d, is_dir);

    if (err)
        return err;
    mutex_lock_nested(&inode->lock, LOCK_CHILD);
    if (d->mounted) /* mounting holds the inode's lock */
        err = -EBUSY;
    else
        err = is_dir ? dir->op->rmdir(dir, d) : dir->op->unlink(dir, d);
    if (!err && is_dir)
        d_forget_children(d);
    mutex_unlock(&inode->lock);
    return err;
}

int
vfs_unlinkat(int dfd, const char *path, int flags)
{
    static const int dir_errors[] = {[LAST_NONE] = -EBUSY,
                                     [LAST_DOT] = -EINVAL,
                                     [LAST_DOTDOT] = -ENOTEMPTY,
                                     [LAST_NAME] = 0};
    bool is_dir = flags & AT_REMOVEDIR;
    struct dentry *d = NULL;
    struct inode *dir, *gone = NULL;
    struct walk w;
    int err;

    if (flags & ~AT_REMOVEDIR)
        return -EINVAL;
    err = walk_begin(&w, dfd, path, LOOKUP_PARENT);
    if (!err && w.last != LAST_NAME)
        err = is_dir ? dir_errors[w.last] : -EISDIR;
    if (err)
        goto out;
    dir = w.d->inode;
    mutex_lock(&dir->lock);
    d = walk_lookup(&w, true);
    if (IS_ERR(d))
        err = (int)PTR_ERR(d);
    else if (!d->inode)
        err = -ENOENT;
    else if (!is_dir && w.trailing_slash && !S_ISDIR(d->inode->mode))
        err = -ENOTDIR;
    else
        err = remove_locked(dir, d, is_dir);
    if (!err)
        gone = d_delete(d);
    mutex_unlock(&dir->lock);
    if (!IS_ERR(d))
        dput(d);
    iput(gone); /* may delete: no lock is held */
out:
    walk_end(&w);
    return err;
}

/* --- Renaming */

/* Lock a before b, or b before a; b may be NULL. */
static void
lock_two(struct inode *a, struct inode *b, bool b_first, unsigned order)
{
    mutex_lock_nested(b && b_first ? &b->lock : &a->lock, order);
    if (b)
        mutex_lock_nested(b_first ? &a->lock : &b->lock, order + 1);
}

static void
lock_two_dirs(struct dentry *a, struct dentry *b)
{
    if (a == b) {
        mutex_lock(&a->inode->lock);
        return;
    }
    mutex_lock(&rename_mutex);
    lock_two(a->inode, b->inode,
             d_is_ancestor(b, a) ||
                 (!d_is_ancestor(a, b) && b->inode < a->inode),
             LOCK_PARENT);
}

static void
unlock_two_dirs(struct dentry *a, struct dentry *b)
{
    mutex_unlock(&a->inode->lock);
    if (a == b)
        return;
    mutex_unlock(&b->inode->lock);
    mutex_unlock(&rename_mutex);
}

/* Checks of a rename; od is positive, nd either.  1: nothing to do */
static int
may_rename(struct walk *ow, struct dentry *od, struct walk *nw,
           struct dentry *nd, unsigned flags)
{
    bool is_dir = S_ISDIR(od->inode->mode);
    int err = may_delete(ow->d->inode, od, is_dir);

    if (!err)
        err = may_change_dir(nw->d->inode);
    if (err)
        return err;
    if (is_dir && d_is_ancestor(od, nw->d))
        return -EINVAL;
    if (!is_dir && (ow->trailing_slash || nw->trailing_slash))
        return -ENOTDIR;
    if (!nd->inode)
        return 0;
    if (flags & RENAME_NOREPLACE)
        return -EEXIST;
    if (nd->inode == od->inode)
        return 1; /* two names of one file: both stay */
    if (d_is_ancestor(nd, ow->d))
        return -ENOTEMPTY;
    return may_delete(nw->d->inode, nd, is_dir);
}

/* => both directories locked; od is positive */
static int
rename_locked(struct walk *ow, struct dentry *od, struct walk *nw,
              struct dentry *nd, unsigned flags)
{
    struct inode *dir = ow->d->inode, *moved = od->inode;
    struct inode *replaced = nd->inode;
    int err = may_rename(ow, od, nw, nd, flags);
    char *name;

    if (err)
        return err > 0 ? 0 : err;
    name = d_copy_name(nd->name, nd->name_len);
    if (!name)
        return -ENOMEM;
    lock_two(moved, replaced, replaced < moved, LOCK_CHILD);
    if (od->mounted || nd->mounted)
        err = -EBUSY;
    else
        err = dir->op->rename(dir, od, nw->d->inode, nd, flags);
    if (!err && replaced && S_ISDIR(replaced->mode))
        d_forget_children(nd);
    mutex_unlock(&moved->lock);
    if (replaced)
        mutex_unlock(&replaced->lock);
    if (err)
        kfree(name);
    else
        d_move(od, nd, name);
    return err;
}

/* Look both names up and rename.  => both walks stand at their parents */
static int
rename_walked(struct walk *ow, struct walk *nw, unsigned flags)
{
    struct dentry *od, *nd = NULL;
    int err = 0;

    lock_two_dirs(ow->d, nw->d);
    od = walk_lookup(ow, true);
    if (!IS_ERR(od) && od->inode)
        nd = walk_lookup(nw, true);
    if (IS_ERR(od))
        err = (int)PTR_ERR(od);
    else if (IS_ERR(nd))
        err = (int)PTR_ERR(nd);
    else
        err = nd ? rename_locked(ow, od, nw, nd, flags) : -ENOENT;
    unlock_two_dirs(ow->d, nw->d);
    if (!IS_ERR(od))
        dput(od);
    if (!IS_ERR(nd))
        dput(nd); /* the replaced inode's last reference may go here */
    return err;
}

int
vfs_renameat(int odfd, const char *old, int ndfd, const char *new,
             unsigned flags)
{
    struct walk ow, nw = {0};
    int err;

    if (flags & ~(unsigned)RENAME_NOREPLACE)
        return -EINVAL;
    err = walk_begin(&ow, odfd, old, LOOKUP_PARENT);
    if (!err)
        err = walk_begin(&nw, ndfd, new, LOOKUP_PARENT);
    if (!err && (ow.last != LAST_NAME || nw.last != LAST_NAME))
        err = -EBUSY;
    if (!err && ow.d->sb != nw.d->sb)
        err = -EXDEV;
    if (!err)
        err = rename_walked(&ow, &nw, flags);
    walk_end(&ow);
    walk_end(&nw);
    return err;
}
