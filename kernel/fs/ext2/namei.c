/* SPDX-License-Identifier: MIT */
/*
 * namei.c - creating, linking, removing and renaming in a directory.
 *
 * Each operation runs inside one journal handle.  What can fail for want of
 * space (the inode, the directory's block) comes first; a new inode that got
 * no name has nlink 0, so its last iput() deletes it again.
 *
 * Locks: the VFS holds the directories' and the inodes' locks.
 */
#include "fs/ext2/ext2.h"
#include "include/errno.h"
#include "lib/err.h"
#include "lib/string.h"

static int
ext2_lookup(struct inode *dir, struct dentry *d)
{
    int64_t ino = ext2_find_name(dir, d->name, d->name_len);
    struct inode *inode;

    if (ino <= 0)
        return (int)ino; /* negative dentry, or an error */
    inode = ext2_iget(dir->sb, (uint64_t)ino);
    if (IS_ERR(inode))
        return (int)PTR_ERR(inode);
    if (d_instantiate(d, inode)) {
        iput(inode);
        return ext2_error(dir->sb, "directory %lu has two names", ino);
    }
    return 0;
}

/* One name less; damage may have made the count too small already. */
static void
drop_link(struct inode *inode)
{
    if (inode->nlink > 0)
        inode->nlink--;
}

/* A subdirectory and its ".." went. */
static void
drop_subdir(struct inode *dir)
{
    if (dir->nlink > 2)
        dir->nlink--;
    mark_inode_dirty(dir);
}

/* Name a new inode, or let it go.  => refs: consumes inode */
static int
add_new(struct journal_handle *h, struct inode *dir, struct dentry *d,
        struct inode *inode)
{
    int err = ext2_add_name(h, dir, d->name, d->name_len, inode);

    if (!err)
        d_instantiate(d, inode);
    else
        inode->nlink = 0;
    return err;
}

/* End of a creation: a failed inode is deleted outside the handle. */
static int
finish_new(struct journal_handle *h, struct inode *inode, int err)
{
    journal_stop(h);
    if (err && inode)
        iput(inode);
    return err;
}

static int
ext2_mknod(struct inode *dir, struct dentry *d, umode_t mode, dev_t rdev)
{
    struct journal_handle h;
    struct inode *inode;
    int err = journal_start(&h, dir->sb, EXT2_HANDLE_BLOCKS);

    if (err)
        return err;
    inode = ext2_new_inode(&h, dir, mode);
    if (IS_ERR(inode))
        return finish_new(&h, NULL, (int)PTR_ERR(inode));
    if (S_ISCHR(mode) || S_ISBLK(mode)) {
        inode->rdev = rdev;
        ext2_set_ops(inode);
    }
    return finish_new(&h, inode, add_new(&h, dir, d, inode));
}

static int
ext2_mkdir(struct inode *dir, struct dentry *d, umode_t mode)
{
    struct journal_handle h;
    struct inode *inode;
    int err;

    if (dir->nlink >= EXT2_LINK_MAX)
        return -EMLINK;
    err = journal_start(&h, dir->sb, EXT2_HANDLE_BLOCKS);
    if (err)
        return err;
    inode = ext2_new_inode(&h, dir, mode);
    if (IS_ERR(inode))
        return finish_new(&h, NULL, (int)PTR_ERR(inode));
    inode->nlink = 2; /* "." and its name */
    err = ext2_make_empty(&h, inode, dir);
    if (err) {
        inode->nlink = 0;
        return finish_new(&h, inode, err);
    }
    err = add_new(&h, dir, d, inode);
    if (!err) {
        dir->nlink++; /* its ".." */
        mark_inode_dirty(dir);
    }
    return finish_new(&h, inode, err);
}

/* The target's page: for links too long for the inode. */
static int
write_long_target(struct journal_handle *h, struct inode *inode,
                  const char *target, size_t len)
{
    struct page *page;
    uint64_t block;
    bool fresh;
    int err = ext2_get_block(h, inode, 0, &block, &fresh);

    if (err)
        return err;
    page = grab_cache_page(&inode->data, 0);
    if (IS_ERR(page))
        return (int)PTR_ERR(page);
    clear_frame(page);
    memcpy(page_address(page), target, len);
    page->private = block + 1;
    page_set(page, PG_uptodate);
    set_page_dirty(page);
    unlock_page(page);
    put_page(page);
    return 0;
}

static int
ext2_symlink(struct inode *dir, struct dentry *d, const char *target)
{
    size_t len = strlen(target);
    struct journal_handle h;
    struct inode *inode;
    int err;

    if (len >= PAGE_SIZE)
        return -ENAMETOOLONG;
    err = journal_start(&h, dir->sb, EXT2_HANDLE_BLOCKS);
    if (err)
        return err;
    inode = ext2_new_inode(&h, dir, S_IFLNK | 0777);
    if (IS_ERR(inode))
        return finish_new(&h, NULL, (int)PTR_ERR(inode));
    if (len < EXT2_FAST_SYMLINK_MAX)
        memcpy(ext2_i(inode)->block, target, len + 1);
    else
        err = write_long_target(&h, inode, target, len);
    atomic_store(&inode->data.size, (int64_t)len);
    mark_inode_dirty(inode);
    if (err)
        inode->nlink = 0;
    else
        err = add_new(&h, dir, d, inode);
    return finish_new(&h, inode, err);
}

static ssize_t
ext2_readlink(struct inode *inode, char *buf, size_t size)
{
    size_t len = (size_t)inode_size(inode);
    const char *target = (const char *)ext2_i(inode)->block;
    struct page *page = NULL;

    if (len + 1 > size)
        return -ENAMETOOLONG;
    if (inode->blocks == 0 && len >= EXT2_FAST_SYMLINK_MAX)
        return ext2_error(inode->sb, "symlink %lu has a bad size", inode->ino);
    if (inode->blocks) {
        page = read_cache_page(&inode->data, 0);
        if (IS_ERR(page))
            return PTR_ERR(page);
        target = page_address(page);
    }
    memcpy(buf, target, len);
    buf[len] = '\0';
    if (page)
        put_page(page);
    return (ssize_t)strlen(buf);
}

static int
ext2_link(struct dentry *old, struct inode *dir, struct dentry *d)
{
    struct inode *inode = old->inode;
    struct journal_handle h;
    int err;

    if (inode->nlink >= EXT2_LINK_MAX)
        return -EMLINK;
    err = journal_start(&h, dir->sb, EXT2_HANDLE_BLOCKS);
    if (err)
        return err;
    err = ext2_add_name(&h, dir, d->name, d->name_len, inode);
    if (!err) {
        inode->nlink++;
        inode_touch(inode, TOUCH_CTIME);
        d_instantiate(d, iget(inode));
    }
    journal_stop(&h);
    return err;
}

static int
ext2_unlink(struct inode *dir, struct dentry *d)
{
    struct inode *inode = d->inode;
    struct journal_handle h;
    int err = journal_start(&h, dir->sb, EXT2_HANDLE_BLOCKS);

    if (err)
        return err;
    err = ext2_remove_name(&h, dir, d->name, d->name_len);
    if (!err) {
        drop_link(inode);
        inode_touch(inode, TOUCH_CTIME);
    }
    journal_stop(&h);
    return err;
}

static int
ext2_rmdir(struct inode *dir, struct dentry *d)
{
    struct inode *inode = d->inode;
    struct journal_handle h;
    int err = ext2_dir_is_empty(inode);

    if (err <= 0)
        return err ? err : -ENOTEMPTY;
    err = journal_start(&h, dir->sb, EXT2_HANDLE_BLOCKS);
    if (err)
        return err;
    err = ext2_remove_name(&h, dir, d->name, d->name_len);
    if (!err) {
        inode->nlink = 0;
        drop_subdir(dir);
        inode_touch(inode, TOUCH_CTIME);
    }
    journal_stop(&h);
    return err;
}

/* Give the new name to the moved inode: a new entry, or the replaced one's. */
static int
set_new_name(struct journal_handle *h, struct inode *ndir, struct dentry *nd,
             struct inode *moved)
{
    struct inode *replaced = nd->inode;
    int err;

    if (!replaced)
        return ext2_add_name(h, ndir, nd->name, nd->name_len, moved);
    err = ext2_change_name(h, ndir, nd->name, nd->name_len, moved);
    if (err)
        return err;
    if (S_ISDIR(replaced->mode)) {
        replaced->nlink = 0;
        drop_subdir(ndir);
    } else {
        drop_link(replaced);
    }
    inode_touch(replaced, TOUCH_CTIME);
    return 0;
}

static int
ext2_rename(struct inode *odir, struct dentry *od, struct inode *ndir,
            struct dentry *nd, unsigned flags)
{
    struct inode *moved = od->inode;
    bool new_parent = S_ISDIR(moved->mode) && odir != ndir;
    struct journal_handle h;
    int err;

    (void)flags;
    if (nd->inode && S_ISDIR(nd->inode->mode)) {
        err = ext2_dir_is_empty(nd->inode);
        if (err <= 0)
            return err ? err : -ENOTEMPTY;
    } else if (new_parent && ndir->nlink >= EXT2_LINK_MAX) {
        return -EMLINK;
    }
    /* What the last steps change must be there before the first is done. */
    if (ext2_find_name(odir, od->name, od->name_len) != (int64_t)moved->ino ||
        (new_parent && ext2_find_name(moved, "..", 2) <= 0))
        return ext2_error(odir->sb, "inode %lu cannot be moved", moved->ino);
    err = journal_start(&h, odir->sb, EXT2_HANDLE_BLOCKS);
    if (err)
        return err;
    err = set_new_name(&h, ndir, nd, moved);
    if (!err)
        err = ext2_remove_name(&h, odir, od->name, od->name_len);
    if (!err && new_parent) {
        err = ext2_change_name(&h, moved, "..", 2, ndir);
        drop_subdir(odir);
        ndir->nlink++;
    }
    inode_touch(moved, TOUCH_CTIME);
    mark_inode_dirty(odir);
    mark_inode_dirty(ndir);
    journal_stop(&h);
    return err;
}

const struct inode_operations ext2_dir_inode_ops = {
    .lookup = ext2_lookup,
    .mknod = ext2_mknod,
    .mkdir = ext2_mkdir,
    .rmdir = ext2_rmdir,
    .unlink = ext2_unlink,
    .link = ext2_link,
    .symlink = ext2_symlink,
    .rename = ext2_rename,
};

const struct inode_operations ext2_symlink_inode_ops = {
    .readlink = ext2_readlink,
};

const struct inode_operations ext2_special_inode_ops = {0};
