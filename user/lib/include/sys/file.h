/* SPDX-License-Identifier: MIT */
/* sys/file.h: flock. */
#ifndef USER_SYS_FILE_H
#define USER_SYS_FILE_H

#include "include/fcntl.h"

int flock(int fd, int operation);

#endif
