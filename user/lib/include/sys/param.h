/* SPDX-License-Identifier: MIT */
/* sys/param.h: MIN and MAX. */
#ifndef USER_SYS_PARAM_H
#define USER_SYS_PARAM_H

#include <limits.h>

#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define MAXPATHLEN PATH_MAX

#endif
