/* SPDX-License-Identifier: MIT */
/*
 * partition.c - the MBR partition table, as pure data: no disk, no lock, so
 * that tests can feed it anything.
 *
 * Whatever the sector holds, what mbr_check() leaves is a set of extents inside
 * the disk that do not overlap: an entry that starts at sector 0, is empty,
 * reaches beyond the end or overlaps an earlier one is cleared.
 *
 * Not done: extended partitions, GPT (its protective entry becomes a
 * partition of its own).
 */
#include "block/partition.h"

#include <stdbool.h>

#include "include/errno.h"

int
mbr_check(struct mbr *mbr, uint64_t disk_sectors)
{
    int bad = 0;

    if (mbr->signature != MBR_SIGNATURE)
        return -EINVAL;
    for (int i = 0; i < MBR_NR_PARTS; i++) {
        struct mbr_partition *p = &mbr->part[i], *q = mbr->part;
        uint64_t start = p->start_sector, end = start + p->nr_sectors;
        bool used = p->type != MBR_TYPE_EMPTY && p->nr_sectors > 0;
        bool good = used && start > 0 && end <= disk_sectors;

        for (; q < p; q++) /* one that was cleared overlaps nothing */
            good &= end <= q->start_sector ||
                    start >= (uint64_t)q->start_sector + q->nr_sectors;
        if (!good)
            *p = (struct mbr_partition){.type = MBR_TYPE_EMPTY};
        bad += used && !good;
    }
    return bad;
}
