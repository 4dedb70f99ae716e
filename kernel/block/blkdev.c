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
 * Interface: a driver calls disk_register(); main.c, once all disks
 * are there and interrupts work, blkdev_scan().  fs/ looks devices up and
 * claims them.
 *
 * Invariants
 *   I1  Of devices that overlap at most one is claimed, and while it is, none
 *       of the others has writers.
 *   I2  A partition lies inside its disk and overlaps no other (mbr_check).
 *
 * Locks: bd_lock guards the claims; the list of devices only grows, at boot,
 * before anybody looks.
 *
 * Not done: reading the table anew when it is written; removing a disk.
 */
#include "block/blkdev.h"

#include "block/partition.h"
#include "core/printk.h"
#include "include/stat.h"
#include "lib/format.h"
#include "mm/page_alloc.h"

static struct spinlock bd_lock = SPINLOCK_INIT(RANK_BLOCK, "block claims");
static struct block_device *devices;

struct block_device *
blkdev_next(struct block_device *bdev)
{
    return bdev ? bdev->next : devices;
}

struct block_device *
blkdev_lookup(dev_t dev)
{
    struct block_device *bdev = devices;

    while (bdev && bdev->dev != dev)
        bdev = bdev->next;
    return bdev;
}

struct block_device *
blkdev_lookup_name(const char *name)
{
    struct block_device *bdev = devices;

    while (bdev && strcmp(bdev->name, name) != 0)
        bdev = bdev->next;
    return bdev;
}

/* Make bdev known. */
static void
add_device(struct block_device *bdev, struct disk *disk, unsigned minor)
{
    struct block_device **at = &devices;

    bdev->dev = makedev(VIRTBLK_MAJOR, minor);
    bdev->partno = minor % VIRTBLK_MINORS;
    bdev->disk = disk;
    while (*at && (*at)->dev < bdev->dev)
        at = &(*at)->next;
    bdev->next = *at;
    *at = bdev;
    printk("%s: %lu sectors from %lu", bdev->name, bdev->nr_sectors,
           bdev->start_sector);
}

void
disk_register(struct disk *disk)
{
    static unsigned nr_disks;

    spin_init(&disk->queue_lock, RANK_BLOCK, "disk queue");
    list_init(&disk->pending);
    wait_queue_init(&disk->bio_wait);
    atomic_store(&disk->free_bios, UINT32_MAX);
    snprintf(disk->whole.name, BDEV_NAME_LEN, "vd%c", 'a' + (int)nr_disks);
    add_device(&disk->whole, disk, nr_disks++ * VIRTBLK_MINORS);
}

/* Read the first page of the disk, and make what the table in it says. */
static void
scan_disk(struct disk *disk, struct page *page)
{
    struct mbr *mbr = page_address(page);
    int ignored;

    if (submit_bio_wait(&disk->whole, BIO_READ, 0, page)) {
        pr_err("%s: cannot read the partition table", disk->whole.name);
        return;
    }
    ignored = mbr_check(mbr, disk->whole.nr_sectors);
    if (ignored > 0)
        pr_warn("%s: %d bad partition(s) ignored", disk->whole.name, ignored);
    for (unsigned i = 0; i < MBR_NR_PARTS && ignored >= 0; i++) {
        struct block_device *bdev = &disk->part[i];

        if (mbr->part[i].nr_sectors == 0)
            continue;
        snprintf(bdev->name, BDEV_NAME_LEN, "%s%u", disk->whole.name, i + 1);
        bdev->start_sector = mbr->part[i].start_sector;
        bdev->nr_sectors = mbr->part[i].nr_sectors;
        add_device(bdev, disk, minor(disk->whole.dev) + i + 1);
    }
}

void
blkdev_scan(void)
{
    struct page *page = alloc_page(GFP_KERNEL);

    for (struct block_device *bdev = devices; page && bdev; bdev = bdev->next)
        if (!bdev->partno)
            scan_disk(bdev->disk, page);
    if (page)
        put_page(page);
}

int
bd_claim(struct block_device *bdev, bool exclusive)
{
    bool busy = false;

    spin_lock(&bd_lock);
    for (struct block_device *other = devices; other; other = other->next)
        if (other->disk == bdev->disk &&
            (other == bdev || !other->partno || !bdev->partno)) /* overlap */
            busy |= exclusive ? other->writers != 0 : other->writers < 0;
    if (!busy)
        bdev->writers += exclusive ? -1 : 1;
    spin_unlock(&bd_lock);
    return busy ? -EBUSY : 0;
}

void
bd_release(struct block_device *bdev, bool exclusive)
{
    spin_lock(&bd_lock);
    ASSERT(exclusive ? bdev->writers == -1 : bdev->writers > 0);
    bdev->writers += exclusive ? 1 : -1;
    spin_unlock(&bd_lock);
}
