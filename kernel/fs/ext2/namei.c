/* SPDX-License-Identifier: MIT */
/*
 * namei.c - creating, linking, removing and renaming in a directory.
 *
 * Each operation runs inside one journal handle.  What can fail for want of
 * space (the inode, its block, the directory's block) comes first; a new inode
 * that got no name has nlink 0, so its last iput() deletes it again.
 *
 * The order of the steps: what a name leads to is made before the name, and
 * freed after it is gone (by the last iput(), so that an open file lives on
 * without one).  rename makes the new name before it removes the old one: at
 * no time is there none.
 *
 * Link counts: one a name, and for a directory one for its own "." and one
 * for the ".." of each directory in it.  Damage may have made a count too
 * small already, so it is not taken below what is sure.
 *
 * The target of a symbolic link lies in the inode when it is short, else in a
 * block of metadata.
 *
 * Locks: the VFS holds the directories' and the inodes' locks.
 */
#include "fs/ext2/ext2.h"
#include "lib/err.h"

/* A directory may have one name only: else walks could go in circles. */
static int
ext2_lookup(struct inode *dir, struct dentry *d)
{
    int64_t ino = ext2_find_name(dir, d->name, d->name_len);
    struct inode *inode;

    if (ino < 0)
        return (int)ino;
    inode = ino ? ext2_iget(dir->sb, (uint64_t)ino) : NULL;
    if (IS_ERR(inode))
        return (int)PTR_ERR(inode);
    if (d_add(d, inode)) {
        iput(inode);
        return ext2_error(dir->sb, "directory %lu has two names", ino);
    }
    return 0;
}

/* A subdirectory, and its "..", came (1) or went (-1). */
static void
count_subdir(struct inode *dir, int n)
{
    if (n > 0 || dir->nlink > 2)
        dir->nlink += (uint32_t)n;
    mark_inode_dirty(dir);
}

/* --- New inodes */

/* => target is shorter than a block; -ENOSPC, -EIO */
static int
fill_symlink(struct inode *inode, const char *target)
{
    size_t len = strlen(target);

    if (len < EXT2_FAST_SYMLINK_MAX) {
        memcpy(ext2_i(inode)->raw->i_block, target, len);
    } else {
        struct page *page = ext2_add_block(inode, 0);

        if (IS_ERR(page))
            return (int)PTR_ERR(page);
        memcpy(page_address(page), target, len);
        set_page_dirty(page);
        put_page(page);
    }
    atomic_store(&inode->data.size, (int64_t)len);
    return 0;
}

static int
ext2_make(struct inode *dir, struct dentry *d, umode_t mode, dev_t rdev,
          const char *target)
{
    struct inode *inode;
    int err;

    if (S_ISDIR(mode) && dir->nlink >= EXT2_LINK_MAX)
        return -EMLINK;
    if (target && strlen(target) >= EXT2_BLOCK_SIZE)
        return -ENAMETOOLONG;
    err = journal_start(dir->sb);
    if (err)
        return err;
    inode = ext2_new_inode(dir, mode, rdev);
    if (IS_ERR(inode)) {
        journal_stop();
        return (int)PTR_ERR(inode);
    }
    if (S_ISDIR(mode)) {
        inode->nlink = 2; /* "." and its name */
        err = ext2_add_name(inode, ".", 1, inode)
                  ?: ext2_add_name(inode, "..", 2, dir);
    } else if (S_ISLNK(mode)) {
        err = fill_symlink(inode, target);
    }
    if (!err)
        err = ext2_add_name(dir, d->name, d->name_len, inode);
    if (err)
        inode->nlink = 0;
    else if (S_ISDIR(mode))
        count_subdir(dir, 1);
    mark_inode_dirty(inode);
    journal_stop();
    if (err)
        iput(inode); /* deletes it, in a handle of its own */
    else
        d_add(d, inode);
    return err;
}

static ssize_t
ext2_readlink(struct inode *inode, char *buf, size_t size)
{
    size_t len = (size_t)inode_size(inode);
    const char *target = (const char *)ext2_i(inode)->raw->i_block;
    struct page *page = NULL;

    if (len + 1 > size)
        return -ENAMETOOLONG;
    if (inode->blocks) {
        page = ext2_read_block(inode, 0);
        if (IS_ERR(page))
            return PTR_ERR(page);
        target = page_address(page);
    } else if (len >= EXT2_FAST_SYMLINK_MAX) {
        return ext2_error(inode->sb, "symlink %lu has a bad size", inode->ino);
    }
    memcpy(buf, target, len);
    buf[len] = '\0';
    if (page)
        put_page(page);
    return (ssize_t)strlen(buf);
}

/* --- Names of inodes that are there */

static int
ext2_link(struct inode *inode, struct inode *dir, struct dentry *d)
{
    int err;

    if (inode->nlink >= EXT2_LINK_MAX)
        return -EMLINK;
    err = journal_start(dir->sb);
    if (err)
        return err;
    err = ext2_add_name(dir, d->name, d->name_len, inode);
    if (!err) {
        inode->nlink++;
        inode_touch(inode, TOUCH_CTIME);
        d_add(d, ihold(inode));
    }
    journal_stop();
    return err;
}

/* inode has lost its name in dir; a directory had only this one. */
static void
drop_name(struct inode *dir, struct inode *inode)
{
    if (S_ISDIR(inode->mode)) {
        inode->nlink = 0;
        count_subdir(dir, -1);
    } else if (inode->nlink > 0) {
        inode->nlink--;
    }
    inode_touch(inode, TOUCH_CTIME);
}

/* unlink and rmdir */
static int
ext2_remove(struct inode *dir, struct dentry *d)
{
    int err = ext2_check_empty(d->inode) ?: journal_start(dir->sb);

    if (err)
        return err;
    err = ext2_set_name(dir, d->name, d->name_len, NULL);
    if (!err)
        drop_name(dir, d->inode);
    journal_stop();
    return err;
}

/*
 * The VFS has checked types, permissions and that nothing is moved below
 * itself.  A directory that moves to another parent takes its ".." along.
 */
static int
ext2_rename(struct inode *odir, struct dentry *od, struct inode *ndir,
            struct dentry *nd)
{
    struct inode *moved = od->inode;
    bool new_parent = S_ISDIR(moved->mode) && odir != ndir;
    int err = nd->inode ? ext2_check_empty(nd->inode) : 0;

    if (err)
        return err;
    if (new_parent && !nd->inode && ndir->nlink >= EXT2_LINK_MAX)
        return -EMLINK;
    /* What the last steps change must be there before the first is done. */
    if (ext2_find_name(odir, od->name, od->name_len) != (int64_t)moved->ino ||
        (new_parent && ext2_find_name(moved, "..", 2) <= 0))
        return ext2_error(odir->sb, "inode %lu cannot be moved", moved->ino);
    err = journal_start(odir->sb);
    if (err)
        return err;
    if (nd->inode)
        err = ext2_set_name(ndir, nd->name, nd->name_len, moved);
    else
        err = ext2_add_name(ndir, nd->name, nd->name_len, moved);
    if (!err && nd->inode)
        drop_name(ndir, nd->inode);
    if (!err)
        err = ext2_set_name(odir, od->name, od->name_len, NULL);
    if (!err && new_parent) {
        err = ext2_set_name(moved, "..", 2, ndir);
        count_subdir(odir, -1);
        count_subdir(ndir, 1);
    }
    inode_touch(moved, TOUCH_CTIME);
    journal_stop();
    return err;
}

const struct inode_operations ext2_ops = {
    .lookup = ext2_lookup,
    .make = ext2_make,
    .link = ext2_link,
    .unlink = ext2_remove,
    .rename = ext2_rename,
    .readlink = ext2_readlink,
    .truncate = ext2_truncate,
    .dir_fop = &ext2_dir_ops,
};
