/* SPDX-License-Identifier: MIT */
/*
 * partition.c - the MBR partition table, as pure data: no disk, no lock, so
 * that tests can feed it anything.
 *
 * Whatever the sector holds, the result is a set of extents inside the disk
 * that do not overlap: an entry that starts at sector 0, is empty, reaches
 * beyond the end or overlaps an earlier one is left out.
 *
 * Not done: extended partitions, GPT (its protective entry becomes a
 * partition of its own).
 */
#include "block/partition.h"

#include "include/errno.h"
#include "lib/string.h"

int
mbr_parse(const void *sector, uint64_t disk_sectors,
          struct extent part[MBR_NR_PARTS])
{
    int ignored = 0;
    struct mbr mbr;

    memcpy(&mbr, sector, sizeof(mbr));
    if (mbr.signature != MBR_SIGNATURE)
        return -EINVAL;
    for (int i = 0; i < MBR_NR_PARTS; i++) {
        const struct mbr_partition *entry = &mbr.part[i];
        uint64_t start = entry->start_sector, n = entry->nr_sectors;
        bool good = start > 0 && start + n <= disk_sectors;

        part[i] = (struct extent){0, 0};
        if (entry->type == MBR_TYPE_EMPTY || n == 0)
            continue;
        for (int j = 0; j < i; j++) /* one that was left out is empty */
            if (start < part[j].start + part[j].nr_sectors &&
                part[j].start < start + n)
                good = false;
        if (good)
            part[i] = (struct extent){start, n};
        else
            ignored++;
    }
    return ignored;
}
