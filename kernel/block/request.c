/* SPDX-License-Identifier: MIT */
/*
 * request.c - the request queue of a disk: from bios to requests and back.
 *
 * How.  Bios wait in the order in which they came.  While the driver has room,
 * the oldest becomes a request, together with those of the next MERGE_WINDOW
 * that continue it on either side with the same operation.  So merging needs
 * no sorted structure, costs nothing while the disk keeps up, and works best
 * when it must: when bios pile up or come as a list (submit_bios).
 *
 *     submit -> pending --(oldest + neighbours)--> request -> driver
 *                  ^                                  |
 *                  +---- error of a merged request ---+--> end_io
 *
 * If a merged request fails its bios are sent again, one at a time with
 * nothing else in flight (devices merge, too), so that an error hits only who
 * asked for the bad sector.
 *
 * Order.  Requests in flight may overtake each other; who writes and reads
 * the same sectors waits in between (the page cache does: page lock and
 * writeback).  A flush covers the writes that ended before it was submitted.
 *
 * Locks: queue->lock (RANK_BLOCK); the driver's is inside it; end_io runs
 * without any.
 *
 * Not done: priorities between readers and writers, timeouts.
 */
#include "block/request.h"

#include "include/errno.h"
#include "lib/assert.h"
#include "mm/page.h"
#include "riscv/timer.h"

enum { MERGE_WINDOW = 32 };

static uint64_t
bio_start(const struct bio *bio)
{
    return bio->bdev->start_sector + bio->sector;
}

static uint64_t
bio_sectors(const struct bio *bio)
{
    return bio->bytes >> SECTOR_SHIFT;
}

static void
count_end_locked(const struct bio *bio, uint64_t now)
{
    struct disk_stats *s = &bio->bdev->stats;

    s->in_flight--;
    s->ios[bio->op]++;
    s->sectors[bio->op] += bio_sectors(bio);
    s->ticks[bio->op] += now - bio->start;
}

/* Can bio be sent?  Else => false, and bio->status is its result. */
static bool
admit(struct bio *bio)
{
    const struct block_device *bdev = bio->bdev;
    uint64_t n = bio_sectors(bio);

    bio->status = 0;
    if (bio->op == BIO_FLUSH)
        return bdev->disk->has_flush;
    ASSERT(bio->bytes && bio->bytes % SECTOR_SIZE == 0 &&
           bio->bytes <= bio->nr_pages * PAGE_SIZE);
    if (n > bdev->nr_sectors || bio->sector > bdev->nr_sectors - n ||
        (bio->op == BIO_WRITE && bdev->disk->read_only)) {
        bio->status = -EIO;
        return false;
    }
    return true;
}

/* Does bio fit to rq, in front (-1) or behind (1)?  0: no */
static int
adjoins(const struct disk *disk, const struct request *rq,
        const struct bio *bio)
{
    if (bio->op != rq->op || bio->alone ||
        rq->nr_segments + bio->nr_pages > (int)disk->max_segments)
        return 0;
    if (bio_start(bio) == rq->sector + rq->nr_sectors)
        return 1;
    return bio_start(bio) + bio_sectors(bio) == rq->sector ? -1 : 0;
}

static void
add_bio(struct request *rq, struct bio *bio, int side)
{
    if (side > 0) {
        list_move_tail(&bio->link, &rq->bios);
    } else {
        list_move(&bio->link, &rq->bios);
        rq->sector = bio_start(bio);
    }
    rq->nr_sectors += bio_sectors(bio);
    rq->nr_segments += bio->nr_pages;
}

/* A request from the oldest bio and its neighbours; NULL: none can be made. */
static struct request *
build_request_locked(struct disk *disk)
{
    struct request_queue *q = &disk->queue;
    struct request *rq;
    struct bio *bio, *next;
    unsigned looked = 0;

    if (list_empty(&q->pending) || list_empty(&q->free))
        return NULL;
    bio = list_first_entry(&q->pending, struct bio, link);
    if (q->nr_busy && (q->alone || bio->alone))
        return NULL;
    rq = list_first_entry(&q->free, struct request, link);
    list_del(&rq->link);
    q->nr_busy++;
    q->alone = bio->alone;
    rq->op = bio->op;
    rq->nr_segments = 0;
    rq->nr_sectors = 0;
    list_init(&rq->bios);
    add_bio(rq, bio, -1); /* the first, wherever: it sets the sector */
    if (bio->alone)
        return rq;
    list_for_each_entry_safe(bio, next, &q->pending, link) {
        int side = adjoins(disk, rq, bio);

        if (side) {
            add_bio(rq, bio, side);
            bio->bdev->stats.merges[bio->op]++;
        }
        if (++looked == MERGE_WINDOW)
            break;
    }
    return rq;
}

/* Move the bios of a finished request to `ended`, and free it. */
static void
finish_request_locked(struct request_queue *q, struct request *rq, int status,
                      struct list_head *ended)
{
    uint64_t now = timer_read();
    struct bio *bio;

    list_for_each_entry(bio, &rq->bios, link) {
        bio->status = status;
        count_end_locked(bio, now);
    }
    list_splice(&rq->bios, ended->prev);
    list_add(&rq->link, &q->free);
    q->nr_busy--;
}

/* Give the driver what it takes.  Bios of a dead device go to `ended`. */
static void
dispatch_locked(struct disk *disk, struct list_head *ended)
{
    struct request_queue *q = &disk->queue;
    struct request *rq;
    bool queued = false;
    int err;

    for (;;) {
        rq = q->stalled ? q->stalled : build_request_locked(disk);
        q->stalled = NULL;
        if (!rq)
            break;
        err = disk->ops->queue_rq(disk, rq);
        if (err == -EBUSY) {
            q->stalled = rq;
            break;
        }
        if (err)
            finish_request_locked(q, rq, err, ended);
        else
            queued = true;
    }
    if (queued)
        disk->ops->kick(disk);
}

static void
end_bios(struct list_head *ended)
{
    while (!list_empty(ended)) {
        struct bio *bio = list_first_entry(ended, struct bio, link);

        list_del_init(&bio->link);
        bio->end_io(bio); /* owns it */
    }
}

void
submit_bios(struct list_head *bios)
{
    LIST_HEAD(ended);

    while (!list_empty(bios)) {
        struct bio *bio = list_first_entry(bios, struct bio, link);
        struct disk *disk = bio->bdev->disk;
        uint64_t now = timer_read();

        spin_lock(&disk->queue.lock);
        do { /* all that go to this disk */
            bio->alone = false;
            bio->start = now;
            if (admit(bio)) {
                bio->bdev->stats.in_flight++;
                list_move_tail(&bio->link, &disk->queue.pending);
            } else {
                list_move_tail(&bio->link, &ended);
            }
            bio = list_first_entry_or_null(bios, struct bio, link);
        } while (bio && bio->bdev->disk == disk);
        dispatch_locked(disk, &ended);
        spin_unlock(&disk->queue.lock);
    }
    end_bios(&ended);
}

void
submit_bio(struct bio *bio)
{
    LIST_HEAD(one);

    list_add(&bio->link, &one);
    submit_bios(&one);
}

void
blk_complete(struct disk *disk, struct request *rq, int status)
{
    struct request_queue *q = &disk->queue;
    LIST_HEAD(ended);
    struct bio *bio;

    spin_lock(&q->lock);
    if (status && rq->bios.next != rq->bios.prev) {
        /* Somebody's sector is bad: find out whose. */
        list_for_each_entry(bio, &rq->bios, link)
            bio->alone = true;
        list_splice(&rq->bios, &q->pending);
    }
    finish_request_locked(q, rq, status, &ended);
    dispatch_locked(disk, &ended);
    spin_unlock(&q->lock);
    end_bios(&ended);
}
