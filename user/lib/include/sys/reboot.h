/* SPDX-License-Identifier: MIT */
/* sys/reboot.h: stopping the machine. */
#ifndef USER_SYS_REBOOT_H
#define USER_SYS_REBOOT_H

#include "include/system.h"

#define RB_AUTOBOOT LINUX_REBOOT_CMD_RESTART
#define RB_HALT_SYSTEM ((int)LINUX_REBOOT_CMD_HALT)
#define RB_POWER_OFF LINUX_REBOOT_CMD_POWER_OFF

int reboot(int command);

#endif
