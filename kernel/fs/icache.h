/* SPDX-License-Identifier: MIT */
/* Of the inode cache, for main.c. */
#ifndef FS_ICACHE_H
#define FS_ICACHE_H

void inode_threads_start(void); /* the iput thread */

#endif
