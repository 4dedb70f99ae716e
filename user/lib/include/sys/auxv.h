/* SPDX-License-Identifier: MIT */
/* sys/auxv.h: what the kernel tells a program at its start. */
#ifndef USER_SYS_AUXV_H
#define USER_SYS_AUXV_H

#include "include/elf.h"

unsigned long getauxval(unsigned long type);

#endif
