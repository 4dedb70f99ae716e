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

#include <stdbool.h>

#include "include/errno.h"
#include "lib/string.h"

static bool
overlaps(const struct extent *a, const struct extent *b)
{
    return a->start < b->start + b->nr_sectors &&
           b->start < a->start + a->nr_sectors;
}

/* Is part[i] possible, given the disk and the partitions before it? */
static bool
plausible(const struct extent *part, int i, uint64_t disk_sectors)
{
    if (part[i].start == 0 || part[i].start + part[i].nr_sectors > disk_sectors)
        return false;
    for (int j = 0; j < i; j++)
        if (overlaps(&part[i], &part[j]))
            return false;
    return true;
}

int
mbr_parse(const void *sector, uint64_t disk_sectors,
          struct extent part[MBR_NR_PARTS])
{
    struct mbr mbr;
    int ignored = 0;

    memcpy(&mbr, sector, sizeof(mbr));
    if (mbr.signature != MBR_SIGNATURE)
        return -EINVAL;
    for (int i = 0; i < MBR_NR_PARTS; i++) {
        const struct mbr_partition *entry = &mbr.part[i];

        part[i] = (struct extent){0, 0};
        if (entry->type == MBR_TYPE_EMPTY || entry->nr_sectors == 0)
            continue;
        part[i] = (struct extent){entry->start_sector, entry->nr_sectors};
        if (!plausible(part, i, disk_sectors)) {
            part[i].nr_sectors = 0;
            ignored++;
        }
    }
    return ignored;
}
