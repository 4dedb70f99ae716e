/* SPDX-License-Identifier: MIT */
/*
 * sys_file.c - system calls on open files: thin wrappers, POSIX names.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/uio.h>
#include <termios.h>
#include <unistd.h>
#include "syscall.h"

int
open(const char *path, int flags, ...)
{
    va_list ap;
    mode_t mode;

    va_start(ap, flags);
    mode = va_arg(ap, mode_t);
    va_end(ap);
    return (int)SYS(openat, AT_FDCWD, path, flags, mode);
}

int
openat(int dir, const char *path, int flags, ...)
{
    va_list ap;
    mode_t mode;

    va_start(ap, flags);
    mode = va_arg(ap, mode_t);
    va_end(ap);
    return (int)SYS(openat, dir, path, flags, mode);
}

int
creat(const char *path, mode_t mode)
{
    return open(path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

ssize_t
read(int fd, void *buf, size_t size)
{
    return SYS(read, fd, buf, size);
}

ssize_t
write(int fd, const void *buf, size_t size)
{
    return SYS(write, fd, buf, size);
}

ssize_t
pread(int fd, void *buf, size_t size, off_t offset)
{
    return SYS(pread64, fd, buf, size, offset);
}

ssize_t
pwrite(int fd, const void *buf, size_t size, off_t offset)
{
    return SYS(pwrite64, fd, buf, size, offset);
}

ssize_t
readv(int fd, const struct iovec *iov, int count)
{
    return SYS(readv, fd, iov, count);
}

ssize_t
writev(int fd, const struct iovec *iov, int count)
{
    return SYS(writev, fd, iov, count);
}

ssize_t
sendfile(int out, int in, off_t *offset, size_t size)
{
    return SYS(sendfile, out, in, offset, size);
}

ssize_t
copy_file_range(int in, off_t *in_off, int out, off_t *out_off, size_t size,
                unsigned int flags)
{
    return SYS(copy_file_range, in, in_off, out, out_off, size, flags);
}

off_t
lseek(int fd, off_t offset, int whence)
{
    return SYS(lseek, fd, offset, whence);
}

int
close(int fd)
{
    return (int)SYS(close, fd);
}

int
dup(int fd)
{
    return (int)SYS(dup, fd);
}

int
dup2(int fd, int new_fd)
{
    /* dup3 refuses equal descriptors, dup2 must only check the first. */
    if (fd == new_fd)
        return fcntl(fd, F_GETFD) < 0 ? -1 : fd;
    return (int)SYS(dup3, fd, new_fd, 0);
}

int
dup3(int fd, int new_fd, int flags)
{
    return (int)SYS(dup3, fd, new_fd, flags);
}

int
pipe(int fds[2])
{
    return (int)SYS(pipe2, fds, 0);
}

int
pipe2(int fds[2], int flags)
{
    return (int)SYS(pipe2, fds, flags);
}

int
fcntl(int fd, int command, ...)
{
    va_list ap;
    long arg;

    va_start(ap, command);
    arg = va_arg(ap, long);
    va_end(ap);
    return (int)SYS(fcntl, fd, command, arg);
}

int
ioctl(int fd, unsigned long request, ...)
{
    va_list ap;
    void *arg;

    va_start(ap, request);
    arg = va_arg(ap, void *);
    va_end(ap);
    return (int)SYS(ioctl, fd, request, arg);
}

int
flock(int fd, int operation)
{
    return (int)SYS(flock, fd, operation);
}

int
fstat(int fd, struct stat *st)
{
    return (int)SYS(fstat, fd, st);
}

int
fstatfs(int fd, struct statfs *result)
{
    return (int)SYS(fstatfs, fd, result);
}

int
fchmod(int fd, mode_t mode)
{
    return (int)SYS(fchmod, fd, mode);
}

int
fchown(int fd, uid_t uid, gid_t gid)
{
    return (int)SYS(fchown, fd, uid, gid);
}

int
futimens(int fd, const struct timespec times[2])
{
    return (int)SYS(utimensat, fd, NULL, times, 0);
}

int
ftruncate(int fd, off_t length)
{
    return (int)SYS(ftruncate, fd, length);
}

int
fallocate(int fd, int mode, off_t offset, off_t length)
{
    return (int)SYS(fallocate, fd, mode, offset, length);
}

/* => 0 or an error number; errno is not touched */
int
posix_fallocate(int fd, off_t offset, off_t length)
{
    return (int)-RAW(fallocate, fd, 0, offset, length);
}

/* => 0 or an error number; errno is not touched */
int
posix_fadvise(int fd, off_t offset, off_t length, int advice)
{
    return (int)-RAW(fadvise64, fd, offset, length, advice);
}

void
sync(void)
{
    RAW(sync);
}

int
syncfs(int fd)
{
    return (int)SYS(syncfs, fd);
}

int
fsync(int fd)
{
    return (int)SYS(fsync, fd);
}

int
fdatasync(int fd)
{
    return (int)SYS(fdatasync, fd);
}
