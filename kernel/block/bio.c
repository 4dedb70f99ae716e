/* SPDX-License-Identifier: MIT */
/*
 * bio.c - bios: getting one, sending it to the disk, waiting for it.
 *
 * A disk's bios wait in the order in which they came until the driver has room
 * (several are in flight); those that ended are handed back one by one, with no
 * lock held.  Bios in flight may overtake each other; who writes and reads the
 * same sectors waits in between (the page cache does: page lock and
 * writeback).  A flush covers the writes that ended before it was submitted.
 *
 *     submit_bio -> pending -> driver -> disk_done -> end_io
 *                      ^------- the next ---'
 *
 * Writing pages out is how memory becomes free, so it must not need memory
 * that is not there: all bios there are exist from the start, in their disk,
 * more than it has in flight, so that it is never idle while somebody waits for
 * one.  One always comes back, since every bio that was given out is submitted
 * before its owner sleeps for anything else (see bio_alloc).  A disk that does
 * not answer has no bios of others.
 *
 * Who waits for its bio has it on its own stack, and a flag beside it; all wait
 * on one queue: once the flag is set the stack may go, but the queue stays.
 *
 * Invariants
 *   I1  The driver and the interrupt do not touch a bio after its end_io().
 *
 * Locks: disk->queue_lock (RANK_BLOCK); end_io runs without any.
 *
 * Not done: merging bios of different submitters (the page cache gathers
 * neighbours itself); priorities of readers over writers; timeouts.
 */
#include "block/blkdev.h"

#include "lib/assert.h"
#include "lib/bitops.h"

static struct wait_queue sync_wait = WAIT_QUEUE_INIT(sync_wait);

/* => NULL: all are outside; one will come back */
static struct bio *
take_free(struct disk *disk)
{
    uint32_t free = atomic_load(&disk->free_bios);

    while (free && !atomic_compare_exchange_weak(&disk->free_bios, &free,
                                                 free & (free - 1)))
        ; /* somebody took or gave one back: free is what there is now */
    return free ? &disk->bios[ctz64(free)] : NULL;
}

struct bio *
bio_alloc(struct block_device *bdev, enum bio_op op, uint64_t sector)
{
    struct bio *bio;

    wait_event(&bdev->disk->bio_wait, (bio = take_free(bdev->disk)));
    bio->bdev = bdev;
    bio->op = op;
    bio->sector = sector;
    bio->nr_pages = 0;
    return bio;
}

void
bio_put(struct bio *bio)
{
    struct disk *disk = bio->bdev->disk;

    atomic_fetch_or(&disk->free_bios, 1u << (bio - disk->bios));
    wake_up(&disk->bio_wait);
}

/*
 * Put bio (NULL: none) behind those that wait, and give the driver what it
 * takes.  The device is told with no lock held: that may take its host long,
 * and others would spin meanwhile.
 */
static void
dispatch(struct disk *disk, struct bio *bio)
{
    bool queued = false;

    spin_lock(&disk->queue_lock);
    if (bio)
        list_add_tail(&bio->link, &disk->pending);
    while (!list_empty(&disk->pending)) {
        bio = list_first_entry(&disk->pending, struct bio, link);
        list_del(&bio->link); /* once queued it may have ended already */
        if (!disk->queue(disk, bio)) {
            list_add(&bio->link, &disk->pending);
            break;
        }
        queued = true;
    }
    spin_unlock(&disk->queue_lock);
    if (queued)
        disk->kick(disk);
}

/* What cannot be sent ends here and now. */
void
submit_bio(struct bio *bio)
{
    const struct block_device *bdev = bio->bdev;
    uint64_t n = (uint64_t)bio->nr_pages * SECTORS_PER_PAGE;
    bool good = n <= bdev->nr_sectors && bio->sector <= bdev->nr_sectors - n &&
                !(bio->op == BIO_WRITE && bdev->disk->read_only);

    ASSERT((bio->op == BIO_FLUSH) == (n == 0));
    bio->status = good ? 0 : -EIO;
    if (!good || (bio->op == BIO_FLUSH && !bdev->disk->has_flush))
        bio->end_io(bio);
    else
        dispatch(bdev->disk, bio);
}

void
disk_done(struct disk *disk, struct bio *bio, int status)
{
    bio->status = status;
    bio->end_io(bio);
    dispatch(disk, NULL);
}

static void
end_sync(struct bio *bio)
{
    __atomic_store_n((bool *)bio->private, true, __ATOMIC_RELEASE);
    wake_up_all(&sync_wait); /* the waiter's flag may be gone already */
}

int
submit_bio_wait(struct block_device *bdev, enum bio_op op, uint64_t sector,
                struct page *page)
{
    bool done = false;
    struct bio bio = {.bdev = bdev,
                      .op = op,
                      .sector = sector,
                      .nr_pages = page ? 1 : 0,
                      .end_io = end_sync,
                      .private = &done,
                      .pages = {page}};

    submit_bio(&bio);
    wait_event(&sync_wait, __atomic_load_n(&done, __ATOMIC_ACQUIRE));
    return bio.status;
}
