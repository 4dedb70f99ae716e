/* SPDX-License-Identifier: MIT */
/*
 * attr.c - what an inode says about itself: owner, mode, times, size; who may
 * use it, and who may change that.
 *
 * Interface: inode_permission, may_change_dir before an access;
 * inode_init_owner for a new inode; vfs_truncate, vfs_setattr, vfs_stat,
 * vfs_statfs for the system calls.
 *
 * Locks: the inode's lock for a change, i_lock for the times; reading the mode
 * takes none.
 *
 * Not done: capabilities (uid 0 has all), ACLs, quotas.
 */
#include "fs/fs.h"

#include "sched/task.h"
#include "sched/timer.h"

/*
 * The class that fits best decides alone: an owner without a right does not get
 * it as one of the group or as anybody.  Devices and FIFOs can be written to on
 * a file system that is read-only.
 */
int
inode_permission(struct inode *inode, unsigned mask)
{
    const struct cred *c = &current->cred;
    umode_t mode = inode->mode;

    if ((mask & MAY_WRITE) && (inode->sb->flags & SB_RDONLY) &&
        (S_ISREG(mode) || S_ISDIR(mode) || S_ISLNK(mode)))
        return -EROFS;
    if (is_root(c)) /* may all, but executes only what somebody may execute */
        return (mask & MAY_EXEC) && !S_ISDIR(mode) && !(mode & 0111) ? -EACCES
                                                                     : 0;
    if (c->euid == inode->uid)
        mode >>= 6;
    else if (in_group(inode->gid))
        mode >>= 3;
    return (mask & ~mode & 7) ? -EACCES : 0;
}

int
may_change_dir(struct inode *dir)
{
    int err = inode_permission(dir, MAY_WRITE | MAY_EXEC);

    return err || dir->op->make ? err : -EPERM;
}

void
inode_init_owner(struct inode *inode, const struct inode *dir, umode_t mode)
{
    inode->mode = mode;
    inode->uid = current->cred.euid;
    inode->gid = current->cred.egid;
    if (dir && (dir->mode & S_ISGID)) {
        inode->gid = dir->gid;
        if (S_ISDIR(mode))
            inode->mode |= S_ISGID;
    }
    inode->atime = inode->mtime = inode->ctime = current_time();
}

/* Shorter or longer.  The limit is asked for growth only, as write(2) does. */
int
vfs_truncate(struct inode *inode, off_t size)
{
    int err;

    if (S_ISDIR(inode->mode))
        return -EISDIR;
    if (size < 0 || !S_ISREG(inode->mode) || !inode->op->truncate)
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

/* The owner may change all, within limits; others set the times to now. */
static int
may_setattr(struct inode *inode, const struct iattr *a)
{
    const struct cred *c = &current->cred;

    if (inode->sb->flags & SB_RDONLY)
        return -EROFS;
    if (is_root(c))
        return 0;
    if (c->euid == inode->uid)
        return ((a->valid & ATTR_UID) && a->uid != inode->uid) ||
                       ((a->valid & ATTR_GID) && !in_group(a->gid))
                   ? -EPERM
                   : 0;
    if (a->valid == (ATTR_ATIME | ATTR_MTIME | ATTR_TIMES_NOW))
        return inode_permission(inode, MAY_WRITE);
    return a->valid ? -EPERM : 0;
}

/* All of it or nothing.  A new owner is not lent the old one's set-uid bits. */
int
vfs_setattr(struct inode *inode, const struct iattr *a)
{
    int err;

    mutex_lock(&inode->lock);
    err = may_setattr(inode, a);
    if (err)
        goto out;
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
    inode_touch(inode, TOUCH_CTIME);
out:
    mutex_unlock(&inode->lock);
    return err;
}

void
vfs_stat(struct inode *inode, struct stat *out)
{
    *out = (struct stat){
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
    out->st_atim = inode->atime;
    out->st_mtim = inode->mtime;
    out->st_ctim = inode->ctime;
    spin_unlock(&inode->i_lock);
}

int
vfs_statfs(struct super_block *sb, struct statfs *out)
{
    *out = (struct statfs){
        .f_type = sb->type->magic,
        .f_bsize = PAGE_SIZE,
        .f_frsize = PAGE_SIZE,
        .f_namelen = NAME_MAX,
    };
    return sb->ops->statfs ? sb->ops->statfs(sb, out) : 0;
}
