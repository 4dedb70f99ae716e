/* SPDX-License-Identifier: MIT */
/*
 * bio.c - bios: getting one, sending it to the disk, waiting for it.
 *
 * A disk's bios wait in the order in which they came until the driver has room
 * (many are in flight); those that ended are handed back one by one, with no
 * lock held.  Bios in flight may overtake each other; who writes and reads the
 * same sectors waits in between (the page cache does: page lock and
 * writeback).  A flush covers the writes that ended before it was submitted.
 *
 *     submit_bio -> pending -> driver -> disk_done -> end_io
 *                      ^------- the next ---'
 *
 * Writing pages out is how memory becomes free, so it must not need memory
 * that is not there: when the slab cache has no bio, the reserve gives one,
 * and when the reserve is empty the caller waits for a bio to come back.  One
 * always does, since every bio outside has been submitted (see bio_alloc).
 *
 * Who waits for a bio waits for a flag on its own stack, on a queue for all:
 * once the flag is set its stack may go, but the queue stays.
 *
 * Locks: disk->queue_lock (RANK_BLOCK); reserve_wait.lock guards the reserve
 * itself; end_io runs without any.
 *
 * Not done: merging bios of different submitters (the page cache gathers
 * neighbours itself); priorities of readers over writers; timeouts.
 */
#include "block/bio.h"

#include "block/disk.h"
#include "lib/assert.h"
#include "mm/page.h"
#include "mm/slab.h"
#include "sched/sched.h"

enum { RESERVE_BIOS = 16 };

static struct kmem_cache *bio_cache;
static struct bio reserve[RESERVE_BIOS];
static LIST_HEAD(reserve_free);
static struct wait_queue reserve_wait = WAIT_QUEUE_INIT(reserve_wait);
static struct wait_queue sync_wait = WAIT_QUEUE_INIT(sync_wait);

/* => NULL: all are outside; one will come back */
static struct bio *
take_reserve(void)
{
    struct bio *bio;

    spin_lock(&reserve_wait.lock);
    bio = list_first_entry_or_null(&reserve_free, struct bio, link);
    if (bio)
        list_del(&bio->link);
    spin_unlock(&reserve_wait.lock);
    return bio;
}

struct bio *
bio_alloc(gfp_t gfp)
{
    struct bio *bio =
        kmem_cache_alloc(bio_cache, gfp | __GFP_NOWARN | __GFP_NORETRY);

    if (!bio && gfp & __GFP_WAIT)
        wait_event(&reserve_wait, (bio = take_reserve()));
    if (bio)
        memset(bio, 0, offsetof(struct bio, pages));
    return bio;
}

void
bio_put(struct bio *bio)
{
    if (bio < reserve || bio >= reserve + RESERVE_BIOS) {
        kmem_cache_free(bio_cache, bio);
        return;
    }
    spin_lock(&reserve_wait.lock);
    list_add(&bio->link, &reserve_free);
    spin_unlock(&reserve_wait.lock);
    wake_up(&reserve_wait);
}

bool
bio_add_page(struct bio *bio, struct page *page)
{
    if (bio->nr_pages == BIO_MAX_PAGES)
        return false;
    bio->pages[bio->nr_pages++] = page;
    bio->bytes += PAGE_SIZE;
    return true;
}

/*
 * Put bio (NULL: none) behind those that wait, and give the driver what it
 * takes.  The device is told with no lock held: that may take its host long,
 * and others would spin meanwhile.  What a dead device refuses ends here.
 */
static void
dispatch(struct disk *disk, struct bio *bio)
{
    LIST_HEAD(refused);
    bool queued = false;
    struct bio *next;
    int err = 0;

    spin_lock(&disk->queue_lock);
    if (bio)
        list_add_tail(&bio->link, &disk->pending);
    while (err != -EBUSY && !list_empty(&disk->pending)) {
        bio = list_first_entry(&disk->pending, struct bio, link);
        list_del(&bio->link);
        err = disk->queue(disk, bio);
        if (err == 0)
            queued = true; /* the driver's: it may have ended already */
        else
            list_add(&bio->link, err == -EBUSY ? &disk->pending : &refused);
    }
    spin_unlock(&disk->queue_lock);
    if (queued)
        disk->kick(disk);
    list_for_each_entry_safe(bio, next, &refused, link) {
        bio->status = -EIO;
        bio->end_io(bio); /* owns it, and may submit again */
    }
}

/* What cannot be sent ends here and now. */
void
submit_bio(struct bio *bio)
{
    const struct block_device *bdev = bio->bdev;
    uint64_t n = bio->bytes >> SECTOR_SHIFT;

    ASSERT((bio->op == BIO_FLUSH) == (bio->bytes == 0) &&
           bio->bytes % SECTOR_SIZE == 0 &&
           bio->bytes <= bio->nr_pages * PAGE_SIZE);
    bio->status = 0;
    if (n > bdev->nr_sectors || bio->sector > bdev->nr_sectors - n ||
        (bio->op == BIO_WRITE && bdev->disk->read_only))
        bio->status = -EIO;
    if (bio->status || (bio->op == BIO_FLUSH && !bdev->disk->has_flush))
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
submit_bio_wait(struct bio *bio)
{
    bool done = false;

    bio->private = &done;
    bio->end_io = end_sync;
    submit_bio(bio);
    wait_event(&sync_wait, __atomic_load_n(&done, __ATOMIC_ACQUIRE));
    return bio->status;
}

int
blkdev_issue_flush(struct block_device *bdev)
{
    struct bio *bio = bio_alloc(GFP_KERNEL);
    int err;

    bio->bdev = bdev;
    bio->op = BIO_FLUSH;
    err = submit_bio_wait(bio);
    bio_put(bio);
    return err;
}

void
bio_init(void)
{
    bio_cache = kmem_cache_create("bio", sizeof(struct bio), 0, 0, NULL);
    for (unsigned i = 0; i < RESERVE_BIOS; i++)
        list_add(&reserve[i].link, &reserve_free);
}
