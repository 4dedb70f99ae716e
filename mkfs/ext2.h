/* SPDX-License-Identifier: MIT */
/*
 * ext2.h: lays out an ext2 file system and writes its metadata.
 */
#ifndef MKFS_EXT2_H
#define MKFS_EXT2_H

#include <stdint.h>

#include "include/ext2_fs.h"

struct node;
struct tree;

enum {
    KB_PER_BLOCK = EXT2_BLOCK_SIZE / 1024,
};

struct ext2_options {
    uint64_t offset;   /* of the partition in the image, bytes */
    uint64_t size;     /* of the partition, bytes */
    uint32_t inodes;   /* at least so many; 0: one per 16 KB */
    const char *label; /* at most EXT2_LABEL_LEN bytes */
    uint8_t uuid[16];
};

/* The file system being made. */
struct fs {
    const struct ext2_options *options;
    struct tree *tree;
    struct ext2_super_block super;
    uint32_t nr_groups;
    uint32_t desc_blocks;    /* of group descriptors, in each copy */
    uint32_t table_blocks;   /* of the inode table, in each group */
    uint32_t *dirs;          /* directories in each group */
    uint32_t next_block;     /* allocation goes on here */
    const struct node *node; /* the file being written */
    uint32_t node_start;     /* next_block when it was begun */
};

/* Make a file system that holds TREE, which has been numbered. */
void ext2_make(const struct ext2_options *options, struct tree *tree);

/* Take the next free block for INODE and count it there. */
uint32_t alloc_block(struct fs *fs, struct ext2_inode *inode);

/* Write block number BLOCK of the file system. */
void write_block(const struct fs *fs, uint32_t block, const void *data);

static inline uint64_t
round_up(uint64_t n, uint64_t unit)
{
    return (n + unit - 1) / unit * unit;
}

#endif
