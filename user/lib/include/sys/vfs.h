/* SPDX-License-Identifier: MIT */
/* sys/vfs.h: the other name of sys/statfs.h. */
#ifndef USER_SYS_VFS_H
#define USER_SYS_VFS_H

#include <sys/statfs.h>

#endif
