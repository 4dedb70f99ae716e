/* SPDX-License-Identifier: MIT */
/*
 * ialloc.c - allocating and freeing inode numbers.
 *
 * A file's inode goes into its directory's group, a directory's into the
 * next group that has more than the average of free inodes and free blocks,
 * so that directories spread and their files stay with them.
 *
 * Locks: a bit changes with the bitmap's page locked; counts under sb->lock.
 */
#include "fs/ext2/ext2.h"
#include "include/errno.h"
#include "lib/bitmap.h"
#include "lib/err.h"
#include "lib/macros.h"
#include "lib/string.h"
#include "sched/task.h"
#include "sched/timer.h"

static uint32_t
group_of(struct super_block *sb, uint64_t ino)
{
    return (uint32_t)((ino - 1) / ext2_sb(sb)->super->s_inodes_per_group);
}

/* Where a new directory should go. */
static uint32_t
directory_group(struct super_block *sb)
{
    struct ext2_fs *fs = ext2_sb(sb);
    uint64_t inodes = fs->free_inodes / fs->nr_groups;
    uint64_t blocks = fs->free_blocks / fs->nr_groups;
    uint32_t start = fs->dirs_hint + 1;

    for (uint32_t i = 0; i < fs->nr_groups; i++) {
        uint32_t g = (start + i) % fs->nr_groups;
        struct ext2_group_desc *d = ext2_desc(sb, g, NULL);

        if (d->bg_free_inodes_count > 0 && d->bg_free_inodes_count >= inodes &&
            d->bg_free_blocks_count >= blocks) {
            fs->dirs_hint = g;
            return g;
        }
    }
    return start % fs->nr_groups;
}

static void
count_free(struct journal_handle *h, struct super_block *sb, uint32_t group,
           int inodes, int dirs)
{
    struct page *page;
    struct ext2_group_desc *d = ext2_desc(sb, group, &page);

    spin_lock(&sb->lock);
    d->bg_free_inodes_count = (uint16_t)(d->bg_free_inodes_count + inodes);
    d->bg_used_dirs_count = (uint16_t)(d->bg_used_dirs_count + dirs);
    ext2_sb(sb)->free_inodes += (uint64_t)(int64_t)inodes;
    spin_unlock(&sb->lock);
    journal_dirty_metadata(h, page);
}

/* => an inode number of the group, taken; 0: none, or *err */
static uint64_t
alloc_in_group(struct journal_handle *h, struct super_block *sb, uint32_t group,
               bool dir, int *err)
{
    struct ext2_super_block *s = ext2_sb(sb)->super;
    struct ext2_group_desc *d = ext2_desc(sb, group, NULL);
    size_t first = group == 0 ? s->s_first_ino - 1 : 0, bit;
    uint64_t ino = 0;
    struct page *page;

    if (d->bg_free_inodes_count == 0)
        return 0;
    page = ext2_bread(sb, d->bg_inode_bitmap);
    if (IS_ERR(page)) {
        *err = (int)PTR_ERR(page);
        return 0;
    }
    lock_page(page);
    bit = bitmap_next_zero(page_address(page), s->s_inodes_per_group, first);
    if (bit < s->s_inodes_per_group) {
        journal_get_write_access(h, page);
        bitmap_set(page_address(page), bit);
        journal_dirty_metadata(h, page);
        count_free(h, sb, group, -1, dir);
        ino = (uint64_t)group * s->s_inodes_per_group + bit + 1;
    }
    unlock_page(page);
    put_page(page);
    return ino;
}

static uint64_t
alloc_ino(struct journal_handle *h, struct inode *dir, bool is_dir, int *err)
{
    struct super_block *sb = dir->sb;
    uint32_t nr = ext2_sb(sb)->nr_groups;
    uint32_t start = is_dir ? directory_group(sb) : group_of(sb, dir->ino);

    *err = 0;
    for (uint32_t i = 0; i < nr; i++) {
        uint64_t ino = alloc_in_group(h, sb, (start + i) % nr, is_dir, err);

        if (ino || *err)
            return ino;
    }
    *err = -ENOSPC;
    return 0;
}

/* Give the number back. */
static void
release_ino(struct journal_handle *h, struct super_block *sb, uint64_t ino,
            bool is_dir)
{
    struct ext2_super_block *s = ext2_sb(sb)->super;
    uint32_t group = group_of(sb, ino);
    size_t bit = (ino - 1) % s->s_inodes_per_group;
    struct page *page =
        ext2_bread(sb, ext2_desc(sb, group, NULL)->bg_inode_bitmap);

    if (IS_ERR(page))
        return; /* reported; e2fsck finds it */
    lock_page(page);
    if (bitmap_test(page_address(page), bit)) {
        journal_get_write_access(h, page);
        bitmap_clear(page_address(page), bit);
        journal_dirty_metadata(h, page);
        count_free(h, sb, group, 1, is_dir ? -1 : 0);
    } else {
        ext2_error(sb, "freeing inode %lu, which is free", ino);
    }
    unlock_page(page);
    put_page(page);
}

struct inode *
ext2_new_inode(struct journal_handle *h, struct inode *dir, umode_t mode)
{
    struct super_block *sb = dir->sb;
    struct inode *inode = new_inode(sb);
    int err;

    if (!inode)
        return ERR_PTR(-ENOMEM);
    inode->ino = alloc_ino(h, dir, S_ISDIR(mode), &err);
    if (!inode->ino) {
        inode->nlink = 1; /* nothing on disk to delete */
        iput(inode);
        return ERR_PTR(err);
    }
    inode_init_owner(inode, dir, mode);
    inode->generation = (uint32_t)clock_ticks();
    ext2_i(inode)->goal =
        group_of(sb, inode->ino) * ext2_sb(sb)->super->s_blocks_per_group;
    ext2_set_ops(inode);
    insert_inode_hash(inode);
    mark_inode_dirty(inode);
    return inode;
}

void
ext2_free_inode(struct journal_handle *h, struct inode *inode)
{
    release_ino(h, inode->sb, inode->ino, S_ISDIR(inode->mode));
}
