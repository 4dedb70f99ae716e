/* SPDX-License-Identifier: MIT */
/* sys/sysinfo.h: memory, swap and load in numbers. */
#ifndef USER_SYS_SYSINFO_H
#define USER_SYS_SYSINFO_H

#include "include/system.h"

int sysinfo(struct sysinfo *info);
int get_nprocs(void);

#endif
