/* SPDX-License-Identifier: MIT */
/*
 * sys_path.c - where we are, and what an inode is: its attributes, its size,
 * what a link says, and its file system.
 *
 * What Linux has twice, by descriptor and by name (fstat and newfstatat, fchmod
 * and fchmodat, ...), is one function here, inode_*(), of an inode and of the
 * arguments behind those that name it.  The calls at the end say where these
 * begin; with_inode_at() finds the inode of a name.
 *
 * Calls that make, move and remove names are in sys_name.c.
 *
 * Who changes attributes locks the inode, asks whether he may, changes, and
 * says when (begin_change, end_change), so that a check and its change are one.
 *
 * Locks: fs_context->lock for root and working directory; an inode's lock for
 * its attributes, i_lock for the times.  Reading takes what it finds: numbers
 * that belong together, but for a time's two halves, are not promised.
 *
 * Not done: statx.
 */
#include "mm/slab.h"
#include "syscall/syscall.h"

/* --- Where we are */

/*
 * Put what path means, if we may search it, in *slot: our root or cwd.  Threads
 * may share these, hence the lock.
 */
static int64_t
change_dir(struct dentry **slot, int dfd, const char *path, unsigned flags)
{
    struct dentry *d, *old;
    int err = path_lookup(dfd, path, flags, &d);

    if (err)
        return err;
    err = S_ISDIR(d->inode->mode) ? inode_permission(d->inode, MAY_EXEC)
                                  : -ENOTDIR;
    if (!err) {
        spin_lock(&current->fs->lock);
        old = *slot;
        *slot = d;
        d = old;
        spin_unlock(&current->fs->lock);
    }
    dput(d);
    return err;
}

/* clang-format off */
SYSCALL_PATHS(chdir, BIT(0))
    { return change_dir(&current->fs->cwd, AT_FDCWD, path[0], LOOKUP_FOLLOW); }
SYSCALL_FD(fchdir)
    { return change_dir(&current->fs->cwd, (int)a[0], "", LOOKUP_EMPTY); }
/* clang-format on */

SYSCALL_PATHS(chroot, BIT(0))
{
    if (!is_root(&current->cred))
        return -EPERM;
    return change_dir(&current->fs->root, AT_FDCWD, path[0], LOOKUP_FOLLOW);
}

/*
 * The path from the root.  A removed directory has none.
 * => its length with the 0, unlike the C function
 */
SYSCALL(getcwd)
{
    char *buf = kmalloc(PATH_MAX, GFP_KERNEL), *path;
    struct dentry *cwd;
    int64_t ret;

    if (!buf)
        return -ENOMEM;
    path_lookup(AT_FDCWD, "", LOOKUP_EMPTY, &cwd); /* cannot fail */
    path = d_path(cwd, buf, PATH_MAX);
    ret = IS_ERR(path) ? PTR_ERR(path) : (int64_t)strlen(path) + 1;
    if (cwd->inode->nlink == 0)
        ret = -ENOENT;
    else if (ret > 0 && (uint64_t)ret > a[1])
        ret = -ERANGE;
    if (ret > 0 && copy_out(a[0], path, (size_t)ret))
        ret = -EFAULT;
    dput(cwd);
    kfree(buf);
    return ret;
}

/* The permissions that new files do not get. */
SYSCALL(umask)
{
    umode_t old = current->fs->umask;

    current->fs->umask = (umode_t)a[0] & 0777;
    return old;
}

/* --- What an inode is */

typedef int64_t inode_call_fn(struct inode *inode, const uint64_t *a);

/*
 * Call fn with the inode that path means, from directory dfd on.  flags: AT_*.
 * NULL, or "" with AT_EMPTY_PATH: the inode of the open file dfd
 */
static int64_t
with_inode_at(inode_call_fn *fn, int dfd, const char *path, uint64_t flags,
              const uint64_t *a)
{
    const uint32_t known =
        AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH | AT_NO_AUTOMOUNT;
    unsigned how = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
    struct dentry *d;
    int64_t ret;

    if ((uint32_t)flags & ~known)
        return -EINVAL;
    if (!path && dfd == AT_FDCWD)
        return -EFAULT;
    if (!path || (flags & AT_EMPTY_PATH))
        how |= LOOKUP_EMPTY;
    ret = path_lookup(dfd, path ?: "", how, &d);
    if (ret)
        return ret;
    ret = fn(d->inode, a);
    dput(d);
    return ret;
}

/* The size and the link count, say, may be of two moments. */
static int64_t
inode_stat(struct inode *inode, const uint64_t *a)
{
    struct stat st = {
        .st_dev = inode->sb->dev,
        .st_ino = inode->ino,
        .st_mode = inode->mode,
        .st_nlink = inode->nlink,
        .st_uid = inode->uid,
        .st_gid = inode->gid,
        .st_rdev = inode->rdev,
        .st_size = inode_size(inode),
        .st_blksize = PAGE_SIZE,
        .st_blocks = (int64_t)inode->blocks,
    };

    spin_lock(&inode->i_lock);
    st.st_atim = inode->atime;
    st.st_mtim = inode->mtime;
    st.st_ctim = inode->ctime;
    spin_unlock(&inode->i_lock);
    return copy_out(a[0], &st, sizeof(st));
}

/* What all file systems say alike; the numbers are their own. */
static int64_t
inode_statfs(struct inode *inode, const uint64_t *a)
{
    struct super_block *sb = inode->sb;
    struct statfs st = {
        .f_type = sb->type->magic,
        .f_bsize = PAGE_SIZE,
        .f_frsize = PAGE_SIZE,
        .f_namelen = NAME_MAX,
    };
    int err = sb->type->statfs ? sb->type->statfs(sb, &st) : 0;

    return err ?: copy_out(a[0], &st, sizeof(st));
}

/* The text, cut to the buffer, without a 0.  => its length */
static int64_t
inode_readlink(struct inode *inode, const uint64_t *a)
{
    int64_t size = (int32_t)a[1], n;
    char *buf;

    if (size <= 0 || !S_ISLNK(inode->mode))
        return -EINVAL;
    buf = kmalloc(PATH_MAX, GFP_KERNEL);
    if (!buf)
        return -ENOMEM;
    n = MIN(inode->op->readlink(inode, buf, PATH_MAX), size);
    if (n > 0 && copy_out(a[0], buf, (size_t)n))
        n = -EFAULT;
    kfree(buf);
    return n;
}

SYSCALL_PATHS(faccessat, BIT(1))
{
    struct cred *c = &current->cred, saved = *c;
    struct dentry *d;
    int64_t ret;

    if (a[2] & ~(uint64_t)(MAY_READ | MAY_WRITE | MAY_EXEC))
        return -EINVAL;
    /*
     * It asks for the real user, not the effective one.  Others who look at us
     * just then are not misled: saved numbers and TF_PRIVATE stay.
     */
    c->euid = c->uid;
    c->egid = c->gid;
    ret = path_lookup((int)a[0], path[0], LOOKUP_FOLLOW, &d);
    if (!ret) {
        ret = inode_permission(d->inode, (unsigned)a[2]);
        dput(d);
    }
    *c = saved;
    return ret;
}

/*
 * By name; ftruncate asks how the file was opened instead.  What has no size
 * has no right to it.
 */
static int64_t
inode_truncate(struct inode *inode, const uint64_t *a)
{
    int err = S_ISREG(inode->mode) ? inode_permission(inode, MAY_WRITE) : 0;

    return err ?: vfs_truncate(inode, (off_t)a[0]);
}

/*
 * Lock an inode whose attributes the current task wants to change.
 * => end_change() is due in any case; -EROFS; -EPERM: not the owner
 */
static int64_t
begin_change(struct inode *inode)
{
    const struct cred *c = &current->cred;

    mutex_lock(&inode->lock);
    if (inode->sb->flags & MS_RDONLY)
        return -EROFS;
    return is_root(c) || c->euid == inode->uid ? 0 : -EPERM;
}

static int64_t
end_change(struct inode *inode, int64_t err)
{
    if (!err)
        inode_touch(inode, TOUCH_CTIME);
    mutex_unlock(&inode->lock);
    return err;
}

/* The type is for ever.  Nobody lends a group that he is not in. */
static int64_t
inode_chmod(struct inode *inode, const uint64_t *a)
{
    int64_t err = begin_change(inode);
    umode_t mode = a[0] & 07777;

    if (!is_root(&current->cred) && !in_group(inode->gid))
        mode &= ~(umode_t)S_ISGID;
    if (!err)
        inode->mode = (inode->mode & S_IFMT) | mode;
    return end_change(inode, err);
}

/*
 * -1 leaves one as it is.  An owner may give the file to a group of his own;
 * whoever gets it is not lent the old one's set-uid bits.
 */
static int64_t
inode_chown(struct inode *inode, const uint64_t *a)
{
    int64_t err = begin_change(inode);
    uid_t uid = (uid_t)a[0] == (uid_t)-1 ? inode->uid : (uid_t)a[0];
    gid_t gid = (gid_t)a[1] == (gid_t)-1 ? inode->gid : (gid_t)a[1];

    if (!err && !is_root(&current->cred) &&
        (uid != inode->uid || (gid != inode->gid && !in_group(gid))))
        err = -EPERM;
    if (!err) {
        inode->uid = uid;
        inode->gid = gid;
        if (S_ISREG(inode->mode))
            inode->mode &= ~(umode_t)(S_ISUID | S_ISGID);
    }
    return end_change(inode, err);
}

/*
 * The times of utimensat: UTIME_NOW, UTIME_OMIT, or a time; NULL: now.  Who may
 * write, as reading and writing set the times, may set both to now.
 */
static int64_t
inode_utimes(struct inode *inode, const uint64_t *a)
{
    struct timespec *to[2] = {&inode->atime, &inode->mtime},
                    t[2] = {{0, UTIME_NOW}, {0, UTIME_NOW}};
    bool now = true;
    int64_t err;

    if (a[0] && copy_in(t, a[0], sizeof(t)))
        return -EFAULT;
    /* A time that is to be left alone is copied onto itself. */
    for (int i = 0; i < 2; i++) {
        now &= t[i].tv_nsec == UTIME_NOW;
        if (t[i].tv_nsec == UTIME_NOW)
            t[i] = current_time();
        else if (t[i].tv_nsec == UTIME_OMIT)
            to[i] = &t[i];
        else if (t[i].tv_nsec < 0 || t[i].tv_nsec >= NSEC_PER_SEC)
            return -EINVAL;
    }
    if (to[0] == &t[0] && to[1] == &t[1])
        return 0;
    err = begin_change(inode);
    if (err == -EPERM && now)
        err = inode_permission(inode, MAY_WRITE);
    if (!err) {
        spin_lock(&inode->i_lock);
        *to[0] = t[0];
        *to[1] = t[1];
        spin_unlock(&inode->i_lock);
    }
    return end_change(inode, err);
}

/* --- The calls by descriptor and by name */

/* With the inode of (a[0], path), or of path, and the arguments behind. */
#define INODE_AT(fn, flags) with_inode_at(fn, (int)a[0], path[0], flags, a + 2)
#define INODE_OF(fn) with_inode_at(fn, AT_FDCWD, path[0], 0, a + 1)

enum { OF_LINK = AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH };

/* clang-format off */
SYSCALL_FD(fstat) { return inode_stat(f->inode, a + 1); }
SYSCALL_FD(fstatfs) { return inode_statfs(f->inode, a + 1); }
SYSCALL_FILE(fchmod) { return inode_chmod(f->inode, a + 1); }
SYSCALL_FILE(fchown) { return inode_chown(f->inode, a + 1); }
SYSCALL_FILE(ftruncate)
    { return f->can_write ? vfs_truncate(f->inode, (off_t)a[1]) : -EINVAL; }
SYSCALL_PATHS(newfstatat, BIT(1)) { return INODE_AT(inode_stat, a[3]); }
SYSCALL_PATHS(fchmodat, BIT(1)) { return INODE_AT(inode_chmod, 0); }
SYSCALL_PATHS(fchownat, BIT(1)) { return INODE_AT(inode_chown, a[4]); }
SYSCALL_PATHS(readlinkat, BIT(1))
{
    int64_t ret = INODE_AT(inode_readlink, OF_LINK);

    return ret == -EINVAL && !*path[0] ? -ENOENT : ret;
}
SYSCALL_PATHS(utimensat, BIT(1) | NULL_ALLOWED)
    { return INODE_AT(inode_utimes, a[3]); }
SYSCALL_PATHS(statfs, BIT(0)) { return INODE_OF(inode_statfs); }
SYSCALL_PATHS(truncate, BIT(0)) { return INODE_OF(inode_truncate); }

/* --- Mounts */

/* clang-format on */
/* What is in use stays, be it by force or later. */
SYSCALL_PATHS(umount2, BIT(0))
{
    if ((uint32_t)a[1] & ~(MNT_FORCE | MNT_DETACH | UMOUNT_NOFOLLOW))
        return -EINVAL;
    return do_umount(path[0], a[1] & UMOUNT_NOFOLLOW ? 0 : LOOKUP_FOLLOW);
}

/* An address 0 may stand for a source and for options that are not needed. */
SYSCALL_PATHS(mount, BIT(0) | BIT(1) | BIT(2) | BIT(4) | NULL_ALLOWED)
{
    if (!path[1] || !path[2])
        return -EFAULT;
    return do_mount(path[0] ?: "none", path[1], path[2], a[3], path[3]);
}
