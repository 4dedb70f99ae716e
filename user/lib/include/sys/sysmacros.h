/* SPDX-License-Identifier: MIT */
/* sys/sysmacros.h: the parts of a device number. */
#ifndef USER_SYS_SYSMACROS_H
#define USER_SYS_SYSMACROS_H

#include "include/stat.h"

#endif
