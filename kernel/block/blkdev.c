/* SPDX-License-Identifier: MIT */
/*
 * blkdev.c - the block devices: registry, partitions, and who may use which.
 *
 * Locks: bd_lock guards the claims; the list of devices only grows, at boot,
 * before anybody looks.
 */
#include "block/blkdev.h"

#include "block/partition.h"
#include "block/request.h"
#include "core/printk.h"
#include "include/errno.h"
#include "include/major.h"
#include "lib/assert.h"
#include "lib/format.h"
#include "lib/string.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"

static struct spinlock bd_lock = SPINLOCK_INIT(RANK_BLOCK, "block claims");
static LIST_HEAD(devices);

struct block_device *
blkdev_next(struct block_device *bdev)
{
    struct list_head *next = bdev ? bdev->link.next : devices.next;

    return next == &devices ? NULL
                            : list_entry(next, struct block_device, link);
}

struct block_device *
blkdev_lookup(dev_t dev)
{
    struct block_device *bdev = NULL;

    while ((bdev = blkdev_next(bdev)) && bdev->dev != dev)
        ;
    return bdev;
}

struct block_device *
blkdev_lookup_name(const char *name)
{
    struct block_device *bdev = NULL;

    while ((bdev = blkdev_next(bdev)) && strcmp(bdev->name, name) != 0)
        ;
    return bdev;
}

static void
add_stats(struct disk_stats *sum, const struct disk_stats *s)
{
    for (unsigned op = 0; op < ARRAY_SIZE(s->ios); op++) {
        sum->ios[op] += s->ios[op];
        sum->merges[op] += s->merges[op];
        sum->sectors[op] += s->sectors[op];
        sum->ticks[op] += s->ticks[op];
    }
    sum->in_flight += s->in_flight;
}

void
blkdev_stats(struct block_device *bdev, struct disk_stats *out)
{
    struct block_device *part = NULL;

    *out = (struct disk_stats){0};
    spin_lock(&bdev->disk->queue.lock);
    while ((part = blkdev_next(part)))
        if (part == bdev || (part->disk == bdev->disk && !bdev->partno))
            add_stats(out, &part->stats);
    spin_unlock(&bdev->disk->queue.lock);
}

/* Put bdev on the list, which is in the order of device numbers. */
static void
list_device(struct block_device *bdev)
{
    struct block_device *pos;

    list_for_each_entry(pos, &devices, link)
        if (pos->dev > bdev->dev)
            break;
    list_add_tail(&bdev->link, &pos->link);
}

static struct block_device *
add_device(struct disk *disk, unsigned partno, uint64_t start, uint64_t n)
{
    struct block_device *bdev = kzalloc(sizeof(*bdev), GFP_KERNEL);

    if (!bdev)
        return NULL;
    bdev->dev = makedev(VIRTBLK_MAJOR, disk->first_minor + partno);
    if (partno)
        snprintf(bdev->name, sizeof(bdev->name), "%s%u", disk->name, partno);
    else
        strlcpy(bdev->name, disk->name, sizeof(bdev->name));
    bdev->partno = partno;
    bdev->start_sector = start;
    bdev->nr_sectors = n;
    bdev->disk = disk;
    list_device(bdev);
    return bdev;
}

int
disk_register(struct disk *disk)
{
    struct request_queue *q = &disk->queue;

    spin_init(&q->lock, RANK_BLOCK, "request queue");
    list_init(&q->pending);
    list_init(&q->free);
    for (unsigned i = 0; i < QUEUE_DEPTH; i++)
        list_add_tail(&q->requests[i].link, &q->free);
    disk->whole = add_device(disk, 0, 0, disk->nr_sectors);
    return disk->whole ? 0 : -ENOMEM;
}

int
disk_add_partition(struct disk *disk, unsigned partno, uint64_t start,
                   uint64_t nr_sectors)
{
    return add_device(disk, partno, start, nr_sectors) ? 0 : -ENOMEM;
}

/* Read sector 0 into page.  => 0 or -EIO */
static int
read_first_sector(struct block_device *bdev, struct page *page)
{
    struct bio *bio = bio_alloc(GFP_KERNEL);
    int err;

    bio->bdev = bdev;
    bio_add_page(bio, page);
    if (bdev->nr_sectors < SECTORS_PER_PAGE)
        bio->bytes = (uint32_t)bdev->nr_sectors * SECTOR_SIZE;
    err = bio->bytes ? submit_bio_wait(bio) : -EIO;
    bio_put(bio);
    return err;
}

static void
scan_disk(struct disk *disk, struct page *page)
{
    struct extent part[MBR_NR_PARTS];
    int ignored;

    if (read_first_sector(disk->whole, page) < 0) {
        pr_err("%s: cannot read the partition table", disk->name);
        return;
    }
    ignored = mbr_parse(page_address(page), disk->nr_sectors, part);
    if (ignored < 0)
        return; /* a disk without partitions */
    if (ignored)
        pr_warn("%s: %d bad partition(s) ignored", disk->name, ignored);
    for (unsigned i = 0; i < MBR_NR_PARTS; i++)
        if (part[i].nr_sectors)
            disk_add_partition(disk, i + 1, part[i].start, part[i].nr_sectors);
}

void
blkdev_scan(void)
{
    struct page *page = alloc_page(GFP_KERNEL);
    struct block_device *bdev = NULL;

    while (page && (bdev = blkdev_next(bdev)))
        if (!bdev->partno)
            scan_disk(bdev->disk, page);
    if (page)
        put_page(page);
    while ((bdev = blkdev_next(bdev)))
        printk("%s: %lu sectors from %lu", bdev->name, bdev->nr_sectors,
               bdev->start_sector);
}

/* Is a device that shares sectors with bdev, or bdev itself, claimed? */
static bool
busy_locked(struct block_device *bdev, bool count_writers)
{
    struct block_device *other = NULL;

    while ((other = blkdev_next(other)))
        if (other->disk == bdev->disk &&
            (other == bdev || !other->partno || !bdev->partno) &&
            (other->holder || (count_writers && other->writers)))
            return true;
    return false;
}

int
bd_claim(struct block_device *bdev, void *holder)
{
    int err = 0;

    spin_lock(&bd_lock);
    if (busy_locked(bdev, true))
        err = -EBUSY;
    else
        bdev->holder = holder;
    spin_unlock(&bd_lock);
    return err;
}

void
bd_release(struct block_device *bdev, void *holder)
{
    spin_lock(&bd_lock);
    ASSERT(bdev->holder == holder);
    bdev->holder = NULL;
    spin_unlock(&bd_lock);
}

int
bd_get_writer(struct block_device *bdev)
{
    int err = 0;

    spin_lock(&bd_lock);
    if (busy_locked(bdev, false))
        err = -EBUSY;
    else
        bdev->writers++;
    spin_unlock(&bd_lock);
    return err;
}

void
bd_put_writer(struct block_device *bdev)
{
    spin_lock(&bd_lock);
    ASSERT(bdev->writers > 0);
    bdev->writers--;
    spin_unlock(&bd_lock);
}
