/* SPDX-License-Identifier: MIT */
/* sys/prctl.h: properties of the process, such as its name. */
#ifndef USER_SYS_PRCTL_H
#define USER_SYS_PRCTL_H

#include "include/sched.h"

int prctl(int option, ...);

#endif
