/* SPDX-License-Identifier: MIT */
/* sys/ioctl.h: requests to devices. */
#ifndef USER_SYS_IOCTL_H
#define USER_SYS_IOCTL_H

#include "include/ioctl.h"

int ioctl(int fd, unsigned long request, ...);

#endif
