/* SPDX-License-Identifier: MIT */
/* The file system type "proc"; see tree.c. */
#ifndef FS_PROCFS_PROCFS_H
#define FS_PROCFS_PROCFS_H

void procfs_init(void); /* once at boot */

#endif
