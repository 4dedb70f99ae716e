/* SPDX-License-Identifier: MIT */
/*
 * sys_path.c - system calls that take a path: thin wrappers, POSIX names.
 *
 * The kernel knows only the *at forms; the older ones pass AT_FDCWD.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/swap.h>
#include <sys/time.h>
#include <unistd.h>
#include "syscall.h"

int
stat(const char *restrict path, struct stat *restrict st)
{
    return (int)SYS(newfstatat, AT_FDCWD, path, st, 0);
}

int
lstat(const char *restrict path, struct stat *restrict st)
{
    return (int)SYS(newfstatat, AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW);
}

int
fstatat(int dir, const char *restrict path, struct stat *restrict st, int flags)
{
    return (int)SYS(newfstatat, dir, path, st, flags);
}

int
statfs(const char *path, struct statfs *result)
{
    return (int)SYS(statfs, path, result);
}

int
access(const char *path, int mode)
{
    return (int)SYS(faccessat, AT_FDCWD, path, mode);
}

int
faccessat(int dir, const char *path, int mode, int flags)
{
    if (flags == 0)
        return (int)SYS(faccessat, dir, path, mode);
    return (int)SYS(faccessat2, dir, path, mode, flags);
}

int
mkdir(const char *path, mode_t mode)
{
    return (int)SYS(mkdirat, AT_FDCWD, path, mode);
}

int
mkdirat(int dir, const char *path, mode_t mode)
{
    return (int)SYS(mkdirat, dir, path, mode);
}

int
mknod(const char *path, mode_t mode, dev_t dev)
{
    return (int)SYS(mknodat, AT_FDCWD, path, mode, dev);
}

int
mknodat(int dir, const char *path, mode_t mode, dev_t dev)
{
    return (int)SYS(mknodat, dir, path, mode, dev);
}

int
mkfifo(const char *path, mode_t mode)
{
    return (int)SYS(mknodat, AT_FDCWD, path, S_IFIFO | mode, 0);
}

int
unlink(const char *path)
{
    return (int)SYS(unlinkat, AT_FDCWD, path, 0);
}

int
unlinkat(int dir, const char *path, int flags)
{
    return (int)SYS(unlinkat, dir, path, flags);
}

int
rmdir(const char *path)
{
    return (int)SYS(unlinkat, AT_FDCWD, path, AT_REMOVEDIR);
}

int
remove(const char *path)
{
    int result = unlink(path);

    if (result < 0 && errno == EISDIR)
        result = rmdir(path);
    return result;
}

int
link(const char *from, const char *to)
{
    return (int)SYS(linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int
linkat(int from_dir, const char *from, int to_dir, const char *to, int flags)
{
    return (int)SYS(linkat, from_dir, from, to_dir, to, flags);
}

int
symlink(const char *target, const char *path)
{
    return (int)SYS(symlinkat, target, AT_FDCWD, path);
}

int
symlinkat(const char *target, int dir, const char *path)
{
    return (int)SYS(symlinkat, target, dir, path);
}

ssize_t
readlink(const char *restrict path, char *restrict buf, size_t size)
{
    return SYS(readlinkat, AT_FDCWD, path, buf, size);
}

ssize_t
readlinkat(int dir, const char *restrict path, char *restrict buf, size_t size)
{
    return SYS(readlinkat, dir, path, buf, size);
}

int
rename(const char *from, const char *to)
{
    return (int)SYS(renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int
renameat2(int from_dir, const char *from, int to_dir, const char *to,
          unsigned int flags)
{
    return (int)SYS(renameat2, from_dir, from, to_dir, to, flags);
}

int
chmod(const char *path, mode_t mode)
{
    return (int)SYS(fchmodat, AT_FDCWD, path, mode);
}

/* => flags: the kernel's call has none, so only 0 works */
int
fchmodat(int dir, const char *path, mode_t mode, int flags)
{
    if (flags != 0) {
        errno = EOPNOTSUPP;
        return -1;
    }
    return (int)SYS(fchmodat, dir, path, mode);
}

int
chown(const char *path, uid_t uid, gid_t gid)
{
    return (int)SYS(fchownat, AT_FDCWD, path, uid, gid, 0);
}

int
lchown(const char *path, uid_t uid, gid_t gid)
{
    return (int)SYS(fchownat, AT_FDCWD, path, uid, gid, AT_SYMLINK_NOFOLLOW);
}

int
fchownat(int dir, const char *path, uid_t uid, gid_t gid, int flags)
{
    return (int)SYS(fchownat, dir, path, uid, gid, flags);
}

int
utimensat(int dir, const char *path, const struct timespec times[2], int flags)
{
    return (int)SYS(utimensat, dir, path, times, flags);
}

int
utimes(const char *path, const struct timeval times[2])
{
    struct timespec ts[2];

    if (times == NULL)
        return utimensat(AT_FDCWD, path, NULL, 0);
    for (int i = 0; i < 2; i++) {
        ts[i].tv_sec = times[i].tv_sec;
        ts[i].tv_nsec = times[i].tv_usec * 1000;
    }
    return utimensat(AT_FDCWD, path, ts, 0);
}

int
truncate(const char *path, off_t length)
{
    return (int)SYS(truncate, path, length);
}

mode_t
umask(mode_t mask)
{
    return (mode_t)SYS(umask, mask);
}

int
chdir(const char *path)
{
    return (int)SYS(chdir, path);
}

int
fchdir(int fd)
{
    return (int)SYS(fchdir, fd);
}

int
chroot(const char *path)
{
    return (int)SYS(chroot, path);
}

/* => buf == NULL: the result is malloc()ed, as large as it must be */
char *
getcwd(char *buf, size_t size)
{
    char local[PATH_MAX];

    if (buf == NULL) {
        if (SYS(getcwd, local, sizeof(local)) < 0)
            return NULL;
        return strdup(local);
    }
    return SYS(getcwd, buf, size) < 0 ? NULL : buf;
}

int
mount(const char *source, const char *target, const char *type,
      unsigned long flags, const void *data)
{
    return (int)SYS(mount, source, target, type, flags, data);
}

int
umount(const char *target)
{
    return (int)SYS(umount2, target, 0);
}

int
umount2(const char *target, int flags)
{
    return (int)SYS(umount2, target, flags);
}

int
swapon(const char *path, int flags)
{
    return (int)SYS(swapon, path, flags);
}

int
swapoff(const char *path)
{
    return (int)SYS(swapoff, path);
}
