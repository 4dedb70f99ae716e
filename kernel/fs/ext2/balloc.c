/* SPDX-License-Identifier: MIT */
/*
 * balloc.c - allocating and freeing blocks.
 *
 * Each group has a bitmap, one bit a block.  A search starts at the goal (the
 * block after the file's last one, so that files lie together), goes to the
 * end of its group, then through the other groups from their starts.
 *
 * Invariants
 *   I1  A bit changes only with the bitmap's page locked; the descriptor's
 *       count and the file system's total change with it, under sb->lock.
 *   I2  A block is freed only when its page is in no mapping any more.
 *   I3  Blocks outside the data area of a group (super block, descriptors,
 *       bitmaps, inode table) are never handed out nor freed, whatever a
 *       bitmap or a block map says.
 */
#include "fs/ext2/ext2.h"
#include "include/errno.h"
#include "lib/bitmap.h"
#include "lib/err.h"
#include "lib/macros.h"

static uint32_t
blocks_in_group(struct super_block *sb, uint32_t group)
{
    struct ext2_super_block *s = ext2_sb(sb)->super;
    uint32_t first = group * s->s_blocks_per_group;

    return MIN(s->s_blocks_per_group, s->s_blocks_count - first);
}

/* Is it one of the blocks that describe a group? */
static bool
is_system_block(struct super_block *sb, uint32_t block)
{
    struct ext2_fs *fs = ext2_sb(sb);
    struct ext2_group_desc *d =
        ext2_desc(sb, block / fs->super->s_blocks_per_group, NULL);
    uint32_t table =
        fs->super->s_inodes_per_group * fs->inode_size / EXT2_BLOCK_SIZE;

    return block <= fs->nr_desc_pages || block == d->bg_block_bitmap ||
           block == d->bg_inode_bitmap ||
           (block >= d->bg_inode_table && block < d->bg_inode_table + table);
}

bool
ext2_block_usable(struct super_block *sb, uint64_t block)
{
    return ext2_block_valid(sb, block) && !is_system_block(sb, (uint32_t)block);
}

static void
count_free(struct journal_handle *h, struct super_block *sb, uint32_t group,
           int delta)
{
    struct page *page;
    struct ext2_group_desc *d = ext2_desc(sb, group, &page);

    spin_lock(&sb->lock);
    d->bg_free_blocks_count = (uint16_t)(d->bg_free_blocks_count + delta);
    ext2_sb(sb)->free_blocks += (uint64_t)(int64_t)delta;
    spin_unlock(&sb->lock);
    journal_dirty_metadata(h, page);
}

/* The bitmap of a group, locked.  ERR_PTR */
static struct page *
lock_bitmap(struct super_block *sb, uint32_t group)
{
    struct page *page =
        ext2_bread(sb, ext2_desc(sb, group, NULL)->bg_block_bitmap);

    if (!IS_ERR(page))
        lock_page(page);
    return page;
}

/* A free block of the group at or after `from`, taken; 0: none, or *err */
static uint32_t
alloc_in_group(struct journal_handle *h, struct super_block *sb, uint32_t group,
               uint32_t from, int *err)
{
    uint32_t nr = blocks_in_group(sb, group), block = 0;
    struct page *page;
    uint64_t *map;
    size_t bit;

    if (ext2_desc(sb, group, NULL)->bg_free_blocks_count == 0)
        return 0;
    page = lock_bitmap(sb, group);
    if (IS_ERR(page)) {
        *err = (int)PTR_ERR(page);
        return 0;
    }
    map = page_address(page);
    for (bit = from;; bit++) {
        bit = bitmap_next_zero(map, nr, bit);
        if (bit >= nr)
            break;
        block = group * ext2_sb(sb)->super->s_blocks_per_group + (uint32_t)bit;
        if (!is_system_block(sb, block))
            break;
        ext2_error(sb, "system block %u is marked free", block);
        bitmap_set(map, bit); /* said once is enough */
        block = 0;
    }
    if (block) {
        journal_get_write_access(h, page);
        bitmap_set(map, bit);
        journal_dirty_metadata(h, page);
        count_free(h, sb, group, -1);
    }
    unlock_page(page);
    put_page(page);
    return block;
}

uint32_t
ext2_alloc_block(struct journal_handle *h, struct super_block *sb,
                 uint32_t goal, int *err)
{
    struct ext2_fs *fs = ext2_sb(sb);
    uint32_t per_group = fs->super->s_blocks_per_group;
    uint32_t first, from;

    *err = 0;
    if (!ext2_block_valid(sb, goal))
        goal = 0;
    first = goal / per_group;
    from = goal % per_group;
    /* The first group comes twice: from the goal on, at last from its start */
    for (uint32_t i = 0; i <= fs->nr_groups; i++) {
        uint32_t block = alloc_in_group(h, sb, (first + i) % fs->nr_groups,
                                        i == 0 ? from : 0, err);

        if (block || *err)
            return block;
    }
    *err = -ENOSPC;
    return 0;
}

/* Free a run inside one group. */
static int
free_in_group(struct journal_handle *h, struct super_block *sb, uint32_t block,
              uint32_t count)
{
    uint32_t per_group = ext2_sb(sb)->super->s_blocks_per_group;
    uint32_t group = block / per_group, bit = block % per_group;
    struct page *page = lock_bitmap(sb, group);
    int freed = 0, err = 0;

    if (IS_ERR(page))
        return 0; /* reported; e2fsck finds them */
    journal_get_write_access(h, page);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t *map = page_address(page);

        if (is_system_block(sb, block + i) || !bitmap_test(map, bit + i)) {
            err = ext2_error(sb, "freeing block %u, which is not in use",
                             block + i);
            break;
        }
        bitmap_clear(map, bit + i);
        freed++;
    }
    journal_dirty_metadata(h, page);
    count_free(h, sb, group, freed);
    unlock_page(page);
    put_page(page);
    return err;
}

int
ext2_free_blocks(struct journal_handle *h, struct super_block *sb,
                 uint32_t block, uint32_t count)
{
    uint32_t per_group = ext2_sb(sb)->super->s_blocks_per_group;
    int err = 0;

    if (!ext2_block_valid(sb, block) ||
        !ext2_block_valid(sb, (uint64_t)block + count - 1))
        return ext2_error(sb, "freeing blocks %u+%u outside", block, count);
    while (count > 0 && !err) {
        uint32_t n = MIN(count, per_group - block % per_group);

        err = free_in_group(h, sb, block, n);
        block += n;
        count -= n;
    }
    return err;
}
