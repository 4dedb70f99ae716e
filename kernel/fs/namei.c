/* SPDX-License-Identifier: MIT */
/*
 * namei.c - from a path to a dentry.
 *
 * A walk goes component by component through the dentry cache; a name that is
 * not cached is looked up by the file system under the directory's lock.  A
 * symbolic link is followed by putting its target in front of what is left
 * of the path and going on, so there is no recursion; MAX_SYMLINKS ends
 * loops.  A link of procfs has no text: the walk jumps to what it stands for,
 * which need not be a directory nor have a name.  Mount points are crossed in
 * both directions.
 *
 * A cached name is believed without the directory's lock: it may be gone by the
 * time that we use it, as it may the moment after any other call.  What is not
 * cached is looked for again under the lock, since somebody may have been
 * faster; two dentries of one name would be two truths.  Whoever changes names
 * holds the lock from that lookup (walk_child) to the change; so does
 * open(O_CREAT), which is a walk that creates the last name itself, since that
 * may be a symbolic link to what is not there.
 *
 * Interface: path_lookup(), filp_open() for others; namei.h for the calls that
 * change names, which need the parent locked and the last name.
 *
 * Locks: the directory's inode lock while its file system looks a name up.
 *
 * Not done: remembering the walk of a directory's path for the next one.
 */
#include "fs/namei.h"

#include "lib/format.h"
#include "mm/slab.h"
#include "sched/task.h"

enum { MAX_SYMLINKS = 40, NEW_ONLY = O_CREAT | O_EXCL };

/*
 * Where a path starts: at our root, at a directory that we have open, or where
 * we are.  A file will do if the path is empty.  ERR_PTR; refs: the caller's
 */
static struct dentry *
start_of(int dfd, const char *path)
{
    struct fs_context *fs = current->fs;
    struct dentry *d;
    struct file *f;

    if (*path == '/' || dfd == AT_FDCWD) {
        spin_lock(&fs->lock);
        d = dget(*path == '/' ? fs->root : fs->cwd);
        spin_unlock(&fs->lock);
        return d;
    }
    f = fd_get_any(dfd);
    if (!f)
        return ERR_PTR(-EBADF);
    d = dget(f->dentry);
    fput(f);
    return d;
}

/* Step to next, giving up where we were.  => refs: consumes next */
static void
step(struct walk *w, struct dentry *next)
{
    dput(w->d);
    w->d = next;
}

/* --- One component */

/*
 * Cut the next component off w->rest, with the slashes around it: so when
 * nothing is left this was the last one, whether a slash came behind it or not.
 */
static void
next_component(struct walk *w)
{
    const char *p = w->rest;

    while (*p == '/')
        p++;
    w->name = p;
    w->last = LAST_NONE;
    if (!*p)
        return; /* a jump led here: what was behind it still counts */
    while (*p && *p != '/')
        p++;
    w->len = (unsigned)(p - w->name);
    w->trailing_slash = *p == '/';
    while (*p == '/')
        p++;
    w->rest = p;
    w->last = LAST_NAME;
    if (w->len <= 2 && w->name[0] == '.' && w->name[w->len - 1] == '.')
        w->last = w->len == 1 ? LAST_DOT : LAST_DOTDOT;
}

/*
 * A dentry that the cache has not comes from the file system.  It can be found
 * by others only when it is known whether there is something behind it, or
 * never (procfs).
 */
int
walk_child(struct walk *w)
{
    struct inode *dir = w->d->inode;

    if (w->len > NAME_MAX)
        return -ENAMETOOLONG;
    if (dir->nlink == 0)
        return -ENOENT; /* a removed directory has no names */
    w->child = d_lookup(w->d, w->name, w->len);
    if (w->child)
        return 0; /* perhaps it came while we waited for the lock */
    w->child = d_alloc(w->d, w->name, w->len);
    if (!w->child)
        return -ENOMEM;
    return dir->op->lookup ? dir->op->lookup(dir, w->child)
                           : d_add(w->child, NULL);
}

/*
 * Look the component cut off up, which is w->child then, or -ENOENT; no link is
 * followed, mounts are.  Or create the file, under the same lock, so that of
 * two creators only one succeeds.
 */
static int
lookup(struct walk *w, bool create)
{
    struct inode *dir = w->d->inode;
    int err = 0;

    if (w->last == LAST_DOT)
        w->child = dget(w->d);
    else if (w->last == LAST_DOTDOT)
        w->child = d_up(w->d);
    else if (create && w->trailing_slash)
        return -EISDIR;
    else if (!create)
        w->child = d_lookup(w->d, w->name, w->len);
    if (!w->child) {
        mutex_lock(&dir->lock);
        err = walk_child(w);
        if (!err && create && !w->child->inode) {
            err = may_change_dir(dir)
                      ?: dir->op->make(dir, w->child, w->create, 0, NULL);
            w->create = 0;
        }
        mutex_unlock(&dir->lock);
    }
    return err ?: w->child->inode ? 0 : -ENOENT;
}

/*
 * Go on with the target of the symlink w->child: put it in front of what is
 * left, in a buffer of the walk's own.  The walk stays where the link is,
 * unless the target is absolute or the link says where to jump.
 */
static int
follow_link(struct walk *w)
{
    struct inode *link = w->child->inode;
    const char *slash = *w->rest || w->trailing_slash ? "/" : "";
    struct dentry *to;
    char *buf;
    ssize_t n;

    if (++w->links > MAX_SYMLINKS)
        return -ELOOP;
    if (link->op->follow) {
        n = link->op->follow(link, &to);
        if (!n)
            step(w, to);
        return (int)n;
    }
    /* What is left may lie in the buffer of the link before. */
    buf = kmalloc(PATH_MAX, GFP_KERNEL);
    n = buf ? link->op->readlink(link, buf, PATH_MAX) : -ENOMEM;
    if (n == 0)
        n = -ENOENT; /* damaged; the rest must not become an absolute path */
    if (n > 0 &&
        n + snprintf(buf + n, PATH_MAX - (size_t)n, "%s%s", slash, w->rest) >=
            PATH_MAX)
        n = -ENAMETOOLONG;
    if (n < 0) {
        kfree(buf);
        return (int)n;
    }
    kfree(w->buf);
    w->buf = buf;
    w->rest = buf;
    if (*buf == '/')
        step(w, start_of(AT_FDCWD, buf));
    return 0;
}

/* --- A path */

/*
 * Walk what is left, but for the last component with LOOKUP_PARENT.  A link as
 * the last component is followed if the caller says so, or if a slash comes
 * behind it, which asks for a directory.
 */
static int
walk_on(struct walk *w, unsigned flags)
{
    for (bool last = false; !last; w->child = NULL) {
        int err;

        next_component(w);
        if (w->last == LAST_NONE)
            break;
        last = !*w->rest;
        if (!S_ISDIR(w->d->inode->mode))
            return -ENOTDIR;
        err = inode_permission(w->d->inode, MAY_EXEC);
        if (err || (last && flags & LOOKUP_PARENT))
            return err; /* what is cut off the caller looks up */
        err = lookup(w, last && w->create);
        if (err)
            return err;
        if (S_ISLNK(w->child->inode->mode) &&
            (!last || w->trailing_slash || flags & LOOKUP_FOLLOW)) {
            last = false; /* the target has a last component of its own */
            err = follow_link(w);
            if (err)
                return err;
            dput(w->child);
        } else {
            step(w, w->child);
        }
    }
    return w->trailing_slash && !S_ISDIR(w->d->inode->mode) ? -ENOTDIR : 0;
}

int
walk_begin(struct walk *w, int dfd, const char *path, unsigned flags)
{
    struct dentry *d = *path || (flags & LOOKUP_EMPTY) ? start_of(dfd, path)
                                                       : ERR_PTR(-ENOENT);

    if (IS_ERR(d))
        return (int)PTR_ERR(d);
    w->d = d;
    w->rest = path;
    return walk_on(w, flags);
}

void
walk_lock(struct walk *w, unsigned subclass)
{
    mutex_lock_nested(&w->d->inode->lock, subclass);
    w->locked = true;
}

void
walk_unlock(struct walk *w)
{
    if (w->locked)
        mutex_unlock(&w->d->inode->lock);
    w->locked = false;
}

void
walk_end(struct walk *w)
{
    walk_unlock(w);
    dput(w->child); /* perhaps a deleted inode's last: nothing is locked */
    dput(w->d);
    kfree(w->buf);
}

int
path_lookup(int dfd, const char *path, unsigned flags, struct dentry **out)
{
    struct walk w = {0};
    int err = walk_begin(&w, dfd, path, flags);

    if (!err) {
        *out = w.d;
        w.d = NULL;
    }
    walk_end(&w);
    return err;
}

/* --- Opening */

/*
 * Checks before an inode is opened that is not new, in Linux's order.  Who has
 * just made a file may use it as he asked to, whatever its mode says.
 */
static int
may_open(struct inode *inode, int flags)
{
    unsigned mask = (flags & O_ACCMODE) == O_WRONLY ? 0 : MAY_READ;

    if ((flags & O_ACCMODE) != O_RDONLY || (flags & O_TRUNC))
        mask |= MAY_WRITE;
    if ((flags & NEW_ONLY) == NEW_ONLY)
        return -EEXIST;
    if ((flags & O_DIRECTORY) && !S_ISDIR(inode->mode))
        return -ENOTDIR;
    if (flags & O_PATH)
        return 0;
    if (S_ISLNK(inode->mode))
        return -ELOOP; /* O_NOFOLLOW */
    if (S_ISDIR(inode->mode) && (mask & MAY_WRITE || flags & O_CREAT))
        return -EISDIR;
    if ((S_ISCHR(inode->mode) || S_ISBLK(inode->mode)) &&
        inode->sb->flags & MS_NODEV)
        return -EACCES;
    return inode_permission(inode, mask);
}

/*
 * With O_EXCL a link is not followed: it is a name that exists.  The file is
 * cut when nothing can fail any more but that.
 */
struct file *
filp_open(int dfd, const char *path, int flags, umode_t mode)
{
    umode_t create = S_IFREG | (mode & 07777 & ~current->fs->umask);
    struct walk w = {0};
    struct file *f;
    bool follow, new;
    int err;

    if (flags & O_PATH) /* nothing else has a meaning then */
        flags &= O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    if ((flags & O_CREAT) && (flags & O_DIRECTORY))
        return ERR_PTR(-EINVAL);
    if (flags & O_CREAT)
        w.create = create;
    follow = !(flags & O_NOFOLLOW) && (flags & NEW_ONLY) != NEW_ONLY;
    err = walk_begin(&w, dfd, path, follow ? LOOKUP_FOLLOW : 0);
    new = (flags & O_CREAT) && !w.create; /* the walk has made it */
    if (!err && !new)
        err = may_open(w.d->inode, flags);
    f = err ? ERR_PTR(err) : dentry_open(w.d, flags);
    if (!IS_ERR(f) && !new && (flags & O_TRUNC) && S_ISREG(f->inode->mode)) {
        err = vfs_truncate(f->inode, 0);
        if (err) {
            fput(f);
            f = ERR_PTR(err);
        }
    }
    walk_end(&w);
    return f;
}
