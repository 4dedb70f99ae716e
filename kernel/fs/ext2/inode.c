/* SPDX-License-Identifier: MIT */
/*
 * inode.c - inodes between the inode table on the disk and struct inode.
 *
 * An inode is 256 bytes of a block of its group's table:
 *
 *     ino - 1 = group * inodes_per_group + i
 *     block     bg_inode_table of the group + i / 16, bytes i % 16 * 256
 *
 * ext2_iget() unpacks it once; ext2_pack_inode(), after every change, packs the
 * fields that we know back into the block, which stays in memory as long as
 * the inode, and leaves the others alone.  The block map is there only.
 *
 * Life: ext2_new_inode() or ext2_iget() -> written when changed -> when the
 * last name and the last user are gone, ext2_evict() frees blocks and number.
 * On the disk an inode without links is free, or soon will be; it says when it
 * was deleted.
 *
 * Locks: the bytes of an inode in its table block are written under its own
 * i_lock, so that who comes last has seen all there is; neighbours in the block
 * have bytes of their own, so no page lock is needed.
 *
 * Not done: attributes (a deleted file's attribute block stays allocated),
 * and the flags for immutable and append-only files.
 */
#include "fs/ext2/ext2.h"
#include "lib/err.h"
#include "sched/timer.h"

/* An inode with so many bytes behind byte 128 has the _extra words. */
enum { TIMES_ISIZE = 16 };

int
ext2_find_raw(struct inode *inode)
{
    struct ext2_inode_info *info = ext2_i(inode);
    uint32_t per_group = ext2_sb(inode->sb)->super->s_inodes_per_group;
    uint32_t n = (uint32_t)inode->ino - 1, i = n % per_group;
    struct ext2_group_desc *d = ext2_desc(inode->sb, n / per_group);
    struct page *page =
        ext2_bread(inode->sb, d->bg_inode_table + i / EXT2_INODES_PER_BLOCK);

    if (IS_ERR(page))
        return (int)PTR_ERR(page);
    info->raw_page = page;
    info->raw = page_address(page);
    info->raw += i % EXT2_INODES_PER_BLOCK;
    return 0;
}

/* --- From the disk */

/* Seconds and, where there is room for them, the _extra word. */
static struct timespec
unpack_time(const struct ext2_inode *raw, uint32_t seconds, uint32_t extra)
{
    struct timespec t = {.tv_sec = (int32_t)seconds};

    if (raw->i_extra_isize >= TIMES_ISIZE) {
        t.tv_sec += (int64_t)(extra & EXT2_EPOCH_MASK) << 32;
        t.tv_nsec = extra >> EXT2_EPOCH_BITS;
    }
    return t;
}

/* => -EIO: no inode looks like this */
int
ext2_read_inode(struct inode *inode)
{
    int err = ext2_find_raw(inode);
    const struct ext2_inode *raw = ext2_i(inode)->raw;
    uint64_t size;

    ext2_init_inode(inode);
    if (err)
        return err;
    size = raw->i_size;
    if (raw->i_links_count == 0 || raw->i_mode == 0)
        return ext2_error(inode->sb, "inode %lu is not in use", inode->ino);
    inode->mode = raw->i_mode;
    if (S_ISREG(inode->mode))
        size |= (uint64_t)raw->i_size_high << 32;
    if (size > inode->sb->max_bytes ||
        (S_ISDIR(inode->mode) && size % EXT2_BLOCK_SIZE))
        return ext2_error(inode->sb, "inode %lu has a bad size", inode->ino);
    atomic_store(&inode->data.size, (int64_t)size);
    inode->uid = raw->i_uid | (uint32_t)raw->i_uid_high << 16;
    inode->gid = raw->i_gid | (uint32_t)raw->i_gid_high << 16;
    inode->nlink = raw->i_links_count;
    inode->blocks = raw->i_blocks;
    inode->atime = unpack_time(raw, raw->i_atime, raw->i_atime_extra);
    inode->mtime = unpack_time(raw, raw->i_mtime, raw->i_mtime_extra);
    inode->ctime = unpack_time(raw, raw->i_ctime, raw->i_ctime_extra);
    inode_set_ops(inode, &ext2_ops,
                  raw->i_block[0] ? raw->i_block[0] & UINT16_MAX
                                  : raw->i_block[1]);
    return 0;
}

struct inode *
ext2_iget(struct super_block *sb, uint64_t ino)
{
    if (ino == 0 || ino > ext2_sb(sb)->super->s_inodes_count)
        return ERR_PTR(ext2_error(sb, "bad inode number %lu", ino));
    return find_get_inode(sb, ino);
}

/* --- To the disk */

static void
pack_time(const struct ext2_inode *raw, struct timespec t, uint32_t *seconds,
          uint32_t *extra)
{
    uint32_t epoch = (uint32_t)((t.tv_sec - (int32_t)t.tv_sec) >> 32);

    *seconds = (uint32_t)t.tv_sec;
    if (raw->i_extra_isize >= TIMES_ISIZE)
        *extra = (epoch & EXT2_EPOCH_MASK) | (uint32_t)t.tv_nsec
                                                 << EXT2_EPOCH_BITS;
}

struct page *
ext2_pack_inode(struct inode *inode)
{
    struct ext2_inode *raw = ext2_i(inode)->raw;
    uint64_t size = (uint64_t)inode_size(inode);

    pack_time(raw, inode->atime, &raw->i_atime, &raw->i_atime_extra);
    pack_time(raw, inode->mtime, &raw->i_mtime, &raw->i_mtime_extra);
    pack_time(raw, inode->ctime, &raw->i_ctime, &raw->i_ctime_extra);
    raw->i_mode = (uint16_t)inode->mode;
    raw->i_uid = (uint16_t)inode->uid;
    raw->i_uid_high = (uint16_t)(inode->uid >> 16);
    raw->i_gid = (uint16_t)inode->gid;
    raw->i_gid_high = (uint16_t)(inode->gid >> 16);
    raw->i_links_count = (uint16_t)inode->nlink;
    raw->i_dtime = inode->nlink ? 0 : (uint32_t)current_time().tv_sec;
    raw->i_size = (uint32_t)size;
    if (S_ISREG(inode->mode))
        raw->i_size_high = (uint32_t)(size >> 32);
    raw->i_blocks = (uint32_t)inode->blocks;
    if (S_ISDIR(inode->mode))
        raw->i_flags &= ~(uint32_t)EXT2_INDEX_FL; /* we do not keep it */
    return ext2_i(inode)->raw_page;
}

void
ext2_evict(struct inode *inode)
{
    journal_start(NULL);
    atomic_store(&inode->data.size, 0);
    truncate_pages(&inode->data, 0);
    if (S_ISREG(inode->mode) || S_ISDIR(inode->mode) ||
        (S_ISLNK(inode->mode) && inode->blocks > 0))
        ext2_free_from(inode, 0); /* else i_block is something else */
    spin_lock(&inode->i_lock);
    ext2_pack_inode(inode); /* even on a file system that is read-only now */
    spin_unlock(&inode->i_lock);
    set_page_dirty(ext2_i(inode)->raw_page);
    ext2_free_inode(inode);
    inode->ino = 0; /* not once more */
    journal_stop();
}
