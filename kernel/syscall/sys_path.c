/* SPDX-License-Identifier: MIT */
/*
 * sys_path.c - where we are, and what an inode is: its attributes, its size,
 * what a link says, and its file system, by descriptor or by name.
 *
 * The calls by name find a dentry with find_path() and end like those by
 * descriptor.  Those that make, move and remove names are in table.c.
 */
#include "include/limits.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "riscv/uaccess.h"
#include "sched/task.h"
#include "sched/timer.h"
#include "syscall/syscall.h"

enum { NSEC_PER_SEC = 1000000000 };

/* --- Where we are */

/* Put d in the place of *slot, our root or working directory. */
static int
set_dir(struct dentry **slot, struct dentry *d)
{
    struct fs_context *fs = current->fs;
    struct dentry *old;
    int err = inode_permission(d->inode, MAY_EXEC);

    if (err)
        return err;
    spin_lock(&fs->lock);
    old = *slot;
    *slot = dget(d);
    spin_unlock(&fs->lock);
    dput(old);
    return 0;
}

/* chdir and chroot */
int64_t
sys_chdir(char **path, const uint64_t *a)
{
    bool root = a[7] == SYS_chroot;
    struct dentry *d;
    int err;

    if (root && !is_root(&current->cred))
        return -EPERM;
    err = path_lookup(AT_FDCWD, path[0], LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &d);
    if (err)
        return err;
    err = set_dir(root ? &current->fs->root : &current->fs->cwd, d);
    dput(d);
    return err;
}

int64_t
sys_fchdir(struct file *f, const uint64_t *a)
{
    (void)a;
    return S_ISDIR(f->inode->mode) ? set_dir(&current->fs->cwd, f->dentry)
                                   : -ENOTDIR;
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
    if (IS_ERR(path))
        ret = PTR_ERR(path);
    else if (cwd->inode->nlink == 0)
        ret = -ENOENT;
    else
        ret = (int64_t)strlen(path) + 1;
    if (ret > 0 && (uint64_t)ret > a[1])
        ret = -ERANGE;
    if (ret > 0 && copy_out(a[0], path, (size_t)ret))
        ret = -EFAULT;
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

/* --- The inode of a name */

/*
 * The dentry that (dfd, path, flags) means; AT_EMPTY_PATH: dfd's own.
 * => refs: the caller's
 */
static int
find_path(int dfd, const char *path, uint64_t flags, struct dentry **out)
{
    const uint32_t known =
        AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH | AT_NO_AUTOMOUNT;
    struct file *f;
    int err;

    if ((uint32_t)flags & ~known)
        return -EINVAL;
    if (*path || !(flags & AT_EMPTY_PATH))
        return path_lookup(
            dfd, path, flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW, out);
    if (dfd == AT_FDCWD)
        return path_lookup(dfd, ".", 0, out);
    f = fd_get(dfd);
    err = !f ? -EBADF : !f->dentry ? -EINVAL : 0; /* a pipe has none */
    if (!err)
        *out = dget(f->dentry);
    fput(f);
    return err;
}

/* --- Looking */

int64_t
sys_fstat(struct file *f, const uint64_t *a)
{
    struct stat st;

    vfs_stat(f->inode, &st);
    return copy_out(a[1], &st, sizeof(st));
}

int64_t
sys_newfstatat(char **path, const uint64_t *a)
{
    struct dentry *d;
    struct stat st;
    int err;

    /* fstat of anything, pipes too, which have no dentry */
    if (!*path[0] && a[3] & AT_EMPTY_PATH && (int)a[0] >= 0)
        return with_file(sys_fstat, (const uint64_t[]){a[0], a[2]});
    err = find_path((int)a[0], path[0], a[3], &d);
    if (err)
        return err;
    vfs_stat(d->inode, &st);
    dput(d);
    return copy_out(a[2], &st, sizeof(st));
}

static int64_t
put_statfs(struct super_block *sb, uint64_t user)
{
    struct statfs st;
    int err = vfs_statfs(sb, &st);

    return err ? err : copy_out(user, &st, sizeof(st));
}

int64_t
sys_fstatfs(struct file *f, const uint64_t *a)
{
    return put_statfs(f->inode->sb, a[1]);
}

int64_t
sys_statfs(char **path, const uint64_t *a)
{
    struct dentry *d;
    int64_t err = find_path(AT_FDCWD, path[0], 0, &d);

    if (err)
        return err;
    err = put_statfs(d->sb, a[1]);
    dput(d);
    return err;
}

/* The link's text to user memory.  => its length */
static int64_t
put_link(struct inode *inode, uint64_t user, int64_t size)
{
    char *buf;
    int64_t n;

    if (!S_ISLNK(inode->mode))
        return -EINVAL;
    buf = kmalloc(PATH_MAX, GFP_KERNEL);
    if (!buf)
        return -ENOMEM;
    n = MIN(inode->op->readlink(inode, buf, PATH_MAX), size);
    if (n > 0 && copy_out(user, buf, (size_t)n))
        n = -EFAULT;
    kfree(buf);
    return n;
}

int64_t
sys_readlinkat(char **path, const uint64_t *a)
{
    int64_t size = (int32_t)a[3], ret;
    struct dentry *d;

    if (size <= 0)
        return -EINVAL;
    ret =
        find_path((int)a[0], path[0], AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH, &d);
    if (ret)
        return ret;
    ret = put_link(d->inode, a[2], size);
    dput(d);
    return ret;
}

int64_t
sys_faccessat(char **path, const uint64_t *a)
{
    struct cred *c = &current->cred;
    uid_t euid = c->euid;
    gid_t egid = c->egid;
    struct dentry *d;
    int err;

    if (a[2] & ~(uint64_t)(MAY_READ | MAY_WRITE | MAY_EXEC))
        return -EINVAL;
    /* It asks for the real user, not the effective one. */
    c->euid = c->uid;
    c->egid = c->gid;
    err = find_path((int)a[0], path[0], 0, &d);
    if (!err) {
        err = inode_permission(d->inode, (unsigned)a[2]);
        dput(d);
    }
    c->euid = euid;
    c->egid = egid;
    return err;
}

/* --- Changing */

int64_t
sys_truncate(char **path, const uint64_t *a)
{
    struct dentry *d;
    int err = find_path(AT_FDCWD, path[0], 0, &d);

    if (err)
        return err;
    err = inode_permission(d->inode, MAY_WRITE);
    if (!err)
        err = vfs_truncate(d->inode, (off_t)a[1]);
    dput(d);
    return err;
}

static int
set_path_attr(int dfd, const char *path, uint64_t flags,
              const struct iattr *attr)
{
    struct dentry *d;
    int err = find_path(dfd, path, flags, &d);

    if (err)
        return err;
    err = vfs_setattr(d->inode, attr);
    dput(d);
    return err;
}

int64_t
sys_fchmod(struct file *f, const uint64_t *a)
{
    struct iattr attr = {.valid = ATTR_MODE, .mode = (umode_t)a[1]};

    return vfs_setattr(f->inode, &attr);
}

int64_t
sys_fchmodat(char **path, const uint64_t *a)
{
    struct iattr attr = {.valid = ATTR_MODE, .mode = (umode_t)a[2]};

    return set_path_attr((int)a[0], path[0], 0, &attr);
}

/* -1 leaves one as it is. */
static struct iattr
owner_attr(uid_t uid, gid_t gid)
{
    return (struct iattr){
        .valid = (uid == (uid_t)-1 ? 0 : ATTR_UID) |
                 (gid == (gid_t)-1 ? 0 : ATTR_GID),
        .uid = uid,
        .gid = gid,
    };
}

int64_t
sys_fchown(struct file *f, const uint64_t *a)
{
    struct iattr attr = owner_attr((uid_t)a[1], (gid_t)a[2]);

    return vfs_setattr(f->inode, &attr);
}

int64_t
sys_fchownat(char **path, const uint64_t *a)
{
    struct iattr attr = owner_attr((uid_t)a[2], (gid_t)a[3]);

    return set_path_attr((int)a[0], path[0], a[4], &attr);
}

/* The times of utimensat: UTIME_NOW, UTIME_OMIT, or a time. */
static int
times_attr(uint64_t user, struct iattr *attr)
{
    struct timespec now = current_time(), t[2];

    t[0].tv_nsec = t[1].tv_nsec = UTIME_NOW;
    if (user && copy_in(t, user, sizeof(t)))
        return -EFAULT;
    *attr = (struct iattr){.valid = ATTR_ATIME | ATTR_MTIME};
    if (t[0].tv_nsec == UTIME_NOW && t[1].tv_nsec == UTIME_NOW)
        attr->valid |= ATTR_TIMES_NOW;
    for (int i = 0; i < 2; i++) {
        if (t[i].tv_nsec == UTIME_NOW)
            t[i] = now;
        else if (t[i].tv_nsec == UTIME_OMIT)
            attr->valid &= ~(unsigned)(i ? ATTR_MTIME : ATTR_ATIME);
        else if (t[i].tv_nsec < 0 || t[i].tv_nsec >= NSEC_PER_SEC)
            return -EINVAL;
    }
    attr->atime = t[0];
    attr->mtime = t[1];
    return 0;
}

static int64_t
set_file_times(struct file *f, const uint64_t *a)
{
    struct iattr attr;
    int err = times_attr(a[2], &attr);

    return err ? err : vfs_setattr(f->inode, &attr);
}

static int64_t
set_path_times(char **path, const uint64_t *a)
{
    struct iattr attr;
    int err = times_attr(a[2], &attr);

    return err ? err : set_path_attr((int)a[0], path[0], a[3], &attr);
}

int64_t
sys_utimensat(const uint64_t *a)
{
    return a[1] ? with_paths(set_path_times, BIT(1), a)
                : with_file(set_file_times, a);
}
