/* SPDX-License-Identifier: MIT */
/* sys/statfs.h: how full a file system is. */
#ifndef USER_SYS_STATFS_H
#define USER_SYS_STATFS_H

#include "include/stat.h"

int statfs(const char *path, struct statfs *result);
int fstatfs(int fd, struct statfs *result);

#endif
