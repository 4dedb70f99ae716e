/* SPDX-License-Identifier: MIT */
/*
 * ops.c - the name operations: mknod, mkdir, unlink, rmdir, link, symlink,
 * rename; and what changes an inode by name: truncate, setattr, stat.
 *
 * All that changes names locks the directory, looks the last name up again
 * under the lock, checks, and lets the file system do it.  rename locks the
 * rename mutex (if two directories take part), then the directories, the one
 * that is the other's ancestor first, else by the inodes' addresses, then the
 * inodes moved and replaced, by address too: what are children here may be the
 * two directories of another rename.
 */
#include "fs/fs.h"

#include "fs/dcache.h"
#include "fs/namei.h"
#include "include/errno.h"
#include "lib/err.h"
#include "lib/macros.h"
#include "lib/string.h"
#include "sched/cred.h"
#include "sched/signal.h"
#include "sched/task.h"

static struct mutex rename_mutex =
    MUTEX_INIT(rename_mutex, RANK_RENAME, "rename");

enum { LOCK_PARENT, LOCK_PARENT2, LOCK_CHILD, LOCK_CHILD2 };

/* --- Creating */

/*
 * Walk to the parent of path, lock it, and find a free place for the name.
 * => *out: a negative dentry; w->d->inode locked; undo with finish_create
 */
static int
start_create(struct walk *w, int dfd, const char *path, bool dir,
             struct dentry **out)
{
    struct dentry *d;
    int err = walk_begin(w, dfd, path);

    *out = NULL;
    if (!err)
        err = walk_to_parent(w);
    if (err)
        return err;
    if (!S_ISDIR(w->d->inode->mode))
        return -ENOTDIR;
    if (w->len == 0)
        return -EEXIST;
    mutex_lock(&w->d->inode->lock);
    d = walk_last(w, true);
    if (IS_ERR(d))
        err = (int)PTR_ERR(d);
    else if (d->inode)
        err = -EEXIST;
    else if (w->trailing_slash && !dir)
        err = -ENOENT;
    else
        err = inode_permission(w->d->inode, MAY_WRITE | MAY_EXEC);
    if (err) {
        mutex_unlock(&w->d->inode->lock);
        if (!IS_ERR(d))
            dput(d);
        return err;
    }
    *out = d;
    return 0;
}

static void
finish_create(struct walk *w, struct dentry *d)
{
    if (d) {
        mutex_unlock(&w->d->inode->lock);
        dput(d);
    }
    walk_end(w);
}

int
vfs_mknodat(int dfd, const char *path, umode_t mode, dev_t dev)
{
    umode_t perm = mode & 07777 & ~current->fs->umask;
    umode_t type = mode & S_IFMT ? mode & S_IFMT : S_IFREG;
    struct dentry *d;
    struct walk w;
    int err;

    if (type == S_IFDIR)
        return -EPERM;
    if (type == S_IFLNK)
        return -EINVAL;
    if ((type == S_IFCHR || type == S_IFBLK) && !is_root(&current->cred))
        return -EPERM;
    err = start_create(&w, dfd, path, false, &d);
    if (!err) {
        struct inode *dir = w.d->inode;

        if (type == S_IFREG && dir->op->create)
            err = dir->op->create(dir, d, type | perm);
        else if (type != S_IFREG && dir->op->mknod)
            err = dir->op->mknod(dir, d, type | perm, dev);
        else
            err = -EPERM;
    }
    finish_create(&w, d);
    return err;
}

int
vfs_mkdirat(int dfd, const char *path, umode_t mode)
{
    struct dentry *d;
    struct walk w;
    int err = start_create(&w, dfd, path, true, &d);

    if (!err) {
        struct inode *dir = w.d->inode;

        mode &= 01777 & ~current->fs->umask;
        err = dir->op->mkdir ? dir->op->mkdir(dir, d, S_IFDIR | mode) : -EPERM;
    }
    finish_create(&w, d);
    return err;
}

int
vfs_symlinkat(const char *target, int dfd, const char *path)
{
    struct dentry *d;
    struct walk w;
    int err;

    if (!*target)
        return -ENOENT;
    err = start_create(&w, dfd, path, false, &d);
    if (!err) {
        struct inode *dir = w.d->inode;

        err = dir->op->symlink ? dir->op->symlink(dir, d, target) : -EPERM;
    }
    finish_create(&w, d);
    return err;
}

int
vfs_linkat(int odfd, const char *old, int ndfd, const char *new, int flags)
{
    struct dentry *from, *d;
    struct walk w;
    int err;

    if (flags & ~AT_SYMLINK_FOLLOW)
        return -EINVAL;
    err = path_lookup(odfd, old, flags & AT_SYMLINK_FOLLOW ? LOOKUP_FOLLOW : 0,
                      &from);
    if (err)
        return err;
    err = start_create(&w, ndfd, new, false, &d);
    if (!err) {
        struct inode *dir = w.d->inode, *inode = from->inode;

        if (from->sb != d->sb)
            err = -EXDEV;
        else if (S_ISDIR(inode->mode) || !dir->op->link)
            err = -EPERM;
        if (!err) {
            mutex_lock_nested(&inode->lock, LOCK_CHILD);
            err = inode->nlink ? dir->op->link(from, dir, d) : -ENOENT;
            mutex_unlock(&inode->lock);
        }
    }
    finish_create(&w, d);
    dput(from);
    return err;
}

/* --- Deleting */

/* May the current task remove `d` from its directory? */
static int
may_delete(struct inode *dir, struct dentry *d, bool is_dir)
{
    const struct cred *c = &current->cred;
    int err = inode_permission(dir, MAY_WRITE | MAY_EXEC);

    if (err)
        return err;
    if ((dir->mode & S_ISVTX) && !is_root(c) && c->euid != d->inode->uid &&
        c->euid != dir->uid)
        return -EPERM;
    if (is_dir) {
        if (!S_ISDIR(d->inode->mode))
            return -ENOTDIR;
        if (d == d->sb->root || d->mounted)
            return -EBUSY;
    } else if (S_ISDIR(d->inode->mode)) {
        return -EISDIR;
    }
    return 0;
}

/* Names that cannot be removed or renamed. */
static int
check_last_name(const struct walk *w, int dot, int dotdot)
{
    if (w->len == 0)
        return -EBUSY;
    if (w->len == 1 && w->name[0] == '.')
        return dot;
    if (w->len == 2 && w->name[0] == '.' && w->name[1] == '.')
        return dotdot;
    return 0;
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
    if (d->mounted) /* meanwhile: mounting holds the inode's lock */
        err = -EBUSY;
    else if (is_dir)
        err = dir->op->rmdir ? dir->op->rmdir(dir, d) : -EPERM;
    else
        err = dir->op->unlink ? dir->op->unlink(dir, d) : -EPERM;
    if (!err && is_dir)
        d_forget_children(d);
    mutex_unlock(&inode->lock);
    return err;
}

int
vfs_unlinkat(int dfd, const char *path, int flags)
{
    bool is_dir = flags & AT_REMOVEDIR;
    struct inode *dir, *gone = NULL;
    struct dentry *d;
    struct walk w;
    int err;

    if (flags & ~AT_REMOVEDIR)
        return -EINVAL;
    err = walk_begin(&w, dfd, path);
    if (!err)
        err = walk_to_parent(&w);
    if (!err)
        err = is_dir ? check_last_name(&w, -EINVAL, -ENOTEMPTY)
                     : check_last_name(&w, -EISDIR, -EISDIR);
    if (err)
        goto out;
    dir = w.d->inode;
    mutex_lock(&dir->lock);
    d = walk_last(&w, true);
    if (IS_ERR(d)) {
        err = (int)PTR_ERR(d);
    } else if (!d->inode) {
        err = -ENOENT;
    } else if (!is_dir && w.trailing_slash && !S_ISDIR(d->inode->mode)) {
        err = -ENOTDIR;
    } else {
        err = d->sb != w.d->sb ? -EBUSY : remove_locked(dir, d, is_dir);
        if (!err)
            gone = d_delete(d);
    }
    mutex_unlock(&dir->lock);
    if (!IS_ERR(d))
        dput(d);
    iput(gone); /* may delete: no lock is held */
out:
    walk_end(&w);
    return err;
}

/* --- Renaming */

static void
lock_two_dirs(struct dentry *a, struct dentry *b)
{
    if (a == b) {
        mutex_lock(&a->inode->lock);
        return;
    }
    mutex_lock(&rename_mutex);
    if (d_is_ancestor(b, a) || (!d_is_ancestor(a, b) && b->inode < a->inode)) {
        struct dentry *t = a;

        a = b;
        b = t;
    }
    mutex_lock(&a->inode->lock);
    mutex_lock_nested(&b->inode->lock, LOCK_PARENT2);
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
        err = inode_permission(nw->d->inode, MAY_WRITE | MAY_EXEC);
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
    if (!is_dir && S_ISDIR(nd->inode->mode))
        return -EISDIR;
    if (d_is_ancestor(nd, ow->d))
        return -ENOTEMPTY;
    return may_delete(nw->d->inode, nd, is_dir);
}

static void
lock_two_children(struct inode *a, struct inode *b)
{
    if (b && b < a) {
        struct inode *t = a;

        a = b;
        b = t;
    }
    mutex_lock_nested(&a->lock, LOCK_CHILD);
    if (b)
        mutex_lock_nested(&b->lock, LOCK_CHILD2);
}

/* => both directories locked */
static int
rename_locked(struct walk *ow, struct dentry *od, struct walk *nw,
              struct dentry *nd, unsigned flags)
{
    struct inode *dir = ow->d->inode, *moved = od->inode;
    struct inode *replaced = nd->inode;
    int err = may_rename(ow, od, nw, nd, flags);

    if (err)
        return err > 0 ? 0 : err;
    if (!dir->op->rename)
        return -EPERM;
    lock_two_children(moved, replaced);
    if (od->mounted || nd->mounted)
        err = -EBUSY;
    else
        err = dir->op->rename(dir, od, nw->d->inode, nd, flags);
    if (!err && replaced && S_ISDIR(replaced->mode))
        d_forget_children(nd);
    mutex_unlock(&moved->lock);
    if (replaced)
        mutex_unlock(&replaced->lock);
    if (!err)
        d_move(od, nd);
    return err;
}

/* Look both names up and rename.  => both walks stand at their parents */
static int
rename_walked(struct walk *ow, struct walk *nw, unsigned flags)
{
    struct dentry *od, *nd = NULL;
    int err = 0;

    lock_two_dirs(ow->d, nw->d);
    od = walk_last(ow, true);
    if (IS_ERR(od)) {
        err = (int)PTR_ERR(od);
        od = NULL;
    } else if (!od->inode) {
        err = -ENOENT;
    }
    if (!err) {
        nd = walk_last(nw, true);
        if (IS_ERR(nd)) {
            err = (int)PTR_ERR(nd);
            nd = NULL;
        }
    }
    if (!err)
        err = rename_locked(ow, od, nw, nd, flags);
    unlock_two_dirs(ow->d, nw->d);
    dput(od);
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
    err = walk_begin(&ow, odfd, old);
    if (!err)
        err = walk_begin(&nw, ndfd, new);
    if (!err)
        err = walk_to_parent(&ow);
    if (!err)
        err = walk_to_parent(&nw);
    if (!err)
        err = check_last_name(&ow, -EBUSY, -EBUSY);
    if (!err)
        err = check_last_name(&nw, -EBUSY, -EBUSY);
    if (!err && ow.d->sb != nw.d->sb)
        err = -EXDEV;
    if (!err)
        err = rename_walked(&ow, &nw, flags);
    walk_end(&ow);
    walk_end(&nw);
    return err;
}

/* --- Attributes */

int
vfs_truncate(struct inode *inode, off_t size)
{
    int err;

    if (size < 0)
        return -EINVAL;
    if (S_ISDIR(inode->mode))
        return -EISDIR;
    if (!S_ISREG(inode->mode) || !inode->op->truncate)
        return -EINVAL;
    if ((uint64_t)size > inode->sb->max_bytes)
        return -EFBIG;
    if (size > inode_size(inode) &&
        (uint64_t)size > current->rlim[RLIMIT_FSIZE].rlim_cur) {
        send_signal(current, SIGXFSZ, NULL);
        return -EFBIG;
    }
    mutex_lock(&inode->lock);
    err = inode->op->truncate(inode, size);
    if (!err)
        inode_touch(inode, TOUCH_MTIME | TOUCH_CTIME);
    mutex_unlock(&inode->lock);
    return err;
}

/* Who may change what. */
static int
may_setattr(struct inode *inode, const struct iattr *a)
{
    const struct cred *c = &current->cred;
    bool owner = is_root(c) || c->euid == inode->uid;

    if (inode->sb->flags & SB_RDONLY)
        return -EROFS;
    if ((a->valid & ATTR_UID) && !is_root(c) &&
        !(owner && a->uid == inode->uid))
        return -EPERM;
    if ((a->valid & ATTR_GID) && !is_root(c) && !(owner && in_group(a->gid)))
        return -EPERM;
    if ((a->valid & ATTR_MODE) && !owner)
        return -EPERM;
    if ((a->valid & (ATTR_ATIME | ATTR_MTIME)) && !owner) {
        if (!(a->valid & ATTR_TIMES_NOW))
            return -EPERM;
        return inode_permission(inode, MAY_WRITE);
    }
    return 0;
}

static void
apply_attr(struct inode *inode, const struct iattr *a)
{
    if (a->valid & ATTR_UID)
        inode->uid = a->uid;
    if (a->valid & ATTR_GID)
        inode->gid = a->gid;
    if ((a->valid & (ATTR_UID | ATTR_GID)) && S_ISREG(inode->mode))
        inode->mode &= ~(umode_t)(S_ISUID | S_ISGID);
    if (a->valid & ATTR_MODE)
        inode->mode = (inode->mode & S_IFMT) | (a->mode & 07777);
    spin_lock(&inode->i_lock);
    if (a->valid & ATTR_ATIME)
        inode->atime = a->atime;
    if (a->valid & ATTR_MTIME)
        inode->mtime = a->mtime;
    spin_unlock(&inode->i_lock);
}

int
vfs_setattr(struct inode *inode, const struct iattr *attr)
{
    int err;

    mutex_lock(&inode->lock);
    err = may_setattr(inode, attr);
    if (!err) {
        apply_attr(inode, attr);
        inode_touch(inode, TOUCH_CTIME);
        if (inode->op->setattr)
            err = inode->op->setattr(inode);
    }
    mutex_unlock(&inode->lock);
    return err;
}

void
vfs_stat(struct inode *inode, struct stat *out)
{
    memset(out, 0, sizeof(*out));
    out->st_dev = inode->sb->dev;
    out->st_ino = inode->ino;
    out->st_mode = inode->mode;
    out->st_nlink = inode->nlink;
    out->st_uid = inode->uid;
    out->st_gid = inode->gid;
    out->st_rdev = inode->rdev;
    out->st_size = inode_size(inode);
    out->st_blksize = PAGE_SIZE;
    out->st_blocks = (int64_t)inode->blocks;
    spin_lock(&inode->i_lock);
    out->st_atim = inode->atime;
    out->st_mtim = inode->mtime;
    out->st_ctim = inode->ctime;
    spin_unlock(&inode->i_lock);
}

int
vfs_statfs(struct super_block *sb, struct statfs *out)
{
    memset(out, 0, sizeof(*out));
    out->f_bsize = out->f_frsize = PAGE_SIZE;
    out->f_namelen = NAME_MAX;
    return sb->ops->statfs ? sb->ops->statfs(sb, out) : 0;
}
