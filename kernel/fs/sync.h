/* SPDX-License-Identifier: MIT */
/* Making everything last, and going read-only for good; see mount.c. */
#ifndef FS_SYNC_H
#define FS_SYNC_H

/* sync(2): what is dirty now is on the disks on return.  0 or -EIO */
int vfs_sync(void);
/*
 * Before power-off and reboot: no file system is changed any more, all are on
 * their disks and marked clean.
 */
void vfs_shutdown(void);

#endif
