/* SPDX-License-Identifier: MIT */
/* sys/utsname.h: the name of the system. */
#ifndef USER_SYS_UTSNAME_H
#define USER_SYS_UTSNAME_H

#include "include/system.h"

int uname(struct utsname *name);

#endif
