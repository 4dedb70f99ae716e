/* SPDX-License-Identifier: MIT */
/*
 * zone.c - the zones, all of their counters 0.
 */
#include "host.h"

#include "mm/zone.h"

struct zone zones[NR_ZONES];
