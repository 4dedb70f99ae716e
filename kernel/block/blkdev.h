/* SPDX-License-Identifier: MIT */
/*
 * blkdev.h - block devices: whole disks and their partitions.
 *
 * A driver fills in a struct disk and calls disk_register(), which gives it a
 * block device of its own; blkdev_scan() makes one for each partition.  They
 * are made at boot and never go away, so pointers to them need no count.
 * queue() then hands the driver bios, and it reports each with disk_done().
 */
#pragma once

#include "block/bio.h"
#include "include/mbr.h"
#include "sched/wait.h"

struct address_space;
struct disk;

enum { BDEV_NAME_LEN = 16 };

/* Keys: (c) constant; (a) atomic; (b) bd_lock; (q) queue lock. */
struct block_device {
    dev_t dev;                     /* (c) */
    char name[BDEV_NAME_LEN];      /* (c) "vda", "vda1" */
    uint32_t partno;               /* (c) 0: the whole disk */
    uint64_t start_sector;         /* (c) on the disk */
    uint64_t nr_sectors;           /* (c) of a disk: set by the driver */
    struct disk *disk;             /* (c) */
    struct block_device *next;     /* (c) of all devices, by dev */
    struct address_space *mapping; /* (c) page cache: fs/bdev.c */
    atomic32_t wb_error_seq;       /* (a) failed writes of cached pages, all */
    int32_t writers; /* (b) descriptors open for writing, or -1: claimed */
};

enum { DISK_BIOS = 32 };

struct disk {
    struct block_device whole, part[MBR_NR_PARTS]; /* used if on the list */
    bool has_flush; /* (c) else a flush is a no-op */
    bool read_only; /* (c) */
    /*
     * block -> driver: take bio.  => queue lock held; false: no room, it comes
     * again after the next disk_done()
     */
    bool (*queue)(struct disk *disk, struct bio *bio);
    void (*kick)(struct disk *disk); /* now start them.  => no lock held */

    struct spinlock queue_lock; /* RANK_BLOCK */
    struct list_head pending;   /* (q) bios that wait for room, oldest first */

    struct bio bios[DISK_BIOS];
    _Atomic uint32_t free_bios; /* (a) a bit each */
    struct wait_queue bio_wait; /* for one that comes back */
};

/* Make disk known, under the next name: vda, vdb.  => at boot; for ever */
void disk_register(struct disk *disk);
/*
 * The driver is done with bio: ends it and sends what waited.
 * => any context, no spinlock held; status 0 or -EIO
 */
void disk_done(struct disk *disk, struct bio *bio, int status);

/* => NULL if there is none */
struct block_device *blkdev_lookup(dev_t dev);
struct block_device *blkdev_lookup_name(const char *name); /* "vda1" */
/* All devices in the order of their numbers; NULL: the first; NULL: no more */
struct block_device *blkdev_next(struct block_device *bdev);

/*
 * Who mounts a device or swaps on it claims it for itself (exclusive); who
 * opens it for writing counts as a writer.  Devices that overlap (a disk and
 * its partitions) exclude each other.
 * => 0, or -EBUSY: claimed by another, or (exclusive) open for writing
 */
int bd_claim(struct block_device *bdev, bool exclusive);
void bd_release(struct block_device *bdev, bool exclusive);

/* Read the partition tables of all disks.  => once, may sleep */
void blkdev_scan(void);
