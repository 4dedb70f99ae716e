/* SPDX-License-Identifier: MIT */
/*
 * open.c - open(2) below the descriptor: find or create, check, truncate.
 *
 * With O_CREAT the last name is looked up and, if absent, created under the
 * directory's lock, so that two creators do not both succeed; a symbolic
 * link as the last name is followed (unless O_EXCL or O_NOFOLLOW), which
 * starts the last step again at its target.
 */
#include "fs/fs.h"

#include "fs/dcache.h"
#include "fs/namei.h"
#include "include/errno.h"
#include "lib/err.h"
#include "sched/cred.h"
#include "sched/task.h"

/* What permission does an open with these flags need? */
static unsigned
open_mask(int flags)
{
    unsigned mask = 0;

    if ((flags & O_ACCMODE) != O_WRONLY)
        mask |= MAY_READ;
    if ((flags & O_ACCMODE) != O_RDONLY || (flags & O_TRUNC))
        mask |= MAY_WRITE;
    return mask;
}

struct file *
dentry_open(struct dentry *d, int flags)
{
    struct inode *inode = d->inode;
    struct file *f;
    int err;

    if ((flags & O_PATH) == 0 && !inode->fop)
        return ERR_PTR(-ENXIO);
    f = file_alloc(dget(d), iget(inode), flags, inode->fop);
    if (!f)
        return ERR_PTR(-ENOMEM);
    if (f->op->open && !(flags & O_PATH)) {
        err = f->op->open(inode, f);
        if (err) {
            f->op = &null_file_ops; /* nothing to release */
            fput(f);
            return ERR_PTR(err);
        }
    }
    return f;
}

/* Checks that come before an existing inode is opened. */
static int
may_open(struct inode *inode, int flags)
{
    unsigned mask = open_mask(flags);

    if (S_ISLNK(inode->mode))
        return -ELOOP; /* O_NOFOLLOW */
    if (S_ISDIR(inode->mode) && (mask & MAY_WRITE))
        return -EISDIR;
    if (S_ISSOCK(inode->mode))
        return -ENXIO;
    return inode_permission(inode, mask);
}

/* => refs: consumes d */
static struct file *
open_dentry(struct dentry *d, int flags, bool created)
{
    struct file *f;
    int err = 0;

    if (!(flags & O_PATH) && !created)
        err = may_open(d->inode, flags);
    if (!err && (flags & O_DIRECTORY) && !S_ISDIR(d->inode->mode))
        err = -ENOTDIR;
    f = err ? ERR_PTR(err) : dentry_open(d, flags);
    if (!IS_ERR(f) && !created && (flags & O_TRUNC) &&
        S_ISREG(d->inode->mode)) {
        err = vfs_truncate(d->inode, 0);
        if (err) {
            fput(f);
            f = ERR_PTR(err);
        }
    }
    dput(d);
    return f;
}

/* Create w's last name in w->d, which is locked; d is negative. */
static int
create_locked(struct walk *w, struct dentry *d, umode_t mode)
{
    struct inode *dir = w->d->inode;
    int err;

    if (w->trailing_slash)
        return -EISDIR;
    err = inode_permission(dir, MAY_WRITE | MAY_EXEC);
    if (err)
        return err;
    if (!dir->op->create)
        return -EACCES;
    return dir->op->create(dir, d, S_IFREG | (mode & ~current->fs->umask));
}

/* Look the last name up, creating it if need be.  ERR_PTR */
static struct dentry *
lookup_or_create(struct walk *w, int flags, umode_t mode, bool *created)
{
    struct dentry *d;
    int err = 0;

    *created = false;
    if (!S_ISDIR(w->d->inode->mode))
        return dget(w->d); /* reached by a procfs link */
    mutex_lock(&w->d->inode->lock);
    d = walk_last(w, true);
    if (!IS_ERR(d)) {
        if (!d->inode) {
            err = create_locked(w, d, mode & 07777);
            *created = !err;
        } else if (flags & O_EXCL) {
            err = -EEXIST;
        }
        if (err) {
            dput(d);
            d = ERR_PTR(err);
        }
    }
    mutex_unlock(&w->d->inode->lock);
    return d;
}

static struct file *
open_create(struct walk *w, int flags, umode_t mode)
{
    for (;;) {
        struct dentry *d;
        bool created;
        int err = walk_to_parent(w);

        if (err)
            return ERR_PTR(err);
        if (w->trailing_slash && w->len)
            return ERR_PTR(-EISDIR);
        d = lookup_or_create(w, flags, mode, &created);
        if (IS_ERR(d))
            return ERR_PTR(PTR_ERR(d));
        if (!created && S_ISDIR(d->inode->mode)) {
            dput(d);
            return ERR_PTR(-EISDIR);
        }
        if (created || !S_ISLNK(d->inode->mode) || (flags & O_NOFOLLOW))
            return open_dentry(d, flags, created);
        err = walk_follow(w, d);
        dput(d);
        if (err)
            return ERR_PTR(err);
    }
}

struct file *
filp_open(int dfd, const char *path, int flags, umode_t mode)
{
    unsigned lookup = flags & O_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
    struct dentry *d;
    struct file *f;
    struct walk w;
    int err;

    if (flags & O_PATH) /* nothing else has a meaning then */
        flags &= O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    if (!(flags & O_CREAT)) {
        err = path_lookup(dfd, path, lookup, &d);
        return err ? ERR_PTR(err) : open_dentry(d, flags, false);
    }
    if (flags & O_DIRECTORY)
        return ERR_PTR(-EINVAL);
    err = walk_begin(&w, dfd, path);
    f = err ? ERR_PTR(err) : open_create(&w, flags, mode);
    walk_end(&w);
    return f;
}
