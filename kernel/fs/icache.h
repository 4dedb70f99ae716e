/* SPDX-License-Identifier: MIT */
/* Of the inode cache, for main.c and mount.c. */
#ifndef FS_ICACHE_H
#define FS_ICACHE_H

#include <stdbool.h>
#include <stdint.h>

struct super_block;

void inode_threads_start(void); /* the iput thread */
/* Have the inodes of sb more than `allowed` users together? */
bool inodes_busy(struct super_block *sb, int32_t allowed);

#endif
