/* SPDX-License-Identifier: MIT */
/*
 * open.c - open(2) below the descriptor: find or create, check, truncate.
 *
 * With O_CREAT the last name is looked up and, if absent, created under the
 * directory's lock, so that two creators do not both succeed; a symbolic
 * link as the last name is followed (unless O_EXCL or O_NOFOLLOW), which
 * starts the last step again at its target.
 *
 * Interface: filp_open() by name; dentry_open() of what was found already.
 *
 * Locks: the directory's inode lock while the last name is created.
 */
#include "fs/namei.h"

#include "lib/err.h"
#include "sched/task.h"

struct file *
dentry_open(struct dentry *d, int flags)
{
    const struct file_operations *op =
        flags & O_PATH ? &null_file_ops : d->inode->fop;
    struct file *f;
    int err;

    if (!op)
        return ERR_PTR(-ENXIO);
    f = file_alloc(d, flags, op);
    if (!f)
        return ERR_PTR(-ENOMEM);
    err = op->open ? op->open(d->inode, f) : 0;
    if (err) {
        f->op = &null_file_ops; /* nothing to release */
        fput(f);
        return ERR_PTR(err);
    }
    return f;
}

/* Checks that come before an inode is opened that was there. */
static int
may_open(struct inode *inode, int flags)
{
    unsigned mask = 0;

    if ((flags & O_ACCMODE) != O_WRONLY)
        mask |= MAY_READ;
    if ((flags & O_ACCMODE) != O_RDONLY || (flags & O_TRUNC))
        mask |= MAY_WRITE;
    if (S_ISLNK(inode->mode))
        return -ELOOP; /* O_NOFOLLOW */
    if (S_ISDIR(inode->mode) && (mask & MAY_WRITE || flags & O_CREAT))
        return -EISDIR;
    return inode_permission(inode, mask);
}

static struct file *
open_found(struct dentry *d, int flags)
{
    struct file *f;
    int err = flags & O_PATH ? 0 : may_open(d->inode, flags);

    if (!err && (flags & O_DIRECTORY) && !S_ISDIR(d->inode->mode))
        err = -ENOTDIR;
    if (err)
        return ERR_PTR(err);
    f = dentry_open(d, flags);
    if (!IS_ERR(f) && (flags & O_TRUNC) && S_ISREG(d->inode->mode))
        err = vfs_truncate(d->inode, 0);
    if (!err)
        return f;
    fput(f);
    return ERR_PTR(err);
}

/* The last name's dentry; where there is none, a new file's.  ERR_PTR */
static struct dentry *
lookup_or_create(struct walk *w, int flags, umode_t mode, bool *created)
{
    struct inode *dir = w->d->inode;
    struct dentry *d;
    int err = 0;

    mode = S_IFREG | (mode & 07777 & ~current->fs->umask);
    mutex_lock(&dir->lock);
    d = walk_lookup(w, true);
    if (!IS_ERR(d) && !d->inode) {
        err = may_change_dir(dir);
        if (!err)
            err = dir->op->mknod(dir, d, mode, 0);
        *created = !err;
    } else if (!IS_ERR(d) && (flags & O_EXCL)) {
        err = -EEXIST;
    }
    mutex_unlock(&dir->lock);
    if (!err)
        return d;
    dput(d);
    return ERR_PTR(err);
}

/* From the last name's parent to what the name is, created if need be. */
static int
walk_create(struct walk *w, int flags, umode_t mode, bool *created)
{
    for (;;) {
        struct dentry *d;
        int err;

        if (w->trailing_slash && w->len)
            return -EISDIR;
        d = lookup_or_create(w, flags, mode, created);
        if (IS_ERR(d))
            return (int)PTR_ERR(d);
        if (!S_ISLNK(d->inode->mode) || (flags & O_NOFOLLOW)) {
            walk_step(w, d);
            return 0;
        }
        err = walk_follow(w, d);
        if (!err)
            err = walk_on(w, LOOKUP_PARENT);
        if (err)
            return err;
    }
}

struct file *
filp_open(int dfd, const char *path, int flags, umode_t mode)
{
    unsigned lookup = flags & O_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
    bool created = false;
    struct file *f;
    struct walk w;
    int err;

    if (flags & O_PATH) /* nothing else has a meaning then */
        flags &= O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    if ((flags & O_CREAT) && (flags & O_DIRECTORY))
        return ERR_PTR(-EINVAL);
    err = walk_begin(&w, dfd, path, flags & O_CREAT ? LOOKUP_PARENT : lookup);
    if (!err && (flags & O_CREAT))
        err = walk_create(&w, flags, mode, &created);
    if (err)
        f = ERR_PTR(err);
    else
        f = created ? dentry_open(w.d, flags) : open_found(w.d, flags);
    walk_end(&w);
    return f;
}
