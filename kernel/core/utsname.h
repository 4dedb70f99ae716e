/* SPDX-License-Identifier: MIT */
/* What the system calls itself: uname(2), /proc/version, /proc/sys/kernel. */
#pragma once

#include "core/spinlock.h"
#include "include/system.h"

extern struct spinlock utsname_lock; /* RANK_TASK */
extern struct utsname utsname;       /* nodename changes under utsname_lock */
