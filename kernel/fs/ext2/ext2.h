/* SPDX-License-Identifier: MIT */
/*
 * ext2.h - what the files of ext2 share.
 *
 *   super.c    mount, sync, statfs     alloc.c  bitmaps: blocks and inodes
 *   inode.c    inodes in their table   map.c    file block -> disk block, files
 *   dirblock.c one directory block     dir.c    whole directories
 *   namei.c    create, link, rename
 *
 * The file system block is a page, and a metadata block is a page of the
 * partition's mapping.  Super block and group descriptors stay pinned while
 * mounted; bitmaps, inode tables, indirect blocks, directories and the targets
 * of long symbolic links come and go through ext2_bread().  A file's data is
 * in its own mapping.
 *
 * Numbers on the disk are hostile: those of the super block and the
 * descriptors are checked at mount, those in inodes and indirect blocks when
 * they are followed.  An inconsistency is a line in the log, the error flag in
 * the super block, and -EIO.
 *
 * Whatever changes metadata has a journal handle open.
 *
 * Keys: (c) constant; (S) sb->lock; (m) map_lock; (I) inode->lock.
 *
 * Locks: inode->lock (names, size) > journal handle > data page lock >
 * map_lock > metadata page lock (bitmaps) > sb->lock (counters).
 */
#pragma once

#include "block/blkdev.h"
#include "fs/fs.h"
#include "fs/journal/journal.h"
#include "include/ext2_fs.h"

struct ext2_fs {
    struct page *super_page;        /* (c) */
    struct ext2_super_block *super; /* (c) in super_page; (S) its counters */
    struct page **desc_pages;       /* (c) */
    uint32_t nr_desc_pages;         /* (c) */
    uint32_t nr_groups;             /* (c) */
    uint32_t table_blocks;          /* (c) of the inode table of a group */
    int32_t wb_errors;              /* (c) of the device, at mount */
    bool was_clean;                 /* at mount, and no error since */
    uint32_t errors_said;           /* racy: lines in the log */
};

struct ext2_inode_info {
    struct inode vfs;      /* first */
    struct rwsem map_lock; /* RANK_BLOCK_MAP: and indirect blocks */
    uint32_t goal; /* (m) where to look for the next block; 0: anywhere */
    struct ext2_inode *raw; /* its place in the inode table, in */
    struct page *raw_page;  /* (c) referenced */
};

static inline struct ext2_fs *
ext2_sb(struct super_block *sb)
{
    return sb->private;
}

static inline struct ext2_inode_info *
ext2_i(struct inode *inode)
{
    return (struct ext2_inode_info *)inode;
}

/* --- super.c */
/* An inconsistency: says so, marks the file system.  => -EIO */
int ext2_error(struct super_block *sb, const char *fmt, ...) __printf(2, 3);
/* A metadata block: referenced and valid, or ERR_PTR(-EIO, ...). */
struct page *ext2_bread(struct super_block *sb, uint64_t block);
struct ext2_group_desc *ext2_desc(struct super_block *sb, uint32_t group);

/* --- alloc.c */
/* A block of a file lies inside, and is none that describes its group.  -EIO */
int ext2_check_block(struct inode *inode, uint64_t block);
/* A block more for a file, near its last one.  => number, -ENOSPC, -EIO */
int64_t ext2_alloc_block(struct inode *inode);
/* A block less.  => -EIO: it was not in use */
int ext2_free_block(struct inode *inode, uint32_t block);
/* A new inode for a name in dir: mode, owner, times set, hashed.  ERR_PTR */
struct inode *ext2_new_inode(struct inode *dir, umode_t mode, dev_t rdev);
void ext2_free_inode(struct inode *inode);

/* --- inode.c */
struct inode *ext2_iget(struct super_block *sb, uint64_t ino); /* ERR_PTR */
int ext2_read_inode(struct inode *inode);
void ext2_init_inode(struct inode *inode); /* a new one */
/* Find the place of an inode in its table, by its number.  -EIO, -ENOMEM */
int ext2_find_raw(struct inode *inode);
struct page *ext2_pack_inode(struct inode *inode);
void ext2_evict(struct inode *inode);

/* --- map.c */
/* Metadata of a directory or symlink: its block at index.  ERR_PTR */
struct page *ext2_read_block(struct inode *inode, uint64_t index);
/* The same where there is none yet: zeroed. */
struct page *ext2_add_block(struct inode *inode, uint64_t index);
/* Free all blocks from file block `first` on. */
void ext2_free_from(struct inode *inode, uint64_t first);
int ext2_truncate(struct inode *inode, off_t size);

/* --- dir.c; all need the directory's lock */
/* => inode number, 0: no such name, -errno */
int64_t ext2_find_name(struct inode *dir, const char *name, unsigned len);
int ext2_add_name(struct inode *dir, const char *name, unsigned len,
                  struct inode *inode);
/* Let an existing name (".." too) mean another inode; NULL: remove it. */
int ext2_set_name(struct inode *dir, const char *name, unsigned len,
                  struct inode *inode);
/* May this inode lose its last name?  0, -ENOTEMPTY, -EIO */
int ext2_check_empty(struct inode *inode);

extern const struct inode_operations ext2_ops;
extern const struct file_operations ext2_dir_ops;
extern const struct address_space_ops ext2_aops;
