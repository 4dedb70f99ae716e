/* SPDX-License-Identifier: MIT */
/* sys/klog.h: the log of the kernel. */
#ifndef USER_SYS_KLOG_H
#define USER_SYS_KLOG_H

#include "include/system.h"

int klogctl(int action, char *buf, int size);

#endif
