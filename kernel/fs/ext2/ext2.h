/* SPDX-License-Identifier: MIT */
/*
 * ext2.h - what the files of ext2 share.
 *
 *   super.c    mount, sync, statfs, reading a metadata block
 *   balloc.c   block bitmaps          ialloc.c  inode bitmaps
 *   inode.c    reading and writing inodes
 *   map.c      block map: file block -> disk block, truncation
 *   dirblock.c one directory block (pure)      dir.c  whole directories
 *   namei.c    create, link, rename, ...       file.c reading and writing
 *
 * The file system block is a page, and a metadata block is a page of the
 * partition's mapping; ext2_bread() gets it.  On-disk numbers are hostile:
 * each block number is checked before it is used, and an inconsistency is a
 * line in the log, the error flag in the super block, and -EIO.
 *
 * Locks: inode->lock (names, size) > journal handle > data page lock >
 * map_lock > metadata page lock (bitmaps) > sb->lock (counters).
 */
#ifndef FS_EXT2_EXT2_H
#define FS_EXT2_EXT2_H

#include "fs/fs.h"
#include "fs/journal/journal.h"
#include "include/ext2_fs.h"

struct ext2_fs {
    struct page *super_page;        /* (c) pinned; holds the super block */
    struct ext2_super_block *super; /* (S) counters */
    struct page **desc_pages;       /* (c) pinned */
    uint32_t nr_desc_pages;
    uint32_t nr_groups;
    uint32_t inode_size;
    uint64_t free_blocks, free_inodes; /* (S) */
    uint32_t dirs_hint;                /* racy: where the last dir went */
    bool was_clean;                    /* (c) state at mount */
    int32_t wb_errors;                 /* (c) of the device, at mount */
    uint32_t errors_said;              /* racy: lines in the log */
};

struct ext2_inode_info {
    struct inode vfs;      /* first */
    struct rwsem map_lock; /* RANK_BLOCK_MAP: block[], indirect blocks */
    uint32_t block[EXT2_N_BLOCKS]; /* as on disk */
    uint32_t disk_flags;           /* EXT2_*_FL */
    uint32_t goal;                 /* where to look for the next block */
    uint32_t dtime;
    struct journal_handle write_handle; /* (I) from write_begin to write_end */
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

/* A handle for one operation's worth of metadata blocks. */
enum { EXT2_HANDLE_BLOCKS = 16 };

/* --- super.c */
void ext2_init(void);
/* An inconsistency: says so, marks the file system.  => -EIO */
int ext2_error(struct super_block *sb, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* A metadata block: referenced and valid, or ERR_PTR(-EIO, ...). */
struct page *ext2_bread(struct super_block *sb, uint64_t block);
/* A new metadata block: zeroed, valid; declare it dirty when filled. */
struct page *ext2_new_meta(struct super_block *sb, uint64_t block);
bool ext2_block_valid(struct super_block *sb, uint64_t block);
/* Valid, and not one that describes its group: may it belong to a file? */
bool ext2_block_usable(struct super_block *sb, uint64_t block);
/* The descriptor of a group, and the page that holds it (not referenced). */
struct ext2_group_desc *ext2_desc(struct super_block *sb, uint32_t group,
                                  struct page **page);

/* --- balloc.c, ialloc.c */
/* => block number with *err == 0, or 0 and -ENOSPC, -EIO */
uint32_t ext2_alloc_block(struct journal_handle *h, struct super_block *sb,
                          uint32_t goal, int *err);
/* => -EIO: some were not in use */
int ext2_free_blocks(struct journal_handle *h, struct super_block *sb,
                     uint32_t block, uint32_t count);
/* A new inode near dir: mode, owner, times set, hashed.  ERR_PTR */
struct inode *ext2_new_inode(struct journal_handle *h, struct inode *dir,
                             umode_t mode);
void ext2_free_inode(struct journal_handle *h, struct inode *inode);

/* --- inode.c */
struct inode *ext2_iget(struct super_block *sb, uint64_t ino); /* ERR_PTR */
int ext2_write_inode(struct inode *inode);
void ext2_evict(struct inode *inode);
void ext2_set_ops(struct inode *inode);
extern const struct inode_operations ext2_file_inode_ops;
extern const struct inode_operations ext2_dir_inode_ops;
extern const struct inode_operations ext2_symlink_inode_ops;
extern const struct inode_operations ext2_special_inode_ops;
extern const struct file_operations ext2_file_ops, ext2_dir_ops;
extern const struct address_space_ops ext2_aops;

/* --- map.c */
/* Contiguous run at file block `index`; *block 0: hole.  => length, -errno */
int ext2_map_blocks(struct inode *inode, uint64_t index, unsigned max,
                    uint64_t *block);
/* The block at index, allocated if it is a hole (*fresh).  -ENOSPC, -EIO */
int ext2_get_block(struct journal_handle *h, struct inode *inode,
                   uint64_t index, uint64_t *block, bool *fresh);
/* Free all blocks from file block `first` on. */
void ext2_free_from(struct journal_handle *h, struct inode *inode,
                    uint64_t first);
int ext2_truncate(struct inode *inode, off_t size);

/* --- dir.c; all need the directory's lock */
/* => inode number, 0: no such name, -errno */
int64_t ext2_find_name(struct inode *dir, const char *name, unsigned len);
int ext2_add_name(struct journal_handle *h, struct inode *dir, const char *name,
                  unsigned len, struct inode *inode);
int ext2_remove_name(struct journal_handle *h, struct inode *dir,
                     const char *name, unsigned len);
/* Let an existing name (".." too) mean another inode. */
int ext2_change_name(struct journal_handle *h, struct inode *dir,
                     const char *name, unsigned len, struct inode *inode);
int ext2_make_empty(struct journal_handle *h, struct inode *dir,
                    struct inode *parent);
int ext2_dir_is_empty(struct inode *dir); /* 1, 0, -EIO */
int ext2_iterate(struct file *f, struct dir_context *ctx);

/* --- file.c */
int ext2_write_begin(struct address_space *m, off_t pos, unsigned len,
                     struct page **page);
int ext2_write_end(struct address_space *m, off_t pos, unsigned len,
                   unsigned copied, struct page *page);

#endif
