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
 * Invariants
 *   I1  A number is free in its bitmap only when nothing in memory will write
 *       to its place in the table any more: it is given back as the last step
 *       of ext2_evict().
 *
 * Locks: the bytes of an inode in its table block are written under its own
 * i_lock while others use it, so that who comes last has seen all there is;
 * neighbours in the block have bytes of their own, so no page lock is needed.
 *
 * Not done: attributes (a deleted file's attribute block stays allocated),
 * and the flags for immutable and append-only files.
 */
#include "fs/ext2/ext2.h"
#include "sched/timer.h"

/* An inode with so many bytes behind byte 128 has the _extra words. */
enum { TIMES_ISIZE = 16 };

static enum ext2_kind
kind_of(umode_t mode)
{
    return S_ISDIR(mode) ? EXT2_DIRS : EXT2_INODES;
}

/* Give inode its number and, pinned, its place in the table.  -EIO, -ENOMEM */
static int
attach(struct inode *inode, uint64_t ino)
{
    struct ext2_inode_info *info = ext2_i(inode);
    uint32_t per_group = ext2_sb(inode->sb)->per_group[EXT2_INODES];
    uint32_t n = (uint32_t)ino - 1, group = n / per_group, i = n % per_group;
    struct ext2_inode *table =
        ext2_bread(inode->sb, ext2_desc(inode->sb, group)->bg_inode_table +
                                  i / EXT2_INODES_PER_BLOCK);

    if (IS_ERR(table))
        return (int)PTR_ERR(table);
    inode->ino = ino;
    inode->data.ops = &ext2_aops;
    info->raw = table + i % EXT2_INODES_PER_BLOCK;
    info->goal = group * EXT2_BLOCKS_PER_GROUP;
    rwsem_init(&info->map_lock, RANK_BLOCK_MAP);
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

/*
 * => -EIO: no inode looks like this.  A directory cannot be larger than the
 * disk, since a search goes through all of it
 */
static int
unpack_inode(struct inode *inode)
{
    const struct ext2_inode *raw = ext2_i(inode)->raw;
    uint64_t size = raw->i_size, max = inode->sb->max_bytes;

    if (S_ISREG(raw->i_mode))
        size |= (uint64_t)raw->i_size_high << 32;
    if (S_ISDIR(raw->i_mode))
        max = (uint64_t)ext2_sb(inode->sb)->super->s_blocks_count *
              EXT2_BLOCK_SIZE;
    if (raw->i_links_count == 0 || raw->i_mode == 0 || size > max ||
        (S_ISDIR(raw->i_mode) && size % EXT2_BLOCK_SIZE) ||
        (inode->ino == EXT2_ROOT_INO && !S_ISDIR(raw->i_mode)))
        return ext2_error(inode->sb, "not in use, or damaged: inode",
                          inode->ino);
    inode->mode = raw->i_mode;
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

int
ext2_read_inode(struct inode *inode)
{
    return attach(inode, inode->ino) ?: unpack_inode(inode);
}

struct inode *
ext2_iget(struct super_block *sb, uint64_t ino)
{
    const struct ext2_fs *fs = ext2_sb(sb);

    if (ino == 0 || ino > (uint64_t)fs->nr_groups * fs->per_group[EXT2_INODES])
        return ERR_PTR(ext2_error(sb, "bad number: inode", ino));
    return find_get_inode(sb, ino);
}

struct inode *
ext2_new_inode(struct inode *dir, umode_t mode, dev_t rdev)
{
    struct super_block *sb = dir->sb;
    struct inode *inode = new_inode(sb);
    int64_t n =
        inode ? ext2_take(sb, kind_of(mode), (uint32_t)dir->ino) : -ENOMEM;
    int err = n < 0 ? (int)n : attach(inode, (uint64_t)n + 1);
    struct ext2_inode *raw;

    if (err && n >= 0)
        ext2_give_back(sb, kind_of(mode), (uint32_t)n);
    raw = err ? NULL : ext2_i(inode)->raw;
    if (raw && raw->i_links_count) /* it stays marked, as is right */
        err = ext2_error(sb, "marked free: inode", inode->ino);
    if (err) {
        iput(inode);
        return ERR_PTR(err);
    }
    memset(raw, 0, EXT2_INODE_SIZE); /* nothing of its predecessor remains */
    raw->i_extra_isize = EXT2_EXTRA_ISIZE;
    inode_init_owner(inode, dir, mode);
    inode_set_ops(inode, &ext2_ops, rdev);
    if (inode->rdev)
        raw->i_block[rdev > UINT16_MAX] = rdev;
    insert_inode_hash(inode);
    return inode;
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
    return virt_to_page(raw);
}

void
ext2_evict(struct inode *inode)
{
    journal_start(NULL);
    ext2_shrink(inode, 0);
    if (ext2_i(inode)->raw->i_file_acl) /* that block is e2fsck's to free */
        ext2_sb(inode->sb)->was_clean = false;
    /*
     * Not by inode_touch(): all may be read-only now.  Without i_lock: nobody
     * has it, but for a reader at power-off, and the time of that is no matter.
     */
    set_page_dirty(ext2_pack_inode(inode));
    ext2_give_back(inode->sb, kind_of(inode->mode), (uint32_t)inode->ino - 1);
    inode->ino = 0; /* not once more */
    journal_stop();
}
