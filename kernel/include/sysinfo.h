/* SPDX-License-Identifier: MIT */
/*
 * sysinfo.h - what sysinfo reports.  Memory is counted in units of mem_unit.
 * Layer 0 (include): structures and constants only.
 */
#ifndef INCLUDE_SYSINFO_H
#define INCLUDE_SYSINFO_H

#include <stdint.h>

#define SI_LOAD_SHIFT 16 /* loads[] are fixed point with this many bits */

struct sysinfo {
    int64_t uptime; /* seconds */
    uint64_t loads[3]; /* over 1, 5 and 15 minutes */
    uint64_t totalram;
    uint64_t freeram;
    uint64_t sharedram;
    uint64_t bufferram;
    uint64_t totalswap;
    uint64_t freeswap;
    uint16_t procs;
    uint16_t pad1[3];
    uint64_t totalhigh;
    uint64_t freehigh;
    uint32_t mem_unit; /* bytes */
    uint32_t pad2;
};

_Static_assert(sizeof(struct sysinfo) == 112, "programs expect this size");

#endif
