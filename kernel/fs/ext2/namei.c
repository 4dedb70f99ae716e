/* SPDX-License-Identifier: MIT */
/*
 * namei.c - creating, linking, removing and renaming in a directory.
 *
 * Each operation runs inside one journal handle.  What can fail (the inode,
 * its block, the directory's block, reading an entry that is to be changed)
 * comes first; a new inode that got no name has nlink 0, so its last iput()
 * deletes it again.
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

/* A directory may have one name only: else walks could go in circles. */
static int
ext2_lookup(struct inode *dir, struct dentry *d)
{
    struct ext2_dir_entry *e = ext2_find_name(dir, d->name, d->name_len, NULL);
    struct inode *inode = NULL;

    if (IS_ERR(e))
        return (int)PTR_ERR(e);
    if (e)
        inode = ext2_iget(dir->sb, e->inode);
    ext2_put(e);
    if (IS_ERR(inode))
        return (int)PTR_ERR(inode);
    if (d_add(d, inode) == 0)
        return 0;
    iput(inode);
    return ext2_error(dir->sb, "a second name: directory in", dir->ino);
}

/* A name, or a ".." in a subdirectory, came (1) or went (-1). */
static void
change_links(struct inode *inode, int n)
{
    uint32_t least = S_ISDIR(inode->mode) ? 2 : 0;

    if (n > 0 || inode->nlink > least)
        inode->nlink += (uint32_t)n;
    inode_touch(inode, TOUCH_CTIME);
}

/* --- New inodes */

/*
 * What there is in a new inode before it has a name.  A target, as a path, is
 * shorter than a block.  => -ENOSPC, -EIO, ...
 */
static int
fill_inode(struct inode *inode, struct inode *dir, const char *target)
{
    char *place = (char *)ext2_i(inode)->raw->i_block, *block = NULL;

    if (S_ISDIR(inode->mode)) {
        inode->nlink = 2; /* "." and its name */
        return ext2_add_name(inode, ".", 1, inode)
                   ?: ext2_add_name(inode, "..", 2, dir);
    }
    if (!S_ISLNK(inode->mode))
        return 0;
    if (strlen(target) >= EXT2_FAST_SYMLINK_MAX)
        place = block = ext2_meta_block(inode, 0, true);
    if (IS_ERR(place))
        return (int)PTR_ERR(place);
    memcpy(place, target, strlen(target));
    ext2_dirty(place);
    ext2_put(block);
    atomic_store(&inode->data.size, (int64_t)strlen(target));
    return 0;
}

static int
ext2_make(struct inode *dir, struct dentry *d, umode_t mode, dev_t rdev,
          const char *target)
{
    int err = S_ISDIR(mode) && dir->nlink >= EXT2_LINK_MAX
                  ? -EMLINK
                  : journal_start(dir->sb);
    struct inode *inode;

    if (err)
        return err;
    inode = ext2_new_inode(dir, mode, rdev);
    err = PTR_ERR_OR_ZERO(inode);
    if (!err) {
        err = fill_inode(inode, dir, target)
                  ?: ext2_add_name(dir, d->name, d->name_len, inode);
        if (err)
            inode->nlink = 0;
        else if (S_ISDIR(mode))
            change_links(dir, 1);
        mark_inode_dirty(inode);
    }
    journal_stop();
    if (!err)
        d_add(d, inode);
    else if (!IS_ERR(inode))
        iput(inode); /* deletes it, in a handle of its own */
    return err;
}

static ssize_t
ext2_readlink(struct inode *inode, char *buf, size_t size)
{
    size_t len = (size_t)inode_size(inode);
    const char *target = (const char *)ext2_i(inode)->raw->i_block;
    const char *block = NULL;

    if (len + 1 > size)
        return -ENAMETOOLONG;
    if (len >= EXT2_FAST_SYMLINK_MAX) {
        target = block = ext2_meta_block(inode, 0, false);
        if (IS_ERR(block))
            return PTR_ERR(block);
    }
    memcpy(buf, target, len);
    buf[len] = '\0';
    ext2_put(block);
    return (ssize_t)strlen(buf);
}

/* --- Names of inodes that are there */

static int
ext2_link(struct inode *inode, struct inode *dir, struct dentry *d)
{
    int err = inode->nlink >= EXT2_LINK_MAX ? -EMLINK : journal_start(dir->sb);

    if (err)
        return err;
    err = ext2_add_name(dir, d->name, d->name_len, inode);
    if (!err) {
        change_links(inode, 1);
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
        inode_touch(inode, TOUCH_CTIME);
        change_links(dir, -1);
    } else {
        change_links(inode, -1);
    }
}

/* unlink and rmdir */
static int
ext2_remove(struct inode *dir, struct dentry *d)
{
    int err = ext2_check_empty(d->inode) ?: journal_start(dir->sb);
    struct ext2_dir_entry *e;

    if (err)
        return err;
    e = ext2_find_name(dir, d->name, d->name_len, d->inode);
    err = PTR_ERR_OR_ZERO(e);
    if (!err) {
        ext2_set_entry(dir, e, NULL);
        drop_name(dir, d->inode);
    }
    ext2_put(e);
    journal_stop();
    return err;
}

/*
 * The VFS has checked types, permissions and that nothing is moved below
 * itself.  A directory that moves to another parent takes its ".." along.
 * All entries that are to change are at hand before the first one does.
 */
static int
ext2_rename(struct inode *odir, struct dentry *od, struct inode *ndir,
            struct dentry *nd)
{
    struct ext2_dir_entry *old, *new = NULL, *up = NULL;
    struct inode *moved = od->inode, *replaced = nd->inode;
    bool new_parent = S_ISDIR(moved->mode) && odir != ndir;
    int err = replaced ? ext2_check_empty(replaced) : 0;

    if (!err && new_parent && !replaced && ndir->nlink >= EXT2_LINK_MAX)
        err = -EMLINK;
    err = err ?: journal_start(odir->sb);
    if (err)
        return err;
    old = ext2_find_name(odir, od->name, od->name_len, moved);
    if (replaced)
        new = ext2_find_name(ndir, nd->name, nd->name_len, replaced);
    if (new_parent)
        up = ext2_find_name(moved, "..", 2, odir);
    err = PTR_ERR_OR_ZERO(old) ?: PTR_ERR_OR_ZERO(new) ?: PTR_ERR_OR_ZERO(up);
    if (!err && !replaced)
        err = ext2_add_name(ndir, nd->name, nd->name_len, moved);
    if (err)
        goto out;
    if (replaced) {
        ext2_set_entry(ndir, new, moved);
        drop_name(ndir, replaced);
    }
    ext2_set_entry(odir, old, NULL);
    if (new_parent) {
        ext2_set_entry(moved, up, ndir);
        change_links(odir, -1);
        change_links(ndir, 1);
    }
    inode_touch(moved, TOUCH_CTIME);
out:
    ext2_put(old);
    ext2_put(new);
    ext2_put(up);
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
