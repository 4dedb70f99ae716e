/* SPDX-License-Identifier: MIT */
/*
 * bio.c - allocating bios, and waiting for them.
 *
 * Writing pages out is how memory becomes free, so it must not need memory
 * that is not there: when the slab cache has no bio, the reserve gives one,
 * and when the reserve is empty the caller waits for a bio to come back.  One
 * always does, since every bio outside has been submitted (see bio_alloc).
 *
 * Locks: reserve.wait.lock guards the reserve itself.
 */
#include "block/bio.h"

#include "include/errno.h"
#include "lib/assert.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "sched/sched.h"

enum { RESERVE_BIOS = 16 };

static struct kmem_cache *bio_cache;
static struct wait_queue sync_wait = WAIT_QUEUE_INIT(sync_wait);
static struct {
    struct wait_queue wait; /* for nr > 0 */
    struct list_head bios;
    unsigned nr;
} reserve;

static struct bio *
take_reserve(void)
{
    struct bio *bio;

    spin_lock(&reserve.wait.lock);
    bio = list_first_entry_or_null(&reserve.bios, struct bio, link);
    if (bio) {
        list_del(&bio->link);
        reserve.nr--;
    }
    spin_unlock(&reserve.wait.lock);
    return bio;
}

struct bio *
bio_alloc(gfp_t gfp)
{
    struct bio *bio;

    bio = kmem_cache_alloc(bio_cache, gfp | __GFP_NOWARN | __GFP_NORETRY);
    if (!bio && gfp & __GFP_WAIT)
        wait_event(&reserve.wait, (bio = take_reserve()));
    if (bio) {
        memset(bio, 0, offsetof(struct bio, pages));
        list_init(&bio->link);
    }
    return bio;
}

void
bio_put(struct bio *bio)
{
    bool kept = false;

    if (READ_ONCE(reserve.nr) < RESERVE_BIOS) {
        spin_lock(&reserve.wait.lock);
        kept = reserve.nr < RESERVE_BIOS;
        if (kept) {
            list_add(&bio->link, &reserve.bios);
            reserve.nr++;
        }
        spin_unlock(&reserve.wait.lock);
    }
    if (kept)
        wake_up(&reserve.wait);
    else
        kmem_cache_free(bio_cache, bio);
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
    wait_queue_init(&reserve.wait);
    list_init(&reserve.bios);
    while (bio_cache && reserve.nr < RESERVE_BIOS) {
        struct bio *bio = kmem_cache_alloc(bio_cache, GFP_KERNEL);

        if (!bio)
            break;
        bio_put(bio);
    }
    if (reserve.nr < RESERVE_BIOS)
        panic("no memory for block I/O");
}
