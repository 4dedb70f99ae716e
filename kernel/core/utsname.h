/* SPDX-License-Identifier: MIT */
/* What the system calls itself: uname(2), /proc/version, /proc/sys/kernel. */
#pragma once

#include "include/system.h"

extern struct utsname utsname; /* its nodename may change */
