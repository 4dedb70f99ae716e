/* SPDX-License-Identifier: MIT */
/* sys/sendfile.h: copying from file to file inside the kernel. */
#ifndef USER_SYS_SENDFILE_H
#define USER_SYS_SENDFILE_H

#include <sys/types.h>

ssize_t sendfile(int out, int in, off_t *offset, size_t size);

#endif
