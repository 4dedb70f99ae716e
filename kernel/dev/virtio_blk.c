/* SPDX-License-Identifier: MIT */
/*
 * virtio_blk.c - disks on virtio over mmio, version 2 ("modern").
 *
 * How.  A request is a chain of descriptors: header, data pages, status byte.
 * Its head goes into the avail ring; when the device is done it puts the head
 * into the used ring and interrupts.  Chains of many requests are outstanding
 * at a time: each takes a slot, which has SLOT_DESCS descriptors, linked once
 * and for all, enough for the largest bio, and a place for header and status.
 * So nothing is allocated but a slot, which is a bit.
 *
 *     desc[]  |hdr|->|page|->|page|->|status|..|hdr|->|page|->|status|....
 *             slot 0                           slot 1
 *     avail   heads for the device   idx: ours
 *     used    heads that are done    idx: the device's
 *
 * What the device says is not trusted: heads that are not outstanding are
 * ignored, sizes are bounded, and a device that asks for a reset is given up:
 * all its requests end with -EIO.
 *
 * Invariants
 *   I1  Bit i of `outstanding`: the device has the bio of slot i and has not
 *       returned it.  Set under the queue lock, cleared by the interrupt.
 *
 * Locks: the queue lock of the disk guards what is sent; what comes back is read by
 * the interrupt handler alone, which runs on one hart.
 *
 * Not done: indirect descriptors, several queues, discard; a device that never
 * answers is waited for forever.
 */
#include "dev/devices.h"

#include "block/disk.h"
#include "core/machine.h"
#include "core/printk.h"
#include "dev/virtio_mmio.h"
#include "include/errno.h"
#include "include/stat.h"
#include "lib/bitops.h"
#include "lib/format.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"
#include "riscv/plic.h"

enum { MAX_DISKS = 26, MAX_SLOTS = 16, SLOT_DESCS = VIRTQ_MAX / MAX_SLOTS };
#define MAX_SECTORS (1UL << 50)

_Static_assert(SLOT_DESCS >= BIO_MAX_PAGES + 2, "a bio fits into a slot");

struct slot {
    struct virtio_blk_header header;
    volatile uint8_t status;
    struct bio *bio;
};

/* Keys: (c) constant; (q) queue lock; (a) atomic; (i) the interrupt's. */
struct virtio_blk {
    struct disk disk;
    volatile uint32_t *regs;      /* (c) each access is one load or store */
    struct virtq *vq;             /* (q); `used` is the device's */
    uint32_t size;                /* (c) of the rings */
    uint16_t last_used;           /* (i) how far we have read */
    _Atomic uint32_t outstanding; /* (a) by slot */
    bool dead;                    /* (q) */
    struct slot slot[MAX_SLOTS];  /* (q) while they are not outstanding */
};

static unsigned nr_disks;

static void
write_address(const struct virtio_blk *vb, unsigned reg, volatile void *p)
{
    vb->regs[reg] = (uint32_t)__pa(p);
    vb->regs[reg + 1] = (uint32_t)(__pa(p) >> 32);
}

/* => the next descriptor */
static struct virtq_desc *
set_desc(struct virtq_desc *d, paddr_t addr, uint64_t len, uint16_t flags)
{
    d->addr = addr;
    d->len = (uint32_t)len;
    d->flags = flags;
    return d + 1;
}

/*
 * Put bio into the first free slot and publish its head.  The device may
 * begin at once, but will look for sure after virtio_kick().
 */
static int
virtio_queue(struct disk *disk, struct bio *bio)
{
    static const uint32_t types[] = {
        [BIO_READ] = VIRTIO_BLK_T_IN,
        [BIO_WRITE] = VIRTIO_BLK_T_OUT,
        [BIO_FLUSH] = VIRTIO_BLK_T_FLUSH,
    };
    struct virtio_blk *vb = disk->private;
    struct virtq_avail *avail = &vb->vq->avail;
    unsigned i = ctz64(~(uint64_t)atomic_load(&vb->outstanding));
    uint16_t head = (uint16_t)(i * SLOT_DESCS);
    struct virtq_desc *d = &vb->vq->desc[head];
    struct slot *slot = &vb->slot[i];
    uint16_t data_flags =
        VIRTQ_DESC_F_NEXT | (bio->op == BIO_READ ? VIRTQ_DESC_F_WRITE : 0);
    uint32_t left = bio->bytes;

    if (vb->dead)
        return -EIO;
    if (head >= vb->size)
        return -EBUSY;
    slot->bio = bio;
    slot->header.type = types[bio->op];
    slot->header.sector = bio->op == BIO_FLUSH ? 0 : disk_sector(bio);
    slot->status = UINT8_MAX;
    d = set_desc(d, __pa(&slot->header), sizeof(slot->header),
                 VIRTQ_DESC_F_NEXT);
    for (unsigned n = 0; left > 0; n++) {
        uint32_t len = MIN(left, (uint32_t)PAGE_SIZE);

        d = set_desc(d, page_to_phys(bio->pages[n]), len, data_flags);
        left -= len;
    }
    set_desc(d, __pa(&slot->status), 1, VIRTQ_DESC_F_WRITE);

    atomic_fetch_or(&vb->outstanding, 1u << i);
    avail->ring[avail->idx % vb->size] = head;
    io_mb(); /* the chain before the index that publishes it */
    WRITE_ONCE(avail->idx, avail->idx + 1);
    return 0;
}

static void
virtio_kick(struct disk *disk)
{
    struct virtio_blk *vb = disk->private;

    io_mb(); /* the index before we look whether the device sleeps */
    if (!(vb->vq->used.flags & VIRTQ_USED_F_NO_NOTIFY))
        vb->regs[VIRTIO_QUEUE_NOTIFY] = 0;
}

/* The device wants a reset: give it up, and all that it has. */
static void
bury(struct virtio_blk *vb)
{
    uint32_t lost;

    pr_err("%s: the device failed", vb->disk.whole.name);
    spin_lock(&vb->disk.queue_lock);
    vb->dead = true;
    vb->regs[VIRTIO_STATUS] = 0; /* it lets go of our memory */
    spin_unlock(&vb->disk.queue_lock);
    lost = atomic_exchange(&vb->outstanding, 0);
    for (; lost; lost &= lost - 1)
        disk_done(&vb->disk, vb->slot[ctz64(lost)].bio, -EIO);
}

/* The device is done with the chain at head, it says. */
static void
end_chain(struct virtio_blk *vb, uint32_t head)
{
    uint32_t i = head / SLOT_DESCS;
    uint32_t bit = head < vb->size && head % SLOT_DESCS == 0 ? 1u << i : 0;
    struct slot *slot = &vb->slot[i % MAX_SLOTS], done = *slot;

    if (atomic_fetch_and(&vb->outstanding, ~bit) & bit) /* free from now on */
        disk_done(&vb->disk, done.bio,
                  done.status == VIRTIO_BLK_S_OK ? 0 : -EIO);
    else
        pr_err("%s: the device returned what it does not have",
               vb->disk.whole.name);
}

/* Acknowledged first: what ends later interrupts again. */
static void
virtio_interrupt(void *arg)
{
    struct virtio_blk *vb = arg;
    volatile struct virtq_used *used = &vb->vq->used;

    vb->regs[VIRTIO_INTERRUPT_ACK] = vb->regs[VIRTIO_INTERRUPT_STATUS];
    while (vb->last_used != used->idx) {
        io_mb(); /* the index before the entry */
        end_chain(vb, used->ring[vb->last_used++ % vb->size].id);
    }
    if (vb->regs[VIRTIO_STATUS] & VIRTIO_STATUS_NEEDS_RESET && !vb->dead)
        bury(vb);
}

/* Agree on the features, read what the disk can do, and give it the rings. */
static int
start_disk(struct virtio_blk *vb)
{
    const uint32_t status = VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER;
    volatile uint32_t *regs = vb->regs;
    uint64_t sectors;
    uint32_t low, high;

    regs[VIRTIO_STATUS] = 0;
    regs[VIRTIO_STATUS] = status;
    regs[VIRTIO_DEVICE_FEATURES_SEL] = 1;
    high = regs[VIRTIO_DEVICE_FEATURES] & VIRTIO_F_HIGH_VERSION_1;
    regs[VIRTIO_DEVICE_FEATURES_SEL] = 0;
    low = regs[VIRTIO_DEVICE_FEATURES] & (VIRTIO_BLK_F_RO | VIRTIO_BLK_F_FLUSH);
    regs[VIRTIO_DRIVER_FEATURES_SEL] = 1;
    regs[VIRTIO_DRIVER_FEATURES] = high;
    regs[VIRTIO_DRIVER_FEATURES_SEL] = 0;
    regs[VIRTIO_DRIVER_FEATURES] = low;
    regs[VIRTIO_STATUS] = status | VIRTIO_STATUS_FEATURES_OK;
    regs[VIRTIO_QUEUE_SEL] = 0;
    vb->size = MIN(regs[VIRTIO_QUEUE_NUM_MAX], (uint32_t)VIRTQ_MAX);
    if (!(regs[VIRTIO_STATUS] & VIRTIO_STATUS_FEATURES_OK) || !high ||
        vb->size < SLOT_DESCS || vb->size & (vb->size - 1))
        return -ENODEV;

    sectors = (uint64_t)regs[VIRTIO_BLK_CAPACITY + 1] << 32;
    sectors += regs[VIRTIO_BLK_CAPACITY];
    vb->disk.whole.nr_sectors = MIN(sectors, MAX_SECTORS);
    vb->disk.has_flush = low & VIRTIO_BLK_F_FLUSH;
    vb->disk.read_only = low & VIRTIO_BLK_F_RO;
    vb->vq = kzalloc(sizeof(*vb->vq), GFP_KERNEL);
    if (!vb->vq)
        return -ENOMEM;
    for (uint16_t i = 0; i < VIRTQ_MAX; i++)
        vb->vq->desc[i].next = i + 1;
    regs[VIRTIO_QUEUE_NUM] = vb->size;
    write_address(vb, VIRTIO_QUEUE_DESC, vb->vq->desc);
    write_address(vb, VIRTIO_QUEUE_DRIVER, &vb->vq->avail);
    write_address(vb, VIRTIO_QUEUE_DEVICE, &vb->vq->used);
    regs[VIRTIO_QUEUE_READY] = 1;
    return 0;
}

/* => the disk is known to the block layer and runs */
static int
add_disk(struct virtio_blk *vb, uint32_t irq)
{
    struct disk *disk = &vb->disk;
    char *name = disk->whole.name;
    int err = start_disk(vb);

    snprintf(name, BDEV_NAME_LEN, "vd%c", 'a' + (int)nr_disks);
    disk->first_minor = nr_disks * VIRTBLK_MINORS;
    disk->queue = virtio_queue;
    disk->kick = virtio_kick;
    disk->private = vb;
    if (!err)
        err = irq_register(irq, virtio_interrupt, vb);
    if (err)
        return err;
    disk_register(disk);
    vb->regs[VIRTIO_STATUS] |= VIRTIO_STATUS_DRIVER_OK;
    nr_disks++;
    printk("%s: virtio disk, %lu sectors%s%s", name, disk->whole.nr_sectors,
           disk->has_flush ? ", flush" : "",
           disk->read_only ? ", read-only" : "");
    return 0;
}

/* A slot may be empty, or hold another device, or one that we cannot drive. */
static void
probe_slot(const struct device_info *slot)
{
    volatile uint32_t *regs = ioremap(slot->base, slot->size);
    struct virtio_blk *vb;
    int err;

    if (!regs || regs[VIRTIO_MAGIC] != VIRTIO_MAGIC_VALUE ||
        regs[VIRTIO_DEVICE_ID] != VIRTIO_ID_BLOCK || nr_disks == MAX_DISKS)
        return;
    if (regs[VIRTIO_VERSION] != VIRTIO_VERSION_MODERN) {
        pr_warn("the disk at 0x%lx has the legacy virtio interface; start QEMU "
                "with -global virtio-mmio.force-legacy=false",
                slot->base);
        return;
    }
    vb = kzalloc(sizeof(*vb), GFP_KERNEL);
    if (!vb)
        return;
    vb->regs = regs;
    err = add_disk(vb, slot->irq);
    if (err) {
        /* vb stays: at boot, once, and the interrupt may know it */
        regs[VIRTIO_STATUS] = VIRTIO_STATUS_FAILED;
        pr_err("the disk at 0x%lx does not start: error %d", slot->base, err);
    }
}

void
virtio_blk_init(void)
{
    for (unsigned i = 0; i < machine.virtio.nr; i++)
        probe_slot(&machine.virtio.range[i]);
}
