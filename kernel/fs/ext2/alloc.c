/* SPDX-License-Identifier: MIT */
/*
 * alloc.c - giving out blocks and inodes, and taking them back.
 *
 * Both are done alike: each group has a bitmap of its blocks and one of its
 * inodes, a page each, and item n is bit n % per_group of the bitmap of group
 * n / per_group.  A block's item number is its own, an inode's is one less,
 * since inode numbers start at 1.  A directory is an inode that its group
 * counts once more.  A search begins at a bit, goes to the end of that group,
 * then through the other groups from their starts.
 *
 * Where it begins keeps together what is used together: a block after the
 * last one of its file, an inode after that of its directory.
 *
 * Invariants
 *   I1  A bit changes only with its bitmap's page locked, and the counts of the
 *       group with it: the lock of a bitmap is that of its counts too.
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

/* Is item n one of those of I3? */
static bool
is_system(struct super_block *sb, enum ext2_kind kind, uint32_t n)
{
    struct ext2_fs *fs = ext2_sb(sb);
    struct ext2_group_desc *d;

    if (kind != EXT2_BLOCKS)
        return n < EXT2_FIRST_INO - 1;
    d = ext2_desc(sb, n / EXT2_BLOCKS_PER_GROUP);
    return n <= fs->nr_desc_blocks || n == d->bg_block_bitmap ||
           n == d->bg_inode_bitmap ||
           (n >= d->bg_inode_table && n < d->bg_inode_table + fs->table_blocks);
}

int
ext2_check_block(struct inode *inode, uint64_t block)
{
    if (block < ext2_sb(inode->sb)->super->s_blocks_count &&
        !is_system(inode->sb, EXT2_BLOCKS, (uint32_t)block))
        return 0;
    return ext2_error(inode->sb, "bad block number: inode", inode->ino);
}

/* The bitmap of a group, locked and pinned.  ERR_PTR */
static uint64_t *
lock_bitmap(struct super_block *sb, enum ext2_kind kind, uint32_t group)
{
    struct ext2_group_desc *d = ext2_desc(sb, group);
    uint64_t *map = ext2_bread(sb, kind == EXT2_BLOCKS ? d->bg_block_bitmap
                                                       : d->bg_inode_bitmap);

    if (!IS_ERR(map))
        lock_page(virt_to_page(map));
    return map;
}

static uint16_t *
free_count(struct ext2_group_desc *d, enum ext2_kind kind)
{
    return kind == EXT2_BLOCKS ? &d->bg_free_blocks_count
                               : &d->bg_free_inodes_count;
}

/* The item at `bit` becomes used (1) or free (-1).  => bitmap locked */
static void
flip(struct ext2_group_desc *d, enum ext2_kind kind, uint64_t *map,
     uint32_t bit, int used)
{
    map[bit / 64] ^= 1ULL << (bit % 64);
    *free_count(d, kind) -= used;
    if (kind == EXT2_DIRS)
        d->bg_used_dirs_count += used;
    ext2_dirty(map);
    ext2_dirty(d);
}

/* Take a free item of the group, at or after `bit`. */
static int64_t
take_in_group(struct super_block *sb, enum ext2_kind kind, uint32_t group,
              size_t bit)
{
    struct ext2_group_desc *d = ext2_desc(sb, group);
    uint32_t nr = ext2_sb(sb)->per_group[kind], first = group * nr;
    int64_t ret = -ENOSPC;
    uint64_t *map;

    if (kind == EXT2_BLOCKS) /* the last group may be shorter */
        nr = MIN(nr, ext2_sb(sb)->super->s_blocks_count - first);
    map = *free_count(d, kind) ? lock_bitmap(sb, kind, group) : ERR_PTR(ret);
    if (IS_ERR(map))
        return PTR_ERR(map);
    bit = bitmap_next_zero(map, nr, bit);
    if (bit < nr) {
        ret = (int64_t)(first + bit);
        flip(d, kind, map, (uint32_t)bit, 1);
        if (is_system(sb, kind, (uint32_t)ret)) /* it will not be found again */
            ret = ext2_error(sb, "marked free: the system's", (uint64_t)ret);
    }
    unlock_page(virt_to_page(map));
    ext2_put(map);
    return ret;
}

int64_t
ext2_take(struct super_block *sb, enum ext2_kind kind, uint32_t goal)
{
    uint32_t per_group = ext2_sb(sb)->per_group[kind];
    uint32_t nr = ext2_sb(sb)->nr_groups, from = goal % per_group;
    int64_t n = -ENOSPC;

    /* The first group comes twice: at last from its start. */
    for (uint32_t i = 0; i <= nr && n == -ENOSPC; i++, from = 0)
        n = take_in_group(sb, kind, (goal / per_group + i) % nr, from);
    return n;
}

int
ext2_give_back(struct super_block *sb, enum ext2_kind kind, uint32_t n)
{
    uint32_t group = n / ext2_sb(sb)->per_group[kind];
    uint32_t bit = n % ext2_sb(sb)->per_group[kind];
    uint64_t *map = lock_bitmap(sb, kind, group);
    bool ok = false;

    if (!IS_ERR(map)) {
        ok = bitmap_test(map, bit) && !is_system(sb, kind, n);
        if (ok)
            flip(ext2_desc(sb, group), kind, map, bit, -1);
        unlock_page(virt_to_page(map));
        ext2_put(map);
    }
    return ok ? 0 : ext2_error(sb, "cannot be freed: number", n);
}
