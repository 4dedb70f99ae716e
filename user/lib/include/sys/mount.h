/* SPDX-License-Identifier: MIT */
/* sys/mount.h: mounting file systems. */
#ifndef USER_SYS_MOUNT_H
#define USER_SYS_MOUNT_H

#include "include/stat.h"

int mount(const char *source, const char *target, const char *type,
          unsigned long flags, const void *data);
int umount(const char *target);
int umount2(const char *target, int flags);

#endif
