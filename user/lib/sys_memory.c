/* SPDX-License-Identifier: MIT */
/*
 * sys_memory.c - system calls on the address space.
 *
 * The kernel's brk gives the break in force after the call, which is the old
 * one when it refused. We keep the break, so that sbrk costs one call and
 * sbrk(0) none.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "syscall.h"

static char *current_break;

void *
mmap(void *addr, size_t length, int prot, int flags, int fd, off_t offset)
{
    return (void *)SYS(mmap, addr, length, prot, flags, fd, offset);
}

int
munmap(void *addr, size_t length)
{
    return (int)SYS(munmap, addr, length);
}

int
mprotect(void *addr, size_t length, int prot)
{
    return (int)SYS(mprotect, addr, length, prot);
}

void *
mremap(void *addr, size_t old_length, size_t new_length, int flags, ...)
{
    void *new_addr;
    va_list ap;

    va_start(ap, flags);
    new_addr = va_arg(ap, void *);
    va_end(ap);
    return (void *)SYS(mremap, addr, old_length, new_length, flags, new_addr);
}

int
madvise(void *addr, size_t length, int advice)
{
    return (int)SYS(madvise, addr, length, advice);
}

int
msync(void *addr, size_t length, int flags)
{
    return (int)SYS(msync, addr, length, flags);
}

int
mincore(void *addr, size_t length, unsigned char *resident)
{
    return (int)SYS(mincore, addr, length, resident);
}

int
mlock(const void *addr, size_t length)
{
    return (int)SYS(mlock, addr, length);
}

int
munlock(const void *addr, size_t length)
{
    return (int)SYS(munlock, addr, length);
}

int
mlockall(int flags)
{
    return (int)SYS(mlockall, flags);
}

int
munlockall(void)
{
    return (int)SYS(munlockall);
}

/* => the path of shared memory in buf, or NULL and EINVAL */
static char *
shm_path(const char *name, char buf[PATH_MAX])
{
    while (*name == '/')
        name++;
    if (*name == '\0' || strchr(name, '/') != NULL || strlen(name) > NAME_MAX) {
        errno = EINVAL;
        return NULL;
    }
    return strcat(strcpy(buf, "/dev/shm/"), name);
}

int
shm_open(const char *name, int flags, mode_t mode)
{
    char buf[PATH_MAX], *path = shm_path(name, buf);

    return path == NULL ? -1 : open(path, flags | O_CLOEXEC | O_NOFOLLOW, mode);
}

int
shm_unlink(const char *name)
{
    char buf[PATH_MAX], *path = shm_path(name, buf);

    return path == NULL ? -1 : unlink(path);
}

int
brk(void *end)
{
    current_break = (char *)RAW(brk, end);
    if (current_break == end)
        return 0;
    errno = ENOMEM;
    return -1;
}

void *
sbrk(intptr_t increment)
{
    char *old;

    if (current_break == NULL)
        current_break = (char *)RAW(brk, 0);
    old = current_break;
    if (increment != 0 && brk(old + increment) < 0)
        return (void *)-1;
    return old;
}
