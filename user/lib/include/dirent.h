/* SPDX-License-Identifier: MIT */
/* dirent.h: reading directories. */
#ifndef USER_DIRENT_H
#define USER_DIRENT_H

#include <sys/types.h>
#include "include/stat.h"

struct dirent {
    ino_t d_ino;
    off_t d_off;
    uint16_t d_reclen;
    uint8_t d_type; /* DT_*; DT_UNKNOWN: ask lstat */
    char d_name[256];
};

typedef struct dir DIR;

DIR *opendir(const char *path);
DIR *fdopendir(int fd);
struct dirent *readdir(DIR *dir);
void rewinddir(DIR *dir);
long telldir(DIR *dir);
void seekdir(DIR *dir, long position);
int dirfd(DIR *dir);
int closedir(DIR *dir);
ssize_t getdents64(int fd, void *buf, size_t size);

#endif
