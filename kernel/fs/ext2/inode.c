/* SPDX-License-Identifier: MIT */
/*
 * inode.c - inodes between the inode table on disk and struct inode.
 *
 * An inode is 256 bytes (128 at least) of a block of its group's table.
 * ext2_iget() unpacks it once; ext2_write_inode() packs the fields that we
 * know back into the block and leaves the others alone.
 *
 * Locks: the fields of an inode in its table block are written by its own
 * write_inode only; neighbours in the same block have bytes of their own, so
 * no page lock is needed.
 */
#include "core/printk.h"
#include "fs/ext2/ext2.h"
#include "include/errno.h"
#include "include/major.h"
#include "lib/err.h"
#include "lib/string.h"
#include "sched/timer.h"

/* The inode's place in its table; *page is referenced.  ERR_PTR */
static struct ext2_inode *
raw_inode(struct super_block *sb, uint64_t ino, struct page **page)
{
    struct ext2_fs *fs = ext2_sb(sb);
    uint32_t per_group = fs->super->s_inodes_per_group;
    uint64_t offset = (ino - 1) % per_group * fs->inode_size;
    struct ext2_group_desc *d;

    if (ino == 0 || ino > fs->super->s_inodes_count)
        return ERR_PTR(ext2_error(sb, "bad inode number %lu", ino));
    d = ext2_desc(sb, (uint32_t)((ino - 1) / per_group), NULL);
    *page = ext2_bread(sb, d->bg_inode_table + offset / EXT2_BLOCK_SIZE);
    if (IS_ERR(*page))
        return ERR_PTR(PTR_ERR(*page));
    return (void *)((uint8_t *)page_address(*page) + offset % EXT2_BLOCK_SIZE);
}

/* Does this inode have room for the field that ends at byte `end`? */
static bool
has_extra(struct super_block *sb, const struct ext2_inode *raw, size_t end)
{
    return ext2_sb(sb)->inode_size > EXT2_GOOD_OLD_INODE_SIZE &&
           (size_t)EXT2_GOOD_OLD_INODE_SIZE + raw->i_extra_isize >= end;
}

#define FIELD_END(f)                                                           \
    (offsetof(struct ext2_inode, f) + sizeof(((struct ext2_inode *)0)->f))

static struct timespec
unpack_time(uint32_t seconds, uint32_t extra)
{
    struct timespec t = {
        .tv_sec = (int32_t)seconds + ((int64_t)(extra & EXT2_EPOCH_MASK) << 32),
        .tv_nsec = extra >> EXT2_EPOCH_BITS,
    };

    return t;
}

static uint32_t
pack_extra(struct timespec t)
{
    uint32_t epoch = (uint32_t)((t.tv_sec - (int32_t)t.tv_sec) >> 32);

    return (epoch & EXT2_EPOCH_MASK) | (uint32_t)t.tv_nsec << EXT2_EPOCH_BITS;
}

static void
unpack_times(struct inode *inode, const struct ext2_inode *raw)
{
    uint32_t a = 0, m = 0, c = 0;

    if (has_extra(inode->sb, raw, FIELD_END(i_atime_extra))) {
        a = raw->i_atime_extra;
        m = raw->i_mtime_extra;
        c = raw->i_ctime_extra;
    }
    inode->atime = unpack_time(raw->i_atime, a);
    inode->mtime = unpack_time(raw->i_mtime, m);
    inode->ctime = unpack_time(raw->i_ctime, c);
}

static dev_t
unpack_rdev(const struct ext2_inode *raw)
{
    if (raw->i_block[0])
        return makedev(raw->i_block[0] >> 8 & 0xff, raw->i_block[0] & 0xff);
    return raw->i_block[1]; /* Linux's encoding is ours */
}

void
ext2_set_ops(struct inode *inode)
{
    switch (inode->mode & S_IFMT) {
    case S_IFREG:
        inode->op = &ext2_file_inode_ops;
        inode->fop = &ext2_file_ops;
        break;
    case S_IFDIR:
        inode->op = &ext2_dir_inode_ops;
        inode->fop = &ext2_dir_ops;
        break;
    case S_IFLNK:
        inode->op = &ext2_symlink_inode_ops;
        break;
    default:
        inode->op = &ext2_special_inode_ops;
        init_special_inode(inode, inode->mode, inode->rdev);
    }
}

static int
unpack_inode(struct inode *inode, const struct ext2_inode *raw)
{
    struct super_block *sb = inode->sb;
    uint64_t size = raw->i_size;

    inode->mode = raw->i_mode;
    inode->uid = raw->i_uid | (uint32_t)raw->i_uid_high << 16;
    inode->gid = raw->i_gid | (uint32_t)raw->i_gid_high << 16;
    inode->nlink = raw->i_links_count;
    inode->blocks = raw->i_blocks;
    inode->generation = raw->i_generation;
    if (S_ISREG(inode->mode))
        size |= (uint64_t)raw->i_size_high << 32;
    if (inode->nlink == 0 || inode->mode == 0)
        return ext2_error(sb, "inode %lu is not in use", inode->ino);
    if (size > sb->max_bytes ||
        (S_ISDIR(inode->mode) &&
         (size % EXT2_BLOCK_SIZE ||
          size / EXT2_BLOCK_SIZE > ext2_sb(sb)->super->s_blocks_count)) ||
        (S_ISLNK(inode->mode) && size >= PATH_MAX))
        return ext2_error(sb, "inode %lu has a bad size", inode->ino);
    atomic_store(&inode->data.size, (int64_t)size);
    unpack_times(inode, raw);
    memcpy(ext2_i(inode)->block, raw->i_block, sizeof(raw->i_block));
    ext2_i(inode)->disk_flags = raw->i_flags;
    ext2_i(inode)->goal =
        (uint32_t)((inode->ino - 1) / ext2_sb(sb)->super->s_inodes_per_group) *
        ext2_sb(sb)->super->s_blocks_per_group;
    if (S_ISCHR(inode->mode) || S_ISBLK(inode->mode))
        inode->rdev = unpack_rdev(raw);
    ext2_set_ops(inode);
    return 0;
}

struct inode *
ext2_iget(struct super_block *sb, uint64_t ino)
{
    struct ext2_inode *raw;
    struct inode *inode;
    struct page *page;
    int err;

    if (ino == 0 || ino > ext2_sb(sb)->super->s_inodes_count)
        return ERR_PTR(ext2_error(sb, "bad inode number %lu", ino));
    inode = iget_locked(sb, ino);
    if (!inode)
        return ERR_PTR(-ENOMEM);
    if (!(inode->state & I_NEW))
        return inode;
    raw = raw_inode(sb, ino, &page);
    if (IS_ERR(raw)) {
        iget_failed(inode);
        return ERR_PTR(PTR_ERR(raw));
    }
    err = unpack_inode(inode, raw);
    put_page(page);
    if (err) {
        iget_failed(inode);
        return ERR_PTR(err);
    }
    unlock_new_inode(inode);
    return inode;
}

static void
pack_blocks(struct inode *inode, struct ext2_inode *raw)
{
    if (S_ISCHR(inode->mode) || S_ISBLK(inode->mode)) {
        unsigned maj = major(inode->rdev), min = minor(inode->rdev);

        memset(raw->i_block, 0, sizeof(raw->i_block));
        if (maj < 256 && min < 256)
            raw->i_block[0] = EXT2_OLD_DEV(maj, min);
        else
            raw->i_block[1] = EXT2_NEW_DEV(maj, min);
        return;
    }
    memcpy(raw->i_block, ext2_i(inode)->block, sizeof(raw->i_block));
}

static void
pack_inode(struct inode *inode, struct ext2_inode *raw)
{
    uint64_t size = (uint64_t)inode_size(inode);
    struct timespec a, m, c;

    spin_lock(&inode->i_lock);
    a = inode->atime;
    m = inode->mtime;
    c = inode->ctime;
    spin_unlock(&inode->i_lock);
    raw->i_mode = (uint16_t)inode->mode;
    raw->i_uid = (uint16_t)inode->uid;
    raw->i_uid_high = (uint16_t)(inode->uid >> 16);
    raw->i_gid = (uint16_t)inode->gid;
    raw->i_gid_high = (uint16_t)(inode->gid >> 16);
    raw->i_links_count = (uint16_t)inode->nlink;
    raw->i_size = (uint32_t)size;
    if (S_ISREG(inode->mode))
        raw->i_size_high = (uint32_t)(size >> 32);
    raw->i_blocks = (uint32_t)inode->blocks;
    raw->i_generation = inode->generation;
    raw->i_flags = ext2_i(inode)->disk_flags;
    raw->i_dtime = ext2_i(inode)->dtime;
    raw->i_atime = (uint32_t)a.tv_sec;
    raw->i_mtime = (uint32_t)m.tv_sec;
    raw->i_ctime = (uint32_t)c.tv_sec;
    if (has_extra(inode->sb, raw, FIELD_END(i_atime_extra))) {
        raw->i_atime_extra = pack_extra(a);
        raw->i_mtime_extra = pack_extra(m);
        raw->i_ctime_extra = pack_extra(c);
    }
    pack_blocks(inode, raw);
}

/* The first write of a new inode: nothing of its predecessor remains. */
static void
clear_raw(struct inode *inode, struct ext2_inode *raw)
{
    struct ext2_fs *fs = ext2_sb(inode->sb);
    struct timespec now = current_time();

    memset(raw, 0, fs->inode_size);
    if (fs->inode_size < EXT2_GOOD_OLD_INODE_SIZE + EXT2_EXTRA_ISIZE)
        return;
    raw->i_extra_isize = EXT2_EXTRA_ISIZE;
    raw->i_crtime = (uint32_t)now.tv_sec;
    raw->i_crtime_extra = pack_extra(now);
}

int
ext2_write_inode(struct inode *inode)
{
    struct page *page;
    struct ext2_inode *raw;

    raw = raw_inode(inode->sb, inode->ino, &page);
    if (IS_ERR(raw))
        return (int)PTR_ERR(raw);
    if (raw->i_links_count == 0 && inode->nlink > 0)
        clear_raw(inode, raw);
    pack_inode(inode, raw);
    set_page_dirty(page);
    put_page(page);
    return 0;
}

/* Has it blocks of its own, or does block[] mean something else? */
static bool
has_blocks(const struct inode *inode)
{
    return S_ISREG(inode->mode) || S_ISDIR(inode->mode) ||
           (S_ISLNK(inode->mode) && inode->blocks > 0);
}

void
ext2_evict(struct inode *inode)
{
    struct journal_handle h;

    truncate_pages(&inode->data, 0);
    if (journal_start(&h, inode->sb, EXT2_HANDLE_BLOCKS))
        return;
    if (has_blocks(inode))
        ext2_free_from(&h, inode, 0);
    atomic_store(&inode->data.size, 0);
    ext2_i(inode)->dtime = (uint32_t)current_time().tv_sec;
    ext2_write_inode(inode);
    ext2_free_inode(&h, inode);
    journal_stop(&h);
}
