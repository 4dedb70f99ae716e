/* SPDX-License-Identifier: MIT */
/*
 * sys_path.c - system calls on names.
 *
 * Each copies the path in, lets fs/ do the work and frees the copy; with_path
 * and find_path keep that in one place.
 */
#include "fs/fs.h"
#include "include/limits.h"
#include "lib/err.h"
#include "lib/macros.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "riscv/uaccess.h"
#include "sched/task.h"
#include "sched/timer.h"
#include "syscall/syscall.h"

enum { DENTRY_FLAGS = AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH | AT_NO_AUTOMOUNT };

int64_t
sys_openat(const uint64_t *a)
{
    int flags = (int)a[2], fd;
    char *path = get_path(a[1]);
    struct file *f;

    if (IS_ERR(path))
        return PTR_ERR(path);
    fd = fd_alloc(0, flags & O_CLOEXEC);
    if (fd >= 0) {
        f = filp_open((int)a[0], path, flags, (umode_t)a[3]);
        if (IS_ERR(f)) {
            fd_release(fd);
            fd = (int)PTR_ERR(f);
        } else {
            fd_install(fd, f);
        }
    }
    put_path(path);
    return fd;
}

/* The dentry that (dfd, path, flags) means; AT_EMPTY_PATH: dfd's own. */
static int
find_path(int dfd, uint64_t user, unsigned flags, struct dentry **out)
{
    char *path = get_path(user);
    int err;

    if (IS_ERR(path))
        return (int)PTR_ERR(path);
    if (!*path && (flags & AT_EMPTY_PATH) && dfd != AT_FDCWD) {
        struct file *f = fd_get(dfd);

        err = !f ? -EBADF : !f->dentry ? -EINVAL : 0;
        if (!err)
            *out = dget(f->dentry);
        fput(f);
    } else {
        if (!*path && (flags & AT_EMPTY_PATH))
            strlcpy(path, ".", PATH_MAX);
        err = path_lookup(dfd, path,
                          flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW, out);
    }
    put_path(path);
    return err;
}

int64_t
sys_newfstatat(const uint64_t *a)
{
    unsigned flags = (unsigned)a[3];
    struct dentry *d;
    struct stat st;
    int err;

    if (flags & ~(unsigned)DENTRY_FLAGS)
        return -EINVAL;
    if ((flags & AT_EMPTY_PATH) && (int)a[0] >= 0) {
        uint8_t first = 0;

        /* fstat of anything, pipes too, which have no dentry */
        if (a[1] && get_user(first, (uint8_t *)a[1]))
            return -EFAULT;
        if (!first)
            return sys_fstat((const uint64_t[]){a[0], a[2]});
    }
    err = find_path((int)a[0], a[1], flags, &d);
    if (err)
        return err;
    vfs_stat(d->inode, &st);
    dput(d);
    return copy_out(a[2], &st, sizeof(st));
}

int64_t
sys_mkdirat(const uint64_t *a)
{
    char *path = get_path(a[1]);
    int err;

    if (IS_ERR(path))
        return PTR_ERR(path);
    err = vfs_mkdirat((int)a[0], path, (umode_t)a[2]);
    put_path(path);
    return err;
}

int64_t
sys_mknodat(const uint64_t *a)
{
    char *path = get_path(a[1]);
    int err;

    if (IS_ERR(path))
        return PTR_ERR(path);
    err = vfs_mknodat((int)a[0], path, (umode_t)a[2], (dev_t)a[3]);
    put_path(path);
    return err;
}

int64_t
sys_unlinkat(const uint64_t *a)
{
    char *path = get_path(a[1]);
    int err;

    if (IS_ERR(path))
        return PTR_ERR(path);
    err = vfs_unlinkat((int)a[0], path, (int)a[2]);
    put_path(path);
    return err;
}

/* Two paths at once. */
static int
get_two_paths(uint64_t user1, uint64_t user2, char **p1, char **p2)
{
    *p1 = get_path(user1);
    if (IS_ERR(*p1))
        return (int)PTR_ERR(*p1);
    *p2 = get_path(user2);
    if (IS_ERR(*p2)) {
        put_path(*p1);
        return (int)PTR_ERR(*p2);
    }
    return 0;
}

int64_t
sys_symlinkat(const uint64_t *a)
{
    char *target = NULL, *path = NULL;
    int err = get_two_paths(a[0], a[2], &target, &path);

    if (err)
        return err;
    err = vfs_symlinkat(target, (int)a[1], path);
    put_path(target);
    put_path(path);
    return err;
}

int64_t
sys_linkat(const uint64_t *a)
{
    char *old = NULL, *new = NULL;
    int err = get_two_paths(a[1], a[3], &old, &new);

    if (err)
        return err;
    err = vfs_linkat((int)a[0], old, (int)a[2], new, (int)a[4]);
    put_path(old);
    put_path(new);
    return err;
}

int64_t
sys_renameat2(const uint64_t *a)
{
    char *old = NULL, *new = NULL;
    int err = get_two_paths(a[1], a[3], &old, &new);

    if (err)
        return err;
    err = vfs_renameat((int)a[0], old, (int)a[2], new, (unsigned)a[4]);
    put_path(old);
    put_path(new);
    return err;
}

int64_t
sys_readlinkat(const uint64_t *a)
{
    int64_t size = (int32_t)a[3], ret;
    struct dentry *d;
    char *buf;

    if (size <= 0)
        return -EINVAL;
    ret = find_path((int)a[0], a[1], AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH, &d);
    if (ret)
        return ret;
    buf = kmalloc(PATH_MAX, GFP_KERNEL);
    ret = -ENOMEM;
    if (buf) {
        ret = S_ISLNK(d->inode->mode) && d->inode->op->readlink
                  ? d->inode->op->readlink(d->inode, buf, PATH_MAX)
                  : -EINVAL;
        if (ret > 0) {
            ret = MIN(ret, size);
            if (copy_out(a[2], buf, (size_t)ret))
                ret = -EFAULT;
        }
        kfree(buf);
    }
    dput(d);
    return ret;
}

int64_t
sys_faccessat(const uint64_t *a)
{
    struct cred *c = &current->cred;
    uid_t euid = c->euid;
    gid_t egid = c->egid;
    struct dentry *d;
    int err;

    if (a[2] & ~7UL)
        return -EINVAL;
    /* It asks for the real user, not the effective one. */
    c->euid = c->uid;
    c->egid = c->gid;
    err = find_path((int)a[0], a[1], 0, &d);
    if (!err) {
        err = inode_permission(d->inode, (unsigned)a[2]);
        dput(d);
    }
    c->euid = euid;
    c->egid = egid;
    return err;
}

/* --- Where we are */

/* => refs: consumes d */
static int
set_dir(struct dentry *d, bool root)
{
    struct fs_context *fs = current->fs;
    struct dentry *old;
    int err = inode_permission(d->inode, MAY_EXEC);

    if (!err && root && !is_root(&current->cred))
        err = -EPERM;
    if (err) {
        dput(d);
        return err;
    }
    spin_lock(&fs->lock);
    old = root ? fs->root : fs->cwd;
    if (root)
        fs->root = d;
    else
        fs->cwd = d;
    spin_unlock(&fs->lock);
    dput(old);
    return 0;
}

static int
set_dir_by_path(uint64_t user, bool root)
{
    char *path = get_path(user);
    struct dentry *d;
    int err;

    if (IS_ERR(path))
        return (int)PTR_ERR(path);
    err = path_lookup(AT_FDCWD, path, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &d);
    put_path(path);
    return err ? err : set_dir(d, root);
}

int64_t
sys_chdir(const uint64_t *a)
{
    return set_dir_by_path(a[0], false);
}

int64_t
sys_chroot(const uint64_t *a)
{
    return set_dir_by_path(a[0], true);
}

int64_t
sys_fchdir(const uint64_t *a)
{
    struct file *f = fd_get((int)a[0]);
    int err;

    if (!f)
        return -EBADF;
    err = S_ISDIR(f->inode->mode) ? set_dir(dget(f->dentry), false) : -ENOTDIR;
    fput(f);
    return err;
}

int64_t
sys_getcwd(const uint64_t *a)
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
    if (IS_ERR(path)) {
        ret = PTR_ERR(path);
    } else if (cwd->inode->nlink == 0) {
        ret = -ENOENT;
    } else {
        ret = (int64_t)strlen(path) + 1;
        if ((uint64_t)ret > a[1])
            ret = -ERANGE;
        else if (copy_out(a[0], path, (size_t)ret))
            ret = -EFAULT;
    }
    dput(cwd);
    kfree(buf);
    return ret;
}

int64_t
sys_umask(const uint64_t *a)
{
    umode_t old = current->fs->umask;

    current->fs->umask = (umode_t)a[0] & 0777;
    return old;
}

/* --- Attributes */

static int
setattr_path(int dfd, uint64_t user, unsigned flags, const struct iattr *attr)
{
    struct dentry *d;
    int err = find_path(dfd, user, flags, &d);

    if (err)
        return err;
    err = vfs_setattr(d->inode, attr);
    dput(d);
    return err;
}

static int
setattr_fd(int fd, const struct iattr *attr)
{
    struct file *f = fd_get(fd);
    int err;

    if (!f)
        return -EBADF;
    err = vfs_setattr(f->inode, attr);
    fput(f);
    return err;
}

int64_t
sys_fchmod(const uint64_t *a)
{
    struct iattr attr = {.valid = ATTR_MODE, .mode = (umode_t)a[1]};

    return setattr_fd((int)a[0], &attr);
}

int64_t
sys_fchmodat(const uint64_t *a)
{
    struct iattr attr = {.valid = ATTR_MODE, .mode = (umode_t)a[2]};

    return setattr_path((int)a[0], a[1], 0, &attr);
}

static struct iattr
owner_attr(uint64_t uid, uint64_t gid)
{
    struct iattr attr = {.uid = (uid_t)uid, .gid = (gid_t)gid};

    if ((uid_t)uid != (uid_t)-1)
        attr.valid |= ATTR_UID;
    if ((gid_t)gid != (gid_t)-1)
        attr.valid |= ATTR_GID;
    return attr;
}

int64_t
sys_fchown(const uint64_t *a)
{
    struct iattr attr = owner_attr(a[1], a[2]);

    return setattr_fd((int)a[0], &attr);
}

int64_t
sys_fchownat(const uint64_t *a)
{
    struct iattr attr = owner_attr(a[2], a[3]);

    if (a[4] & ~(uint64_t)DENTRY_FLAGS)
        return -EINVAL;
    return setattr_path((int)a[0], a[1], (unsigned)a[4], &attr);
}

/* The times of utimensat: UTIME_NOW, UTIME_OMIT, or a time. */
static int
times_attr(uint64_t user, struct iattr *attr)
{
    struct timespec now = current_time(), t[2] = {now, now};
    unsigned nr_now = 0;

    attr->valid = ATTR_ATIME | ATTR_MTIME;
    if (user && copy_in(t, user, sizeof(t)))
        return -EFAULT;
    for (int i = 0; i < 2; i++) {
        if (!user || t[i].tv_nsec == UTIME_NOW) {
            t[i] = now;
            nr_now++;
        } else if (t[i].tv_nsec == UTIME_OMIT) {
            attr->valid &= ~(unsigned)(i ? ATTR_MTIME : ATTR_ATIME);
        } else if (t[i].tv_nsec < 0 || t[i].tv_nsec >= 1000000000) {
            return -EINVAL;
        }
    }
    if (nr_now == 2)
        attr->valid |= ATTR_TIMES_NOW;
    attr->atime = t[0];
    attr->mtime = t[1];
    return 0;
}

int64_t
sys_utimensat(const uint64_t *a)
{
    struct iattr attr = {0};
    int err = times_attr(a[2], &attr);

    if (err)
        return err;
    if (!a[1])
        return setattr_fd((int)a[0], &attr);
    if (a[3] & ~(uint64_t)DENTRY_FLAGS)
        return -EINVAL;
    return setattr_path((int)a[0], a[1], (unsigned)a[3], &attr);
}

int64_t
sys_truncate(const uint64_t *a)
{
    struct dentry *d;
    int err = find_path(AT_FDCWD, a[0], 0, &d);

    if (err)
        return err;
    err = inode_permission(d->inode, MAY_WRITE);
    if (!err)
        err = vfs_truncate(d->inode, (off_t)a[1]);
    dput(d);
    return err;
}

/* --- File systems */

int64_t
sys_statfs(const uint64_t *a)
{
    struct dentry *d;
    struct statfs st;
    int err = find_path(AT_FDCWD, a[0], 0, &d);

    if (err)
        return err;
    err = vfs_statfs(d->sb, &st);
    dput(d);
    return err ? err : copy_out(a[1], &st, sizeof(st));
}

int64_t
sys_mount(const uint64_t *a)
{
    char *source = NULL, *target = NULL, *type;
    int err;

    err = get_two_paths(a[0], a[1], &source, &target);
    if (err)
        return err;
    type = get_path(a[2]);
    if (IS_ERR(type)) {
        err = (int)PTR_ERR(type);
    } else {
        err = do_mount(source, target, type, a[3], NULL);
        put_path(type);
    }
    put_path(source);
    put_path(target);
    return err;
}

int64_t
sys_umount2(const uint64_t *a)
{
    char *path = get_path(a[0]);
    int err;

    if (IS_ERR(path))
        return PTR_ERR(path);
    err = do_umount(path);
    put_path(path);
    return err;
}
