/* SPDX-License-Identifier: MIT */
/*
 * sys_name.c - what is done to names: mknod, mkdir, symlink, link, unlink,
 * rmdir and rename.
 *
 * Each walks to the last name's directory, locks it, looks the name up under
 * the lock (walk_to_name), checks, and lets the file system do it.  So of two
 * who create one name only one does.
 *
 * rename is done by one at a time (rename_mutex).  It locks the directories,
 * the one that is the other's ancestor first, then the inode that is moved and
 * the one that is replaced.
 *
 * Why that cannot deadlock: no directory changes its parent meanwhile, so who
 * is whose ancestor is certain.  All others lock a directory and then a child
 * of it, so locks are taken from above to below.  Two that are not in line are
 * locked by a rename only, of which there is one; and the two inodes are never
 * in line, as may_rename() sees to, nor above the directories.  (A file may be
 * a child of many directories, but who holds its lock waits for no other.)
 *
 * A name is removed in three steps: the file system takes it off the disk, the
 * dentry becomes negative or leaves the hash (d_delete), and with no lock held
 * the inode loses its last reference (iput), which deletes it if it has no
 * other name nor user.
 *
 * Locks: inode->lock, subclasses in the order of LOCK_* (namei.h).
 *
 * Not done: RENAME_EXCHANGE; renames in parallel.
 */
#include "fs/namei.h"
#include "mm/slab.h"
#include "syscall/syscall.h"

static struct mutex rename_mutex = MUTEX_INIT(rename_mutex, RANK_RENAME);

/*
 * Walk to the last component, and if that is a name (w->last) lock its
 * directory and look it up.  => walk_end() is due in any case
 */
static int
walk_to_name(struct walk *w, uint64_t dfd, const char *path)
{
    int err = walk_begin(w, (int)dfd, path, LOOKUP_PARENT);

    if (err || w->last != LAST_NAME)
        return err;
    walk_lock(w, LOCK_PARENT);
    return walk_child(w);
}

/* --- Creating */

/*
 * May the current task make the name w->child in w->d?  What exists is EEXIST,
 * be it "/" or "..", before it is asked whether the directory may be changed; a
 * name with a slash behind it can become a directory's only.  => w->d is locked
 */
static int
may_create(const struct walk *w, bool is_dir)
{
    if (w->last != LAST_NAME || w->child->inode)
        return -EEXIST;
    if (w->trailing_slash && !is_dir)
        return -ENOENT;
    return may_change_dir(w->d->inode);
}

/*
 * Make a new inode and its name; dev: of a device, target: of a link, which has
 * all permissions.  Devices are root's business, as whoever opens them gets to
 * the hardware.
 */
static int
create_name(uint64_t dfd, const char *path, umode_t mode, uint64_t dev,
            const char *target)
{
    struct walk w = {0};
    int err = walk_to_name(&w, dfd, path) ?: may_create(&w, S_ISDIR(mode));
    struct inode *dir;

    if (!err && (S_ISCHR(mode) || S_ISBLK(mode)) && !is_root(&current->cred))
        err = -EPERM;
    if (!err) {
        dir = w.d->inode;
        mode &= ~(target ? 0 : current->fs->umask);
        err = dir->op->make(dir, w.child, mode, (dev_t)dev, target);
    }
    walk_end(&w);
    return err;
}

SYSCALL_PATHS(mknodat, BIT(1))
{
    umode_t type = a[2] & S_IFMT ? a[2] & S_IFMT : S_IFREG;

    if (S_ISDIR(type))
        return -EPERM;
    if (!S_ISREG(type) && !S_ISCHR(type) && !S_ISBLK(type) && !S_ISFIFO(type) &&
        !S_ISSOCK(type))
        return -EINVAL;
    return create_name(a[0], path[0], type | (a[2] & 07777), a[3], NULL);
}

SYSCALL_PATHS(mkdirat, BIT(1))
{
    return create_name(a[0], path[0], S_IFDIR | (a[2] & 01777), 0, NULL);
}

SYSCALL_PATHS(symlinkat, BIT(0) | BIT(2))
{
    if (!*path[0])
        return -ENOENT;
    return create_name(a[1], path[1], S_IFLNK | 0777, 0, path[0]);
}

/*
 * One more name for what has one; for the link itself, if it is a symbolic one.
 * The inode is locked as its names are counted; one that has lost its last name
 * meanwhile gets no new one, as it is being deleted.
 */
SYSCALL_PATHS(linkat, BIT(1) | BIT(3))
{
    unsigned how = a[4] & AT_SYMLINK_FOLLOW ? LOOKUP_FOLLOW : 0;
    struct inode *inode, *dir;
    struct walk w = {0};
    struct dentry *from;
    int err;

    if (a[4] & ~(uint64_t)AT_SYMLINK_FOLLOW)
        return -EINVAL;
    err = path_lookup((int)a[0], path[0], how, &from);
    if (err)
        return err;
    inode = from->inode;
    err = walk_to_name(&w, a[2], path[1]) ?: may_create(&w, false);
    if (!err && inode->sb != w.d->sb)
        err = -EXDEV;
    else if (!err && S_ISDIR(inode->mode))
        err = -EPERM;
    if (!err) {
        dir = w.d->inode;
        mutex_lock_nested(&inode->lock, LOCK_CHILD);
        err = inode->nlink ? dir->op->link(inode, dir, w.child) : -ENOENT;
        mutex_unlock(&inode->lock);
    }
    walk_end(&w);
    dput(from);
    return err;
}

/* --- Deleting */

/*
 * May the current task take the name w->child, of a directory or not as it
 * says, out of w->d?  In a sticky one only its owner and the file's may.  A
 * root is what is mounted there.  => w->d is locked
 */
static int
may_delete(const struct walk *w, bool is_dir)
{
    const struct inode *dir = w->d->inode, *inode = w->child->inode;
    uid_t euid = current->cred.euid;
    int err;

    if (!inode)
        return -ENOENT;
    if (w->trailing_slash && !S_ISDIR(inode->mode))
        return -ENOTDIR;
    err = may_change_dir(w->d->inode);
    if (err)
        return err;
    if ((dir->mode & S_ISVTX) && euid != 0 && euid != inode->uid &&
        euid != dir->uid)
        return -EPERM;
    if (S_ISDIR(inode->mode) != is_dir)
        return is_dir ? -ENOTDIR : -EISDIR;
    return w->child == w->child->sb->root ? -EBUSY : 0;
}

/*
 * The inode is locked so that nothing is mounted on it or made in it meanwhile,
 * and held so that it is deleted, if so, with nothing locked.
 */
SYSCALL_PATHS(unlinkat, BIT(1))
{
    static const int dir_errors[] = {
        [LAST_NONE] = -EBUSY, [LAST_DOT] = -EINVAL, [LAST_DOTDOT] = -ENOTEMPTY};
    bool is_dir = a[2] & AT_REMOVEDIR;
    struct inode *dir, *inode = NULL;
    struct walk w = {0};
    int err;

    if (a[2] & ~(uint64_t)AT_REMOVEDIR)
        return -EINVAL;
    err = walk_to_name(&w, a[0], path[0]);
    if (!err && w.last != LAST_NAME)
        err = is_dir ? dir_errors[w.last] : -EISDIR;
    if (!err)
        err = may_delete(&w, is_dir);
    if (!err) {
        dir = w.d->inode;
        inode = ihold(w.child->inode);
        mutex_lock_nested(&inode->lock, LOCK_CHILD);
        err = w.child->mounted ? -EBUSY : dir->op->unlink(dir, w.child);
        if (!err && is_dir)
            d_forget_below(w.child);
        mutex_unlock(&inode->lock);
    }
    if (!err)
        d_delete(w.child);
    walk_end(&w);
    iput(inode); /* may delete: no lock is held */
    return err;
}

/* --- Renaming */

/*
 * Checks of a rename; both names are looked up.  That nothing moves below
 * itself and nothing replaces what is above it makes the order of the two
 * inodes' locks free.  1: nothing to do
 */
static int
may_rename(struct walk *ow, struct walk *nw, uint64_t flags)
{
    struct dentry *od = ow->child, *nd = nw->child;
    bool is_dir = od->inode && S_ISDIR(od->inode->mode);
    int err = may_delete(ow, is_dir) ?: may_change_dir(nw->d->inode);

    if (err)
        return err;
    if (is_dir && d_is_ancestor(od, nw->d))
        return -EINVAL;
    if (is_dir && ow->d != nw->d) /* its ".." is written */
        err = inode_permission(od->inode, MAY_WRITE);
    if (err)
        return err;
    if (!is_dir && nw->trailing_slash)
        return -ENOTDIR;
    if (!nd->inode)
        return 0;
    if (flags & RENAME_NOREPLACE)
        return -EEXIST;
    if (nd->inode == od->inode)
        return 1; /* two names of one file: both stay */
    if (d_is_ancestor(nd, ow->d))
        return -ENOTEMPTY;
    return may_delete(nw, is_dir);
}

/* Look both names up and rename.  => both directories locked */
static int
rename_locked(struct walk *ow, struct walk *nw, uint64_t flags)
{
    struct inode *dir = ow->d->inode, *moved, *replaced;
    int err = walk_child(ow) ?: walk_child(nw) ?: may_rename(ow, nw, flags);
    char *name;

    if (err)
        return MIN(err, 0);
    name = kmalloc(nw->len + 1, GFP_KERNEL);
    if (!name)
        return -ENOMEM;
    memcpy(name, nw->child->name, nw->len + 1);
    moved = ow->child->inode;
    replaced = nw->child->inode;
    mutex_lock_nested(&moved->lock, LOCK_CHILD);
    if (replaced)
        mutex_lock_nested(&replaced->lock, LOCK_CHILD2);
    err = ow->child->mounted || nw->child->mounted
              ? -EBUSY
              : dir->op->rename(dir, ow->child, nw->d->inode, nw->child);
    if (err) {
        kfree(name);
    } else {
        d_forget_below(nw->child);
        d_move(ow->child, nw->child, name);
    }
    mutex_unlock(&moved->lock);
    if (replaced)
        mutex_unlock(&replaced->lock);
    return err;
}

/*
 * Both walks come first, as they lock directories themselves.  When both are at
 * their ends the tree above them is held still, then the two are locked.
 */
SYSCALL_PATHS(renameat2, BIT(1) | BIT(3))
{
    struct walk ow = {0}, nw = {0};
    bool new_first;
    int err;

    if (a[4] & ~(uint64_t)RENAME_NOREPLACE)
        return -EINVAL;
    err = walk_begin(&ow, (int)a[0], path[0], LOOKUP_PARENT)
              ?: walk_begin(&nw, (int)a[2], path[1], LOOKUP_PARENT);
    if (!err && ow.d->sb != nw.d->sb)
        err = -EXDEV;
    if (!err && (ow.last != LAST_NAME || nw.last != LAST_NAME))
        err = -EBUSY;
    if (!err) {
        mutex_lock(&rename_mutex);
        new_first = d_is_ancestor(nw.d, ow.d);
        walk_lock(new_first ? &nw : &ow, LOCK_PARENT);
        if (ow.d != nw.d)
            walk_lock(new_first ? &ow : &nw, LOCK_PARENT2);
        err = rename_locked(&ow, &nw, a[4]);
        walk_unlock(&ow);
        walk_unlock(&nw);
        mutex_unlock(&rename_mutex);
    }
    walk_end(&ow);
    walk_end(&nw); /* the replaced inode's last reference may go here */
    return err;
}
