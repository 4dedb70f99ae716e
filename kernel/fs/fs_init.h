/* SPDX-License-Identifier: MIT */
/* Of main.c; see fs_init.c. */
#ifndef FS_FS_INIT_H
#define FS_FS_INIT_H

/*
 * Caches, devices, file system types: once at boot.  Afterwards the init
 * thread calls inode_threads_start() (fs/icache.h) and mount_root().
 */
void fs_init(void);

#endif
