/* SPDX-License-Identifier: MIT */
/*
 * zone.c - the zones and the event counters, all of them 0.
 */
#include "host.h"

#include "mm/vmevent.h"
#include "mm/zone.h"

struct zone zones[NR_ZONES];
struct vm_event_counts vm_events[NR_CPUS];
