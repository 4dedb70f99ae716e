/* SPDX-License-Identifier: MIT */
/* partition.h - reading a partition table.  See partition.c. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "include/mbr.h"

struct extent {
    uint64_t start, nr_sectors; /* nr_sectors 0: no partition */
};

/*
 * The partitions in the first sector of a disk, part[i] being number i + 1.
 * Entries that cannot be are left out.
 * => how many entries were left out; -EINVAL: there is no table
 */
int mbr_parse(const void *sector, uint64_t disk_sectors,
              struct extent part[MBR_NR_PARTS]);
