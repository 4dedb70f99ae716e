/* SPDX-License-Identifier: MIT */
/* sys/mman.h: mapping memory. */
#ifndef USER_SYS_MMAN_H
#define USER_SYS_MMAN_H

#include <sys/types.h>
#include "include/mman.h"

#define MAP_FAILED ((void *)-1)
#define MAP_ANON MAP_ANONYMOUS
#define MAP_FILE 0

void *mmap(void *addr, size_t length, int prot, int flags, int fd,
           off_t offset);
int munmap(void *addr, size_t length);
int mprotect(void *addr, size_t length, int prot);
void *mremap(void *addr, size_t old_length, size_t new_length, int flags,
             ... /* void *new_addr */);
int madvise(void *addr, size_t length, int advice);
int msync(void *addr, size_t length, int flags);
int mincore(void *addr, size_t length, unsigned char *resident);
int mlock(const void *addr, size_t length);
int munlock(const void *addr, size_t length);
int mlockall(int flags);
int munlockall(void);
/* Shared memory by name, "/name": a file on /dev/shm. */
int shm_open(const char *name, int flags, mode_t mode);
int shm_unlink(const char *name);

#endif
