/* SPDX-License-Identifier: MIT */
/* sys/times.h: processor time in ticks of 1/100 second. */
#ifndef USER_SYS_TIMES_H
#define USER_SYS_TIMES_H

#include <sys/types.h>
#include "include/time.h"

clock_t times(struct tms *result);

#endif
