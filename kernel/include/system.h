/* SPDX-License-Identifier: MIT */
/*
 * system.h - the system as a whole: its name (uname), its memory (sysinfo),
 * its log (syslog) and its end (reboot).
 * Layer 0 (include): structures and constants only.
 */
#pragma once

#include <stdint.h>

#define UTSNAME_LEN 65

struct utsname {
    char sysname[UTSNAME_LEN], nodename[UTSNAME_LEN], release[UTSNAME_LEN];
    char version[UTSNAME_LEN], machine[UTSNAME_LEN], domainname[UTSNAME_LEN];
};

/* Memory is counted in units of mem_unit. */
#define SI_LOAD_SHIFT 16 /* loads[] are fixed point with this many bits */

struct sysinfo {
    int64_t uptime; /* seconds */
    uint64_t loads[3]; /* over 1, 5 and 15 minutes */
    uint64_t totalram, freeram, sharedram, bufferram;
    uint64_t totalswap, freeswap;
    uint16_t procs, pad1[3];
    uint64_t totalhigh, freehigh;
    uint32_t mem_unit, pad2; /* bytes */
};

_Static_assert(sizeof(struct sysinfo) == 112, "programs expect this size");

/* clang-format off: tables */
enum {
    /* what syslog(2) does */
    SYSLOG_ACTION_READ_ALL = 3, SYSLOG_ACTION_READ_CLEAR = 4,
    SYSLOG_ACTION_CLEAR = 5, SYSLOG_ACTION_CONSOLE_LEVEL = 8,
    SYSLOG_ACTION_SIZE_BUFFER = 10,
};

/* reboot(magic1, magic2, command, argument), all of them uint32_t */
enum {
    LINUX_REBOOT_MAGIC1 = 0xfee1dead, LINUX_REBOOT_MAGIC2 = 672274793,
    LINUX_REBOOT_CMD_RESTART = 0x01234567, LINUX_REBOOT_CMD_HALT = 0xcdef0123,
    LINUX_REBOOT_CMD_POWER_OFF = 0x4321fedc,
};
/* clang-format on */
