/* SPDX-License-Identifier: MIT */
/*
 * blkdev.h - block devices: whole disks and their partitions.
 *
 * A driver makes a struct disk (block/disk.h); disk_register() gives it a
 * block device of its own, blkdev_scan() one for each partition.  They are
 * made at boot and never go away, so pointers to them need no count.
 */
#pragma once

#include "lib/list.h"
#include "lib/types.h"
#include "riscv/atomic.h"

struct address_space;
struct disk;

enum { BDEV_NAME_LEN = 16 };

/* Keys: (c) constant; (b) bd_lock; (a) atomic. */
struct block_device {
    dev_t dev;                /* (c) */
    char name[BDEV_NAME_LEN]; /* (c) "vda", "vda1" */
    uint32_t partno;          /* (c) 0: the whole disk */
    uint64_t start_sector;    /* (c) on the disk */
    uint64_t nr_sectors;      /* (c) */
    struct disk *disk;        /* (c) */
    struct list_head link;    /* (b) of all devices, by dev */
    /*
     * Page cache of the device: fs/ sets it at the first open, with
     * cmpxchg from NULL; it stays for good.
     */
    struct address_space *_Atomic mapping; /* (a) */
    bool claimed;     /* (b) somebody mounted it, or swaps on it */
    uint32_t writers; /* (b) descriptors open for writing */
};

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
