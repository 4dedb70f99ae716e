/* SPDX-License-Identifier: MIT */
/*
 * disk.h - disks, for drivers.
 *
 * A driver fills in a struct disk and calls disk_register(); queue() then
 * hands it bios, and the driver reports each with disk_done().
 */
#pragma once

#include "block/bio.h"
#include "block/blkdev.h"
#include "core/spinlock.h"

/* Keys: (c) constant; (q) queue lock. */
struct disk {
    struct block_device whole; /* (c) name, nr_sectors: set by the driver... */
    unsigned first_minor;      /* (c) ...as these are; of VIRTBLK_MAJOR */
    bool has_flush;            /* else a flush is a no-op */
    bool read_only;
    void *private; /* the driver's */
    /*
     * block -> driver: take bio, in sectors from disk_sector().
     * => queue lock held; 0; -EBUSY: no room, it comes again after the next
     *    disk_done(); -EIO: dead device
     */
    int (*queue)(struct disk *disk, struct bio *bio);
    void (*kick)(struct disk *disk); /* now start them.  => no lock held */

    struct spinlock queue_lock; /* RANK_BLOCK */
    struct list_head pending;   /* (q) bios that wait for room, oldest first */
};

/* Make disk known, as one block device.  => at boot; for ever */
void disk_register(struct disk *disk);

/* Where bio begins on its disk. */
static inline uint64_t
disk_sector(const struct bio *bio)
{
    return bio->bdev->start_sector + bio->sector;
}

/*
 * The driver is done with bio: ends it and sends what waited.
 * => any context, no spinlock held; status 0 or -EIO
 */
void disk_done(struct disk *disk, struct bio *bio, int status);
