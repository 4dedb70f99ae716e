/* SPDX-License-Identifier: MIT */
/* fcntl.h: opening files and their flags. */
#ifndef USER_FCNTL_H
#define USER_FCNTL_H

#include <sys/types.h>
#include "include/fcntl.h"

int open(const char *path, int flags, ...);
int openat(int dir, const char *path, int flags, ...);
int creat(const char *path, mode_t mode);
int fcntl(int fd, int command, ...);
int fallocate(int fd, int mode, off_t offset, off_t length);
int posix_fallocate(int fd, off_t offset, off_t length);
int posix_fadvise(int fd, off_t offset, off_t length, int advice);
int renameat2(int from_dir, const char *from, int to_dir, const char *to,
              unsigned int flags);

#endif
