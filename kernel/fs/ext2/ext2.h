/* SPDX-License-Identifier: MIT */
/*
 * ext2.h - what the files of ext2 share.
 *
 *   super.c    mount, sync, statfs     alloc.c  bitmaps: blocks and inodes
 *   inode.c    inodes in their table   map.c    file block -> disk block, files
 *   dirblock.c one directory block     dir.c    whole directories
 *   namei.c    create, link, rename
 *
 * The file system block is a page, and a block of metadata is a page of the
 * partition's mapping.  Whoever reads one with ext2_bread() gets its bytes, and
 * has the page pinned until ext2_put(): any pointer into the block stands for
 * the page, so an entry of a directory, an inode of the table or the place of a
 * block's number is just a pointer, which is given to ext2_dirty() when it was
 * written through and to ext2_put() at last.  Super block and group descriptors
 * stay pinned while mounted; bitmaps, inode tables, indirect blocks,
 * directories and the targets of long symbolic links come and go.  A file's
 * data is in its own mapping.
 *
 * Numbers on the disk are hostile: those of the super block and the
 * descriptors are checked at mount, those in inodes and indirect blocks when
 * they are followed.  An inconsistency is a line in the log and -EIO, and the
 * file system will not be called clean at its end.
 *
 * Whatever changes metadata has a journal handle open, but for the fields of
 * one inode that have to agree with nothing else (inode_touch: mode, times).
 *
 * Keys: (c) constant; (m) map_lock.
 *
 * Locks: inode->lock (names, size) > journal handle > data page lock >
 * map_lock > metadata page lock (bitmaps).
 */
#pragma once

#include "block/blkdev.h"
#include "fs/fs.h"
#include "fs/journal/journal.h"
#include "include/ext2_fs.h"
#include "lib/err.h"

struct ext2_fs {
    struct ext2_super_block *super; /* (c) pinned */
    uint32_t nr_groups;             /* (c) */
    uint32_t nr_desc_blocks;        /* (c) */
    uint32_t table_blocks;          /* (c) of the inode table of a group */
    uint32_t per_group[3];          /* (c) by enum ext2_kind */
    int32_t wb_errors;              /* (c) of the device, at mount */
    bool was_clean;                 /* at mount, and no error since */
    uint32_t errors_said;           /* racy: lines in the log */
    struct ext2_group_desc **desc;  /* (c) the blocks of them, pinned */
};

struct ext2_inode_info {
    struct inode vfs;       /* first */
    struct rwsem map_lock;  /* RANK_BLOCK_MAP: i_block and indirect blocks */
    uint32_t goal;          /* (m) where to look for the next block */
    struct ext2_inode *raw; /* (c) its place in the inode table, pinned */
};

#define ext2_sb(sb) ((struct ext2_fs *)(sb)->private)
#define ext2_i(inode) container_of(inode, struct ext2_inode_info, vfs)

static inline struct ext2_group_desc *
ext2_desc(struct super_block *sb, uint32_t group)
{
    ASSERT(group < ext2_sb(sb)->nr_groups);
    return &ext2_sb(sb)->desc[group / EXT2_DESC_PER_BLOCK]
                             [group % EXT2_DESC_PER_BLOCK];
}

/* --- Blocks of metadata: p points anywhere into a pinned one */
#define ext2_dirty(p) set_page_dirty(virt_to_page(p))
/* p may be NULL, or the error of which it says that there is no block */
static inline void
ext2_put(const void *p)
{
    if (p && !IS_ERR(p))
        put_page(virt_to_page(p));
}

/* --- super.c */
/* An inconsistency in inode or block n: says and remembers it.  => -EIO */
int ext2_error(struct super_block *sb, const char *what, uint64_t n);
/* A block of metadata, valid.  => refs: pinned for the caller; ERR_PTR */
void *ext2_bread(struct super_block *sb, uint64_t block);

/* --- alloc.c */
enum ext2_kind { EXT2_BLOCKS, EXT2_INODES, EXT2_DIRS };
/* A block of a file lies inside, and is none that describes its group.  -EIO */
int ext2_check_block(struct inode *inode, uint64_t block);
/*
 * Take a block (by number) or an inode (by number - 1) that is free, the next
 * at or after `goal` if there is one.  => which; -ENOSPC, -EIO, -ENOMEM
 */
int64_t ext2_take(struct super_block *sb, enum ext2_kind kind, uint32_t goal);
/* Free it again.  => -EIO: it stays in use, or was not */
int ext2_give_back(struct super_block *sb, enum ext2_kind kind, uint32_t n);

/* --- inode.c */
struct inode *ext2_iget(struct super_block *sb, uint64_t ino); /* ERR_PTR */
int ext2_read_inode(struct inode *inode);
/* A new inode for a name in dir: mode, owner, times set.  ERR_PTR */
struct inode *ext2_new_inode(struct inode *dir, umode_t mode, dev_t rdev);
struct page *ext2_pack_inode(struct inode *inode);
void ext2_evict(struct inode *inode);

/* --- map.c */
/* The block at index of a directory or symlink, or a new one.  ERR_PTR */
void *ext2_meta_block(struct inode *inode, uint64_t index, bool make);
/* Cut off what lies behind `size`.  => handle open; as truncate_pages() */
int ext2_shrink(struct inode *inode, off_t size);
int ext2_truncate(struct inode *inode, off_t size);

/* --- dir.c; all need the directory's lock */
/*
 * The entry of a name, pinned; NULL: there is none; ERR_PTR.  With an inode it
 * is about to be changed: it must be there, and lead to that
 */
struct ext2_dir_entry *ext2_find_name(struct inode *dir, const char *name,
                                      unsigned len, const struct inode *inode);
int ext2_add_name(struct inode *dir, const char *name, unsigned len,
                  struct inode *inode);
/* Let an entry (that of ".." too) mean another inode; NULL: remove it. */
void ext2_set_entry(struct inode *dir, struct ext2_dir_entry *e,
                    struct inode *inode);
/* May this inode lose its last name?  0, -ENOTEMPTY, -EIO */
int ext2_check_empty(struct inode *inode);

extern const struct inode_operations ext2_ops;
extern const struct file_operations ext2_dir_ops;
extern const struct address_space_ops ext2_aops;
