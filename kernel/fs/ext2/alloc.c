/* SPDX-License-Identifier: MIT */
/*
 * alloc.c - giving out blocks and inodes, and taking them back.
 *
 * Both are done alike: each group has a bitmap of its blocks and one of its
 * inodes, a page each, and item n is bit n % per_group of the bitmap of group
 * n / per_group.  A block's item number is its own, an inode's is one less,
 * since inode numbers start at 1.  A search begins at a bit, goes to the end
 * of that group, then through the other groups from their starts.
 *
 * Where it begins keeps together what is used together: a block after the
 * last one of its file, an inode after that of its directory.
 *
 * Invariants
 *   I1  A bit changes only with its bitmap's page locked; the counts of the
 *       group and of the whole change with it, under sb->lock.
 *   I2  A block is freed only when its page is in no mapping any more.
 *   I3  What describes a group (super block, descriptors, bitmaps, inode
 *       table) and the reserved inodes are never given out nor freed, whatever
 *       a bitmap or a block map says.
 *
 * Not done: keeping s_r_blocks_count for the superuser; spreading directories
 * over the groups; windows of blocks reserved for a file, so that files growing
 * at the same time mix.
 */
#include "fs/ext2/ext2.h"
#include "lib/bitmap.h"
#include "lib/err.h"
#include "sched/task.h"
#include "sched/timer.h"

enum kind { BLOCKS, INODES, DIRS };

static uint32_t
per_group(struct super_block *sb, enum kind kind)
{
    return kind == INODES ? ext2_sb(sb)->super->s_inodes_per_group
                          : EXT2_BLOCKS_PER_GROUP;
}

static uint32_t
inode_group(const struct inode *inode)
{
    return (uint32_t)(inode->ino - 1) / per_group(inode->sb, INODES);
}

/* Is item n one of those of I3? */
static bool
is_system(struct super_block *sb, enum kind kind, uint32_t n)
{
    struct ext2_fs *fs = ext2_sb(sb);
    struct ext2_group_desc *d;

    if (kind == INODES)
        return n < EXT2_FIRST_INO - 1;
    d = ext2_desc(sb, n / EXT2_BLOCKS_PER_GROUP);
    return n <= fs->nr_desc_pages || n == d->bg_block_bitmap ||
           n == d->bg_inode_bitmap ||
           (n >= d->bg_inode_table && n < d->bg_inode_table + fs->table_blocks);
}

int
ext2_check_block(struct inode *inode, uint64_t block)
{
    if (block < ext2_sb(inode->sb)->super->s_blocks_count &&
        !is_system(inode->sb, BLOCKS, (uint32_t)block))
        return 0;
    return ext2_error(inode->sb, "inode %lu: bad block number %lu", inode->ino,
                      block);
}

/* Add to one of the counts of a group and of the whole. */
static void
count(struct super_block *sb, uint32_t group, enum kind kind, int n)
{
    struct ext2_fs *fs = ext2_sb(sb);
    struct ext2_group_desc *d = ext2_desc(sb, group);

    spin_lock(&sb->lock);
    if (kind == BLOCKS) {
        d->bg_free_blocks_count = (uint16_t)(d->bg_free_blocks_count + n);
        fs->super->s_free_blocks_count += (uint32_t)n;
    } else if (kind == INODES) {
        d->bg_free_inodes_count = (uint16_t)(d->bg_free_inodes_count + n);
        fs->super->s_free_inodes_count += (uint32_t)n;
    } else {
        d->bg_used_dirs_count = (uint16_t)(d->bg_used_dirs_count + n);
    }
    spin_unlock(&sb->lock);
    set_page_dirty(fs->desc_pages[group / EXT2_DESC_PER_BLOCK]);
    set_page_dirty(fs->super_page);
}

/* The bitmap of a group, locked and referenced.  ERR_PTR */
static struct page *
lock_bitmap(struct super_block *sb, uint32_t group, enum kind kind)
{
    struct ext2_group_desc *d = ext2_desc(sb, group);
    struct page *page = ext2_bread(sb, kind == INODES ? d->bg_inode_bitmap
                                                      : d->bg_block_bitmap);

    if (!IS_ERR(page))
        lock_page(page);
    return page;
}

/* Take a free item of the group, at or after bit `from`.  -ENOSPC, -EIO */
static int64_t
take_in_group(struct super_block *sb, uint32_t group, enum kind kind,
              size_t from)
{
    struct ext2_super_block *s = ext2_sb(sb)->super;
    struct ext2_group_desc *d = ext2_desc(sb, group);
    uint32_t first = group * per_group(sb, kind);
    uint32_t total = kind == INODES ? s->s_inodes_count : s->s_blocks_count;
    uint32_t nr = MIN(per_group(sb, kind), total - first);
    int64_t ret = -ENOSPC;
    struct page *page;
    uint64_t *map;

    if (!(kind == INODES ? d->bg_free_inodes_count : d->bg_free_blocks_count))
        return -ENOSPC;
    page = lock_bitmap(sb, group, kind);
    if (IS_ERR(page))
        return PTR_ERR(page);
    map = page_address(page);
    from = bitmap_next_zero(map, nr, from);
    if (from < nr) {
        bitmap_set(map, from); /* even if it should be so already */
        ret = (int64_t)(first + from);
        if (is_system(sb, kind, (uint32_t)ret))
            ret = ext2_error(sb, "%ld of group %u is marked free", ret, group);
        else
            count(sb, group, kind, -1);
        set_page_dirty(page);
    }
    unlock_page(page);
    put_page(page);
    return ret;
}

/* Take a free item, the next at or after `goal` if there is one. */
static int64_t
take(struct super_block *sb, enum kind kind, uint32_t goal)
{
    uint32_t nr = ext2_sb(sb)->nr_groups, group = goal / per_group(sb, kind);
    size_t from = goal % per_group(sb, kind);

    /* The first group comes twice: at last from its start. */
    for (uint32_t i = 0; i <= nr; i++) {
        int64_t n = take_in_group(sb, (group + i) % nr, kind, from);

        if (n != -ENOSPC)
            return n;
        from = 0;
    }
    return -ENOSPC;
}

/* Free an item.  => -EIO: it was not in use, or stays so */
static int
give_back(struct super_block *sb, enum kind kind, uint32_t n)
{
    uint32_t group = n / per_group(sb, kind), bit = n % per_group(sb, kind);
    struct page *page = lock_bitmap(sb, group, kind);
    bool ok;

    if (IS_ERR(page))
        return (int)PTR_ERR(page); /* e2fsck finds it */
    ok = bitmap_test(page_address(page), bit) && !is_system(sb, kind, n);
    if (ok) {
        bitmap_clear(page_address(page), bit);
        set_page_dirty(page);
        count(sb, group, kind, 1);
    }
    unlock_page(page);
    put_page(page);
    if (ok)
        return 0;
    return ext2_error(sb, "freeing %s %u, which is not in use",
                      kind == INODES ? "inode" : "block", n + (kind == INODES));
}

/* --- Blocks */

int64_t
ext2_alloc_block(struct inode *inode)
{
    struct ext2_inode_info *info = ext2_i(inode);
    int64_t block;

    if (!info->goal) /* the first: near the inode */
        info->goal = inode_group(inode) * EXT2_BLOCKS_PER_GROUP;
    block = take(inode->sb, BLOCKS, info->goal);
    if (block > 0) {
        info->goal = (uint32_t)block + 1;
        inode->blocks += EXT2_SECTORS_PER_BLOCK;
    }
    return block;
}

int
ext2_free_block(struct inode *inode, uint32_t block)
{
    inode->blocks -= EXT2_SECTORS_PER_BLOCK;
    return give_back(inode->sb, BLOCKS, block);
}

/* --- Inodes */

struct inode *
ext2_new_inode(struct inode *dir, umode_t mode, dev_t rdev)
{
    struct super_block *sb = dir->sb;
    struct inode *inode = new_inode(sb);
    struct ext2_inode *raw;
    int64_t n;
    int err;

    if (!inode)
        return ERR_PTR(-ENOMEM);
    ext2_init_inode(inode);
    n = take(sb, INODES, (uint32_t)dir->ino);
    inode->ino = (uint64_t)n + 1;
    err = n < 0 ? (int)n : ext2_find_raw(inode);
    if (err && n >= 0)
        give_back(sb, INODES, (uint32_t)n);
    raw = ext2_i(inode)->raw;
    if (!err && raw->i_links_count) /* it stays marked, as is right */
        err = ext2_error(sb, "inode %lu is marked free", inode->ino);
    if (err) {
        iput(inode);
        return ERR_PTR(err);
    }
    memset(raw, 0, EXT2_INODE_SIZE); /* nothing of its predecessor remains */
    raw->i_extra_isize = EXT2_EXTRA_ISIZE;
    inode_init_owner(inode, dir, mode);
    if (S_ISDIR(mode))
        count(sb, inode_group(inode), DIRS, 1);
    inode_set_ops(inode, &ext2_ops, rdev);
    if (inode->rdev)
        raw->i_block[rdev > UINT16_MAX] = rdev;
    insert_inode_hash(inode);
    return inode;
}

void
ext2_free_inode(struct inode *inode)
{
    if (!give_back(inode->sb, INODES, (uint32_t)inode->ino - 1) &&
        S_ISDIR(inode->mode))
        count(inode->sb, inode_group(inode), DIRS, -1);
}
