/* SPDX-License-Identifier: MIT */
/*
 * blkdev.c - the block devices: registry, partitions, and who may use which.
 *
 * How.  Each disk is one block device, each entry of its partition table
 * another, which begins at start_sector of the disk.  They stand on one list
 * in the order of their numbers; there are few, so every search walks it.
 *
 *     vda    |#|..........................................|
 *     vda1      |-- ext2 ---------------|
 *     vda2                                |-- swap --|
 *
 * Two devices overlap if they are the same, or on one disk and one of them is
 * the whole of it.  Only overlapping ones can be in each other's way.
 *
 * Interface: a driver calls disk_register() (disk.h); main.c, once all disks
 * are there and interrupts work, blkdev_scan().  fs/ looks devices up and
 * claims them.
 *
 * Invariants
 *   I1  Of devices that overlap at most one is claimed, and while it is, none
 *       of the others has writers.
 *   I2  A partition lies inside its disk and overlaps no other (mbr_parse).
 *
 * Locks: bd_lock guards the claims; the list of devices only grows, at boot,
 * before anybody looks.
 *
 * Not done: reading the table anew when it is written; removing a disk.
 */
#include "block/blkdev.h"

#include "block/disk.h"
#include "block/partition.h"
#include "core/printk.h"
#include "include/errno.h"
#include "include/stat.h"
#include "lib/format.h"
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

/* Make bdev known as partition partno, or 0, the whole disk. */
static void
add_device(struct block_device *bdev, struct disk *disk, unsigned partno)
{
    struct block_device *pos;

    bdev->dev = makedev(VIRTBLK_MAJOR, disk->first_minor + partno);
    bdev->partno = partno;
    bdev->disk = disk;
    list_for_each_entry(pos, &devices, link)
        if (pos->dev > bdev->dev)
            break;
    list_add_tail(&bdev->link, &pos->link);
}

void
disk_register(struct disk *disk)
{
    spin_init(&disk->queue_lock, RANK_BLOCK, "disk queue");
    list_init(&disk->pending);
    add_device(&disk->whole, disk, 0);
}

/* Read the first page of the disk, and make what the table in it says. */
static void
scan_disk(struct disk *disk, struct page *page)
{
    struct bio *bio = bio_alloc(GFP_KERNEL);
    struct extent part[MBR_NR_PARTS];
    int err, ignored;

    bio->bdev = &disk->whole;
    bio_add_page(bio, page);
    err = submit_bio_wait(bio);
    bio_put(bio);
    if (err) {
        pr_err("%s: cannot read the partition table", disk->whole.name);
        return;
    }
    ignored = mbr_parse(page_address(page), disk->whole.nr_sectors, part);
    if (ignored > 0)
        pr_warn("%s: %d bad partition(s) ignored", disk->whole.name, ignored);
    for (unsigned i = 0; i < MBR_NR_PARTS && ignored >= 0; i++) {
        struct block_device *bdev =
            part[i].nr_sectors ? kzalloc(sizeof(*bdev), GFP_KERNEL) : NULL;

        if (!bdev)
            continue;
        snprintf(bdev->name, sizeof(bdev->name), "%s%u", disk->whole.name,
                 i + 1);
        bdev->start_sector = part[i].start;
        bdev->nr_sectors = part[i].nr_sectors;
        add_device(bdev, disk, i + 1);
    }
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

int
bd_claim(struct block_device *bdev, bool exclusive)
{
    struct block_device *other = NULL;
    bool busy = false;

    spin_lock(&bd_lock);
    while ((other = blkdev_next(other)))
        if (other->disk == bdev->disk &&
            (other == bdev || !other->partno || !bdev->partno)) /* overlap */
            busy |= other->claimed || (exclusive && other->writers);
    if (!busy && exclusive)
        bdev->claimed = true;
    else if (!busy)
        bdev->writers++;
    spin_unlock(&bd_lock);
    return busy ? -EBUSY : 0;
}

void
bd_release(struct block_device *bdev, bool exclusive)
{
    spin_lock(&bd_lock);
    ASSERT(exclusive ? bdev->claimed : bdev->writers > 0);
    if (exclusive)
        bdev->claimed = false;
    else
        bdev->writers--;
    spin_unlock(&bd_lock);
}
