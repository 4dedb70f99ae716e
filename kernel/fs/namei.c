/* SPDX-License-Identifier: MIT */
/*
 * namei.c - from a path to a dentry.
 *
 * A walk goes component by component through the dentry cache; a name that is
 * not cached is looked up by the file system under the directory's lock.  A
 * symbolic link is followed by putting its target in front of what is left
 * of the path and going on, so there is no recursion; MAX_SYMLINKS ends
 * loops.  Mount points are crossed in both directions.
 *
 * Interface: path_lookup() for others; namei.h for the name operations
 * (ops.c, open.c), which need the parent and the last name.
 *
 * Locks: the directory's inode lock while its file system looks a name up.
 */
#include "fs/namei.h"

#include "fs/dcache.h"
#include "include/errno.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "sched/cred.h"
#include "sched/task.h"

static struct dentry *
current_root(void)
{
    struct fs_context *fs = current->fs;
    struct dentry *root;

    spin_lock(&fs->lock);
    root = dget(fs->root);
    spin_unlock(&fs->lock);
    return root;
}

/* Where a relative path starts.  ERR_PTR */
static struct dentry *
start_of(int dfd)
{
    struct fs_context *fs = current->fs;
    struct dentry *d;
    struct file *f;

    if (dfd == AT_FDCWD) {
        spin_lock(&fs->lock);
        d = dget(fs->cwd);
        spin_unlock(&fs->lock);
        return d;
    }
    f = fd_get(dfd);
    if (!f)
        return ERR_PTR(-EBADF);
    d = f->dentry ? dget(f->dentry) : ERR_PTR(-ENOTDIR);
    fput(f);
    return d;
}

static void
skip_slashes(struct walk *w)
{
    while (*w->rest == '/')
        w->rest++;
}

int
walk_begin(struct walk *w, int dfd, const char *path)
{
    memset(w, 0, sizeof(*w));
    if (!*path)
        return -ENOENT;
    w->buf = kmalloc(PATH_MAX, GFP_KERNEL);
    if (!w->buf)
        return -ENOMEM;
    if (strlcpy(w->buf, path, PATH_MAX) >= PATH_MAX)
        return -ENAMETOOLONG;
    w->rest = w->buf;
    w->d = *path == '/' ? current_root() : start_of(dfd);
    if (IS_ERR(w->d)) {
        int err = (int)PTR_ERR(w->d);

        w->d = NULL;
        return err;
    }
    return 0;
}

void
walk_end(struct walk *w)
{
    dput(w->d);
    kfree(w->buf);
}

/* Step to next, giving up where we were.  => refs: consumes next */
static void
walk_step(struct walk *w, struct dentry *next)
{
    dput(w->d);
    w->d = next;
}

/* Down through what is mounted on d.  => refs: consumes d */
static struct dentry *
cross_mounts(struct dentry *d)
{
    while (READ_ONCE(d->mounted)) {
        struct dentry *root = d_mounted_root(d);

        if (!root)
            break; /* it was unmounted just now */
        dput(d);
        d = root;
    }
    return d;
}

/* The directory above d; not above our root.  => refs: the caller's */
static struct dentry *
parent_of(struct dentry *d)
{
    struct dentry *root = current_root();
    struct dentry *at = dget(d), *parent;

    while (at != root && at == at->sb->root && at->sb->mountpoint) {
        parent = dget(at->sb->mountpoint);
        dput(at);
        at = parent;
    }
    if (at == root) {
        dput(root);
        return at;
    }
    dput(root);
    parent = d_parent(at);
    dput(at);
    return parent;
}

/* The cached dentry, if there is one and its file system stands by it. */
static struct dentry *
lookup_cached(struct dentry *dir, const char *name, unsigned len)
{
    bool (*revalidate)(struct dentry *) = dir->sb->ops->d_revalidate;
    struct dentry *d = d_lookup(dir, name, len);

    if (!d || !d->inode || !revalidate || revalidate(d))
        return d;
    d_drop(d);
    dput(d);
    return NULL;
}

/* Ask the file system.  => directory locked */
static struct dentry *
lookup_locked(struct dentry *dir, const char *name, unsigned len)
{
    struct dentry *d = lookup_cached(dir, name, len);
    int err;

    if (d)
        return d; /* it came while we waited for the lock */
    if (dir->inode->nlink == 0)
        return ERR_PTR(-ENOENT); /* a removed directory has no names */
    d = d_alloc(dir, name, len);
    if (!d)
        return ERR_PTR(-ENOMEM);
    err = dir->inode->op->lookup(dir->inode, d);
    if (err) {
        dput(d);
        return ERR_PTR(err);
    }
    d_add(d);
    return d;
}

static struct dentry *
lookup_one(struct dentry *dir, const char *name, unsigned len, bool locked)
{
    struct dentry *d;

    if (len > NAME_MAX)
        return ERR_PTR(-ENAMETOOLONG);
    d = lookup_cached(dir, name, len);
    if (d)
        return d;
    if (!dir->inode->op->lookup)
        return ERR_PTR(-ENOTDIR);
    if (locked)
        return lookup_locked(dir, name, len);
    mutex_lock(&dir->inode->lock);
    d = lookup_locked(dir, name, len);
    mutex_unlock(&dir->inode->lock);
    return d;
}

static bool
is_dot(const struct walk *w)
{
    return w->len == 1 && w->name[0] == '.';
}

static bool
is_dotdot(const struct walk *w)
{
    return w->len == 2 && w->name[0] == '.' && w->name[1] == '.';
}

struct dentry *
walk_last(struct walk *w, bool locked)
{
    struct dentry *d;

    if (w->len == 0 || is_dot(w))
        return dget(w->d);
    if (is_dotdot(w))
        return cross_mounts(parent_of(w->d));
    /* A removed directory has no names, though some may still be cached. */
    if (locked && w->d->inode->nlink == 0)
        return ERR_PTR(-ENOENT);
    d = lookup_one(w->d, w->name, w->len, locked);
    return IS_ERR(d) ? d : cross_mounts(d);
}

int
walk_follow(struct walk *w, struct dentry *link)
{
    struct inode *inode = link->inode;
    size_t rest = strlen(w->rest), slash = w->trailing_slash && !rest;
    char *target;
    ssize_t n;

    if (++w->links > MAX_SYMLINKS)
        return -ELOOP;
    if (inode->op->follow) {
        struct dentry *d;
        int err = inode->op->follow(inode, &d);

        if (!err)
            walk_step(w, d);
        return err;
    }
    target = kmalloc(PATH_MAX, GFP_KERNEL);
    if (!target)
        return -ENOMEM;
    n = inode->op->readlink(inode, target, PATH_MAX);
    if (n == 0)
        n = -ENOENT;
    if (n > 0 && (size_t)n + rest + slash + 2 > PATH_MAX)
        n = -ENAMETOOLONG;
    if (n < 0) {
        kfree(target);
        return (int)n;
    }
    if (rest || slash)
        target[n++] = '/';
    memcpy(target + n, w->rest, rest + 1);
    kfree(w->buf);
    w->buf = w->rest = target;
    if (*target == '/')
        walk_step(w, current_root());
    return 0;
}

/* Cut the next component off: w->name, w->len; rest is behind it. */
static void
next_component(struct walk *w)
{
    char *p;

    skip_slashes(w);
    w->name = p = w->rest;
    while (*p && *p != '/')
        p++;
    w->len = (unsigned)(p - w->name);
    w->rest = p;
    skip_slashes(w);
    w->trailing_slash = w->rest != p;
}

/* One component in the middle of a path. */
static int
walk_into(struct walk *w)
{
    struct dentry *d;
    int err;

    d = walk_last(w, false);
    if (IS_ERR(d))
        return (int)PTR_ERR(d);
    if (!d->inode)
        err = -ENOENT;
    else if (S_ISLNK(d->inode->mode))
        err = walk_follow(w, d);
    else if (!S_ISDIR(d->inode->mode))
        err = -ENOTDIR;
    else {
        walk_step(w, d);
        return 0;
    }
    dput(d);
    return err;
}

int
walk_to_parent(struct walk *w)
{
    for (;;) {
        int err;

        next_component(w);
        if (!S_ISDIR(w->d->inode->mode))
            return w->len == 0 && !w->trailing_slash ? 0 : -ENOTDIR;
        err = inode_permission(w->d->inode, MAY_EXEC);
        if (err)
            return err;
        if (!*w->rest)
            return 0;
        err = walk_into(w);
        if (err)
            return err;
    }
}

/* The whole walk, to an existing dentry. */
static int
walk_all(struct walk *w, unsigned flags, struct dentry **out)
{
    for (;;) {
        struct dentry *d;
        bool follow;
        int err = walk_to_parent(w);

        if (err)
            return err;
        d = walk_last(w, false);
        if (IS_ERR(d))
            return (int)PTR_ERR(d);
        follow = (flags & LOOKUP_FOLLOW) || w->trailing_slash;
        if (d->inode && S_ISLNK(d->inode->mode) && follow) {
            err = walk_follow(w, d);
            dput(d);
            if (err)
                return err;
            continue;
        }
        if (!d->inode)
            err = -ENOENT;
        else if (((flags & LOOKUP_DIRECTORY) || w->trailing_slash) &&
                 !S_ISDIR(d->inode->mode))
            err = -ENOTDIR;
        if (err)
            dput(d);
        else
            *out = d;
        return err;
    }
}

int
path_lookup(int dfd, const char *path, unsigned flags, struct dentry **out)
{
    struct walk w;
    int err = walk_begin(&w, dfd, path);

    if (!err)
        err = walk_all(&w, flags, out);
    walk_end(&w);
    return err;
}

int
inode_permission(struct inode *inode, unsigned mask)
{
    const struct cred *c = &current->cred;
    umode_t mode = inode->mode;

    if ((mask & MAY_WRITE) && (inode->sb->flags & SB_RDONLY) &&
        (S_ISREG(mode) || S_ISDIR(mode) || S_ISLNK(mode)))
        return -EROFS;
    if (is_root(c)) {
        /* Root may all, but executes only what somebody may execute. */
        if ((mask & MAY_EXEC) && !S_ISDIR(mode) && !(mode & 0111))
            return -EACCES;
        return 0;
    }
    if (c->euid == inode->uid)
        mode >>= 6;
    else if (in_group(inode->gid))
        mode >>= 3;
    return (mask & ~mode & 7) ? -EACCES : 0;
}
