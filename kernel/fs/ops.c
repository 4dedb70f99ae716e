/* SPDX-License-Identifier: MIT */
/*
 * ops.c - what is done to names: open, mknod, mkdir, symlink, link, unlink,
 * rmdir and rename.
 *
 * Each walks to the last name's directory, locks it, looks the name up under
 * the lock (walk_lock), checks, and lets the file system do it.  So of two who
 * create one name only one does.  open(O_CREAT) is a walk that creates the last
 * name itself, since that may be a symbolic link to what is not there.
 *
 * rename locks the rename mutex (if two directories take part), then the
 * directories, the one that is the other's ancestor first, else by the inodes'
 * addresses, then the inodes moved and replaced, by address too: what are
 * children here may be the two directories of another rename.
 *
 * Why that cannot deadlock: with the rename mutex held no directory changes its
 * parent, but for one that moves within its parent, so who is whose ancestor is
 * certain while the two locks are taken.  All others lock a directory and then
 * a child of it.  So locks are taken from above to below; two that are not in
 * line are taken by address, and by a rename across directories only, of which
 * there is one at a time.
 *
 * A name is removed in three steps: the file system takes it off the disk, the
 * dentry becomes negative or leaves the hash (d_delete), and with no lock held
 * the inode loses the reference that its name was (iput), which deletes it if
 * it has no other name nor user.
 *
 * Interface: filp_open(), and vfs_* for the system calls.
 *
 * Locks: inode->lock, subclasses in the order of enum lock_order.
 *
 * Not done: RENAME_EXCHANGE.
 */
#include "fs/namei.h"

#include "lib/err.h"
#include "sched/task.h"

static struct mutex rename_mutex =
    MUTEX_INIT(rename_mutex, RANK_RENAME, "rename");

enum lock_order { LOCK_PARENT, LOCK_PARENT2, LOCK_CHILD, LOCK_CHILD2 };

/* --- Opening */

/* Checks that come before an inode is opened that was there. */
static int
may_open(struct inode *inode, int flags)
{
    unsigned mask = 0;
    int err = 0;

    if ((flags & O_ACCMODE) != O_WRONLY)
        mask |= MAY_READ;
    if ((flags & O_ACCMODE) != O_RDONLY || (flags & O_TRUNC))
        mask |= MAY_WRITE;
    if (flags & O_PATH)
        err = 0;
    else if (S_ISLNK(inode->mode))
        err = -ELOOP; /* O_NOFOLLOW */
    else if (S_ISDIR(inode->mode) && (mask & MAY_WRITE || flags & O_CREAT))
        err = -EISDIR;
    else
        err = inode_permission(inode, mask);
    if (!err && (flags & O_DIRECTORY) && !S_ISDIR(inode->mode))
        err = -ENOTDIR;
    return err;
}

struct file *
filp_open(int dfd, const char *path, int flags, umode_t mode)
{
    struct walk w = {.mode = mode & 07777 & ~current->fs->umask};
    struct file *f = NULL;
    int err;

    if (flags & O_PATH) /* nothing else has a meaning then */
        flags &= O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    if ((flags & O_CREAT) && (flags & O_DIRECTORY))
        return ERR_PTR(-EINVAL);
    if (flags & O_CREAT)
        w.create = flags;
    err = walk_begin(&w, dfd, path, flags & O_NOFOLLOW ? 0 : LOOKUP_FOLLOW);
    if (!err && !w.created)
        err = may_open(w.d->inode, flags);
    if (!err) {
        f = dentry_open(w.d, flags);
        err = IS_ERR(f) ? (int)PTR_ERR(f) : 0;
    }
    if (!err && !w.created && (flags & O_TRUNC) && S_ISREG(w.d->inode->mode)) {
        err = vfs_truncate(w.d->inode, 0);
        if (err)
            fput(f);
    }
    walk_end(&w);
    return err ? ERR_PTR(err) : f;
}

/* --- Creating */

/* What a new name is to be of: a new inode, or one that has names. */
struct new_name {
    umode_t mode;        /* of a new inode */
    dev_t dev;           /* if it is a device */
    const char *target;  /* if it is a symbolic link */
    struct dentry *from; /* not NULL: another name of this one's inode */
};

static int
create_name(int dfd, const char *path, const struct new_name *new)
{
    struct inode *dir, *linked = new->from ? new->from->inode : NULL;
    struct walk w = {0};
    int err = walk_begin(&w, dfd, path, LOOKUP_PARENT);

    if (!err && w.last != LAST_NAME)
        err = -EEXIST;
    if (!err)
        err = walk_lock(&w);
    if (err)
        goto out;
    dir = w.d->inode;
    if (w.child->inode)
        err = -EEXIST;
    else if (w.trailing_slash && !S_ISDIR(new->mode))
        err = -ENOENT;
    else
        err = may_change_dir(dir);
    if (err)
        goto out;
    if (!linked) {
        err = dir->op->make(dir, w.child, new->mode, new->dev, new->target);
    } else if (linked->sb != dir->sb) {
        err = -EXDEV;
    } else if (S_ISDIR(linked->mode)) {
        err = -EPERM;
    } else {
        mutex_lock_nested(&linked->lock, LOCK_CHILD);
        err = linked->nlink ? dir->op->link(linked, dir, w.child) : -ENOENT;
        mutex_unlock(&linked->lock);
    }
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

int
vfs_unlinkat(int dfd, const char *path, int flags)
{
    static const int dir_errors[] = {[LAST_NONE] = -EBUSY,
                                     [LAST_DOT] = -EINVAL,
                                     [LAST_DOTDOT] = -ENOTEMPTY,
                                     [LAST_NAME] = 0};
    bool is_dir = flags & AT_REMOVEDIR;
    struct inode *inode, *gone = NULL;
    struct walk w = {0};
    int err;

    if (flags & ~AT_REMOVEDIR)
        return -EINVAL;
    err = walk_begin(&w, dfd, path, LOOKUP_PARENT);
    if (!err && w.last != LAST_NAME)
        err = is_dir ? dir_errors[w.last] : -EISDIR;
    if (!err)
        err = walk_lock(&w);
    if (err)
        goto out;
    inode = w.child->inode;
    if (!inode)
        err = -ENOENT;
    else if (!is_dir && w.trailing_slash && !S_ISDIR(inode->mode))
        err = -ENOTDIR;
    else
        err = may_delete(w.d->inode, w.child, is_dir);
    if (err)
        goto out;
    mutex_lock_nested(&inode->lock, LOCK_CHILD);
    if (w.child->mounted) /* mounting holds the inode's lock */
        err = -EBUSY;
    else
        err = w.d->inode->op->unlink(w.d->inode, w.child);
    if (!err && is_dir)
        d_forget_below(w.child);
    mutex_unlock(&inode->lock);
    if (!err)
        gone = d_delete(w.child);
out:
    walk_end(&w);
    iput(gone); /* may delete: no lock is held */
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

/* Checks of a rename; both names are looked up.  1: nothing to do */
static int
may_rename(struct walk *ow, struct walk *nw, unsigned flags)
{
    struct dentry *od = ow->child, *nd = nw->child;
    bool is_dir = S_ISDIR(od->inode->mode);
    int err =
        may_delete(ow->d->inode, od, is_dir) ?: may_change_dir(nw->d->inode);

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

/* Look both names up and rename.  => both directories locked */
static int
rename_locked(struct walk *ow, struct walk *nw, unsigned flags)
{
    struct inode *dir = ow->d->inode, *moved, *replaced;
    int err = walk_lock(ow);

    if (!err && !ow->child->inode)
        err = -ENOENT;
    if (!err)
        err = walk_lock(nw);
    if (!err)
        err = may_rename(ow, nw, flags);
    if (err)
        return err > 0 ? 0 : err;
    moved = ow->child->inode;
    replaced = nw->child->inode;
    lock_two(moved, replaced, replaced < moved, LOCK_CHILD);
    if (ow->child->mounted || nw->child->mounted)
        err = -EBUSY;
    else
        err = dir->op->rename(dir, ow->child, nw->d->inode, nw->child);
    if (!err && replaced && S_ISDIR(replaced->mode))
        d_forget_below(nw->child);
    mutex_unlock(&moved->lock);
    if (replaced)
        mutex_unlock(&replaced->lock);
    if (!err)
        d_move(ow->child, nw->child);
    return err;
}

int
vfs_renameat(int odfd, const char *old, int ndfd, const char *new,
             unsigned flags)
{
    struct walk ow = {0}, nw = {0};
    struct inode *a, *b;
    int err;

    if (flags & ~(unsigned)RENAME_NOREPLACE)
        return -EINVAL;
    err = walk_begin(&ow, odfd, old, LOOKUP_PARENT)
              ?: walk_begin(&nw, ndfd, new, LOOKUP_PARENT);
    if (!err && (ow.last != LAST_NAME || nw.last != LAST_NAME))
        err = -EBUSY;
    if (!err && ow.d->sb != nw.d->sb)
        err = -EXDEV;
    if (err)
        goto out;
    a = ow.d->inode;
    b = ow.d == nw.d ? NULL : nw.d->inode;
    if (b) /* the tree above the two stays as it is */
        mutex_lock(&rename_mutex);
    lock_two(a, b,
             d_is_ancestor(nw.d, ow.d) || (!d_is_ancestor(ow.d, nw.d) && b < a),
             LOCK_PARENT);
    ow.locked = nw.locked = true;
    err = rename_locked(&ow, &nw, flags);
    ow.locked = nw.locked = false;
    mutex_unlock(&a->lock);
    if (b) {
        mutex_unlock(&b->lock);
        mutex_unlock(&rename_mutex);
    }
out:
    walk_end(&ow);
    walk_end(&nw); /* the replaced inode's last reference may go here */
    return err;
}
