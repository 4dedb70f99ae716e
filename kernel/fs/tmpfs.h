/* SPDX-License-Identifier: MIT */
/* The file system in memory; see tmpfs.c. */
#ifndef FS_TMPFS_H
#define FS_TMPFS_H

void tmpfs_init(void);

#endif
