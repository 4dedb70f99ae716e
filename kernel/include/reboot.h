/* SPDX-License-Identifier: MIT */
/*
 * reboot.h - arguments of reboot(magic1, magic2, command, argument).
 * Layer 0 (include): constants only.
 */
#ifndef INCLUDE_REBOOT_H
#define INCLUDE_REBOOT_H

#define LINUX_REBOOT_MAGIC1 0xfee1dead
#define LINUX_REBOOT_MAGIC2 672274793
#define LINUX_REBOOT_CMD_RESTART 0x01234567
#define LINUX_REBOOT_CMD_HALT 0xcdef0123
#define LINUX_REBOOT_CMD_POWER_OFF 0x4321fedc
#define LINUX_REBOOT_CMD_CAD_ON 0x89abcdef
#define LINUX_REBOOT_CMD_CAD_OFF 0x00000000

#endif
