/* SPDX-License-Identifier: MIT */
/*
 * mount.h - flags of mount and umount2.
 * Layer 0 (include): constants only.
 */
#ifndef INCLUDE_MOUNT_H
#define INCLUDE_MOUNT_H

/* clang-format off: tables */
enum {
    MS_RDONLY = 1, MS_NOSUID = 2, MS_NODEV = 4, MS_NOEXEC = 8,
    MS_SYNCHRONOUS = 16, MS_REMOUNT = 32, MS_NOATIME = 1024, MS_BIND = 4096,
    MS_SILENT = 32768, MS_RELATIME = (1 << 21),
};

enum {
    MNT_FORCE = 1, MNT_DETACH = 2,
};
/* clang-format on */

#endif
