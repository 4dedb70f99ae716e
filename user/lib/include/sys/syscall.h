/* SPDX-License-Identifier: MIT */
/* sys/syscall.h: the numbers for syscall(), which unistd.h declares. */
#ifndef USER_SYS_SYSCALL_H
#define USER_SYS_SYSCALL_H

#include "include/syscall.h"

#endif
