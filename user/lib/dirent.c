/* SPDX-License-Identifier: MIT */
/*
 * dirent.c - reading directories. A buffer of records comes from getdents64;
 * readdir hands them out one after the other, copied to a struct of fixed size.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "syscall.h"

enum { DIR_BUFFER_BYTES = 4096 };

struct dir {
    int fd;
    size_t pos;   /* of the next record in buf */
    size_t end;   /* of the records in buf */
    off_t offset; /* in the directory: after the record given last */
    struct dirent entry;
    _Alignas(8) char buf[DIR_BUFFER_BYTES];
};

ssize_t
getdents64(int fd, void *buf, size_t size)
{
    return SYS(getdents64, fd, buf, size);
}

/* => refs: the descriptor belongs to the DIR now */
DIR *
fdopendir(int fd)
{
    DIR *dir = malloc(sizeof(*dir));

    if (dir == NULL)
        return NULL;
    dir->fd = fd;
    dir->pos = dir->end = 0;
    dir->offset = 0;
    return dir;
}

DIR *
opendir(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir;

    if (fd < 0)
        return NULL;
    dir = fdopendir(fd);
    if (dir == NULL)
        close(fd);
    return dir;
}

/* => NULL at the end, or on an error, which only errno tells apart */
struct dirent *
readdir(DIR *dir)
{
    struct linux_dirent64 *record;

    if (dir->pos == dir->end) {
        ssize_t n = getdents64(dir->fd, dir->buf, sizeof(dir->buf));

        if (n <= 0)
            return NULL;
        dir->pos = 0;
        dir->end = (size_t)n;
    }
    record = (struct linux_dirent64 *)(dir->buf + dir->pos);
    dir->pos += record->d_reclen;
    dir->offset = record->d_off;
    dir->entry.d_ino = record->d_ino;
    dir->entry.d_off = record->d_off;
    dir->entry.d_reclen = record->d_reclen;
    dir->entry.d_type = record->d_type;
    strlcpy(dir->entry.d_name, record->d_name, sizeof(dir->entry.d_name));
    return &dir->entry;
}

void
rewinddir(DIR *dir)
{
    seekdir(dir, 0);
}

long
telldir(DIR *dir)
{
    return dir->offset;
}

void
seekdir(DIR *dir, long position)
{
    lseek(dir->fd, position, SEEK_SET);
    dir->offset = position;
    dir->pos = dir->end = 0;
}

int
dirfd(DIR *dir)
{
    return dir->fd;
}

int
closedir(DIR *dir)
{
    int result = close(dir->fd);

    free(dir);
    return result;
}
