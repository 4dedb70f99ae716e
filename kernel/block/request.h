/* SPDX-License-Identifier: MIT */
/*
 * request.h - disks and their request queues, for drivers.
 *
 * A driver fills in a struct disk and calls disk_register(); the queue then
 * hands it requests through ops->queue_rq(), and the driver reports each with
 * blk_complete().
 */
#ifndef BLOCK_REQUEST_H
#define BLOCK_REQUEST_H

#include "block/bio.h"
#include "block/blkdev.h"
#include "core/spinlock.h"

enum {
    QUEUE_DEPTH = 32,   /* requests that a driver holds at a time */
    MAX_SEGMENTS = 128, /* pages of a request: 512 KB */
};

/* Consecutive sectors, one operation: a chain of neighbouring bios. */
struct request {
    uint8_t op;           /* enum bio_op */
    uint16_t nr_segments; /* pages in all bios */
    uint64_t sector;      /* first, on the disk */
    uint64_t nr_sectors;
    struct list_head bios; /* in the order of their sectors */
    struct list_head link; /* of free requests */
};

struct block_device_ops {
    /*
     * Take rq.  => queue lock held; 0; -EBUSY: no room, it is given again after
     * the next blk_complete(); -EIO: the device is dead
     */
    int (*queue_rq)(struct disk *disk, struct request *rq);
    /* Tell the device about what was queued.  => queue lock held */
    void (*kick)(struct disk *disk);
};

/* Keys: (q) lock */
struct request_queue {
    struct spinlock lock;     /* RANK_BLOCK */
    struct list_head pending; /* (q) bios, oldest first */
    struct list_head free;    /* (q) requests */
    struct request *stalled;  /* (q) built, but the driver was full */
    unsigned nr_busy;         /* (q) requests that are not free */
    bool alone;               /* (q) the last one must be the only one */
    struct request requests[QUEUE_DEPTH];
};

struct disk {
    char name[BDEV_NAME_LEN]; /* (c) set by the driver, as these: */
    uint64_t nr_sectors;
    unsigned first_minor;  /* of VIRTBLK_MAJOR */
    unsigned max_segments; /* 1 .. MAX_SEGMENTS */
    bool has_flush;        /* else a flush is a no-op */
    bool read_only;
    const struct block_device_ops *ops;
    void *private;

    struct block_device *whole; /* (c) set by disk_register() */
    struct request_queue queue;
};

/* Make disk known, as one block device.  => at boot; -ENOMEM */
int disk_register(struct disk *disk);
/* Add partition partno (from 1).  => -ENOMEM */
int disk_add_partition(struct disk *disk, unsigned partno, uint64_t start,
                       uint64_t nr_sectors);

/*
 * The driver is done with rq: ends its bios and sends what waited.
 * => any context, no spinlock held; status 0 or -EIO
 */
void blk_complete(struct disk *disk, struct request *rq, int status);

#endif
