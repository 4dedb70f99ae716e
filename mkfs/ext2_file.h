/* SPDX-License-Identifier: MIT */
/*
 * ext2_file.h: writes the contents of files and makes their inodes.
 */
#ifndef MKFS_EXT2_FILE_H
#define MKFS_EXT2_FILE_H

#include <stdint.h>

struct ext2_inode;
struct fs;
struct node;

/*
 * Write the blocks of the file N and fill in its INODE.
 * => PARENT is the inode number for the ".." of a directory
 */
void write_contents(struct fs *fs, const struct node *n, uint32_t parent,
                    struct ext2_inode *inode);

#endif
