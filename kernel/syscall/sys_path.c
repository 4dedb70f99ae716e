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
 * Calls that make, move and remove names are what fs/namei.c does.
 *
 * Locks: fs_context->lock for root and working directory.
 */
#include "lib/err.h"
#include "mm/slab.h"
#include "sched/task.h"
#include "sched/timer.h"
#include "syscall/syscall.h"

/* --- Where we are */

/*
 * Put d, if we may search it, in *slot: our root or working directory.
 * => refs: consumes d
 */
static int
change_dir(struct dentry **slot, struct dentry *d)
{
    struct dentry *old;
    int err = inode_permission(d->inode, MAY_EXEC);

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

SYSCALL_PATHS(chdir, BIT(0))
{
    struct dentry *d;

    return path_lookup(AT_FDCWD, path[0], LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &d)
               ?: change_dir(&current->fs->cwd, d);
}

SYSCALL_PATHS(chroot, BIT(0))
{
    struct dentry *d;

    if (!is_root(&current->cred))
        return -EPERM;
    return path_lookup(AT_FDCWD, path[0], LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &d)
               ?: change_dir(&current->fs->root, d);
}

SYSCALL_FILE(fchdir)
{
    return S_ISDIR(f->inode->mode)
               ? change_dir(&current->fs->cwd, dget(f->dentry))
               : -ENOTDIR;
}

/* The path from the root.  => its length with the 0, unlike the C function */
SYSCALL(getcwd)
{
    struct fs_context *fs = current->fs;
    char *buf = kmalloc(PATH_MAX, GFP_KERNEL), *path;
    struct dentry *cwd;
    int64_t ret;

    if (!buf)
        return -ENOMEM;
    spin_lock(&fs->lock);
    cwd = dget(fs->cwd);
    spin_unlock(&fs->lock);
    path = d_path(cwd, buf, PATH_MAX);
    if (IS_ERR(path))
        ret = PTR_ERR(path);
    else if (cwd->inode->nlink == 0)
        ret = -ENOENT;
    else if (strlen(path) + 1 > a[1])
        ret = -ERANGE;
    else
        ret =
            copy_out(a[0], path, strlen(path) + 1) ?: (int64_t)strlen(path) + 1;
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
    bool of_file = !path || (!*path && flags & AT_EMPTY_PATH);
    struct dentry *d;
    struct file *f;
    int64_t ret;

    if ((uint32_t)flags & ~known)
        return -EINVAL;
    if (!path && dfd == AT_FDCWD)
        return -EFAULT;
    if (of_file && dfd != AT_FDCWD) {
        f = fd_get(dfd);
        ret = f ? fn(f->inode, a) : -EBADF;
        fput(f);
        return ret;
    }
    ret = path_lookup(dfd, of_file ? "." : path, how, &d);
    if (ret)
        return ret;
    ret = fn(d->inode, a);
    dput(d);
    return ret;
}

static int64_t
inode_stat(struct inode *inode, const uint64_t *a)
{
    struct stat st;

    vfs_stat(inode, &st);
    return copy_out(a[0], &st, sizeof(st));
}

static int64_t
inode_statfs(struct inode *inode, const uint64_t *a)
{
    struct statfs st;

    return vfs_statfs(inode->sb, &st) ?: copy_out(a[0], &st, sizeof(st));
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

static int64_t
inode_access(struct inode *inode, const uint64_t *a)
{
    return inode_permission(inode, (unsigned)a[0]);
}

SYSCALL_PATHS(faccessat, BIT(1))
{
    struct cred *c = &current->cred, saved = *c;
    int64_t ret;

    if (a[2] & ~(uint64_t)(MAY_READ | MAY_WRITE | MAY_EXEC))
        return -EINVAL;
    /* It asks for the real user, not the effective one. */
    c->euid = c->uid;
    c->egid = c->gid;
    ret = with_inode_at(inode_access, (int)a[0], path[0], 0, a + 2);
    *c = saved;
    return ret;
}

/* By name; ftruncate asks how the file was opened instead. */
static int64_t
inode_truncate(struct inode *inode, const uint64_t *a)
{
    return inode_permission(inode, MAY_WRITE)
               ?: vfs_truncate(inode, (off_t)a[0]);
}

static int64_t
inode_chmod(struct inode *inode, const uint64_t *a)
{
    struct iattr attr = {.valid = ATTR_MODE, .mode = (umode_t)a[0]};

    return vfs_setattr(inode, &attr);
}

/* -1 leaves one as it is. */
static int64_t
inode_chown(struct inode *inode, const uint64_t *a)
{
    struct iattr attr = {.uid = (uid_t)a[0], .gid = (gid_t)a[1]};

    if (attr.uid != (uid_t)-1)
        attr.valid |= ATTR_UID;
    if (attr.gid != (gid_t)-1)
        attr.valid |= ATTR_GID;
    return vfs_setattr(inode, &attr);
}

/* The times of utimensat: UTIME_NOW, UTIME_OMIT, or a time; NULL: now. */
static int64_t
inode_utimes(struct inode *inode, const uint64_t *a)
{
    struct timespec now = current_time(),
                    t[2] = {{0, UTIME_NOW}, {0, UTIME_NOW}};
    struct iattr attr = {.valid = ATTR_ATIME | ATTR_MTIME};

    if (a[0] && copy_in(t, a[0], sizeof(t)))
        return -EFAULT;
    if (t[0].tv_nsec == UTIME_NOW && t[1].tv_nsec == UTIME_NOW)
        attr.valid |= ATTR_TIMES_NOW;
    for (int i = 0; i < 2; i++) {
        if (t[i].tv_nsec == UTIME_NOW)
            t[i] = now;
        else if (t[i].tv_nsec == UTIME_OMIT)
            attr.valid &= ~(unsigned)(i ? ATTR_MTIME : ATTR_ATIME);
        else if (t[i].tv_nsec < 0 || t[i].tv_nsec >= NSEC_PER_SEC)
            return -EINVAL;
    }
    attr.atime = t[0];
    attr.mtime = t[1];
    return vfs_setattr(inode, &attr);
}

/* --- The calls by descriptor and by name */

/* With the inode of (a[0], path), or of path, and the arguments behind. */
#define INODE_AT(fn, flags) with_inode_at(fn, (int)a[0], path[0], flags, a + 2)
#define INODE_OF(fn) with_inode_at(fn, AT_FDCWD, path[0], 0, a + 1)

enum { OF_LINK = AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH };

/* clang-format off */
SYSCALL_FILE(fstat) { return inode_stat(f->inode, a + 1); }
SYSCALL_FILE(fstatfs) { return inode_statfs(f->inode, a + 1); }
SYSCALL_FILE(fchmod) { return inode_chmod(f->inode, a + 1); }
SYSCALL_FILE(fchown) { return inode_chown(f->inode, a + 1); }
SYSCALL_FILE(ftruncate)
    { return f->can_write ? vfs_truncate(f->inode, (off_t)a[1]) : -EINVAL; }
SYSCALL_PATHS(newfstatat, BIT(1)) { return INODE_AT(inode_stat, a[3]); }
SYSCALL_PATHS(fchmodat, BIT(1)) { return INODE_AT(inode_chmod, 0); }
SYSCALL_PATHS(fchownat, BIT(1)) { return INODE_AT(inode_chown, a[4]); }
SYSCALL_PATHS(readlinkat, BIT(1)) { return INODE_AT(inode_readlink, OF_LINK); }
SYSCALL_PATHS(utimensat, BIT(1) | NULL_ALLOWED)
    { return INODE_AT(inode_utimes, a[3]); }
SYSCALL_PATHS(statfs, BIT(0)) { return INODE_OF(inode_statfs); }
SYSCALL_PATHS(truncate, BIT(0)) { return INODE_OF(inode_truncate); }

/* --- Names */

SYSCALL_PATHS(mkdirat, BIT(1))
    { return vfs_mkdirat((int)a[0], path[0], (umode_t)a[2]); }
SYSCALL_PATHS(mknodat, BIT(1))
    { return vfs_mknodat((int)a[0], path[0], (umode_t)a[2], (dev_t)a[3]); }
SYSCALL_PATHS(unlinkat, BIT(1))
    { return vfs_unlinkat((int)a[0], path[0], (int)a[2]); }
SYSCALL_PATHS(symlinkat, BIT(0) | BIT(2))
    { return vfs_symlinkat(path[0], (int)a[1], path[1]); }
SYSCALL_PATHS(umount2, BIT(0)) { return do_umount(path[0]); }
/* clang-format on */

SYSCALL_PATHS(linkat, BIT(1) | BIT(3))
{
    return vfs_linkat((int)a[0], path[0], (int)a[2], path[1], (int)a[4]);
}

SYSCALL_PATHS(renameat2, BIT(1) | BIT(3))
{
    return vfs_renameat((int)a[0], path[0], (int)a[2], path[1], (unsigned)a[4]);
}

SYSCALL_PATHS(mount, BIT(0) | BIT(1) | BIT(2) | BIT(4) | NULL_ALLOWED)
{
    if (!path[1] || !path[2])
        return -EFAULT;
    return do_mount(path[0] ?: "none", path[1], path[2], a[3], path[3]);
}
