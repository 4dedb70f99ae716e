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
#include "dev/virtio_blk.h"

#include "block/disk.h"
#include "core/machine.h"
#include "core/printk.h"
#include "dev/virtio_mmio.h"
#include "include/errno.h"
#include "include/major.h"
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
    volatile uint32_t *regs;      /* (c) */
    struct virtq *vq;             /* (q); `used` is the device's */
    uint32_t size;                /* (c) of the rings */
    uint16_t last_used;           /* (i) how far we have read */
    _Atomic uint32_t outstanding; /* (a) by slot */
    bool dead;                    /* (q) */
    struct slot slot[MAX_SLOTS];  /* (q) while they are not outstanding */
};

static unsigned nr_disks;

/* A register; each access is one load or store of 32 bits. */
static volatile uint32_t *
reg(const struct virtio_blk *vb, unsigned offset)
{
    return vb->regs + offset / sizeof(uint32_t);
}

static void
write_address(const struct virtio_blk *vb, unsigned offset, volatile void *p)
{
    *reg(vb, offset) = (uint32_t)__pa(p);
    *reg(vb, offset + 4) = (uint32_t)(__pa(p) >> 32);
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
        *reg(vb, VIRTIO_QUEUE_NOTIFY) = 0;
}

static const struct disk_ops virtio_blk_ops = {
    .queue = virtio_queue,
    .kick = virtio_kick,
};

/* The device wants a reset: give it up, and all that it has. */
static void
bury(struct virtio_blk *vb)
{
    uint32_t lost;

    pr_err("%s: the device failed", vb->disk.name);
    spin_lock(&vb->disk.queue_lock);
    vb->dead = true;
    *reg(vb, VIRTIO_STATUS) = 0; /* it lets go of our memory */
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
        pr_err("%s: the device returned what it does not have", vb->disk.name);
}

/* Acknowledged first: what ends later interrupts again. */
static void
virtio_interrupt(void *arg)
{
    struct virtio_blk *vb = arg;
    volatile struct virtq_used *used = &vb->vq->used;

    *reg(vb, VIRTIO_INTERRUPT_ACK) = *reg(vb, VIRTIO_INTERRUPT_STATUS);
    while (vb->last_used != used->idx) {
        io_mb(); /* the index before the entry */
        end_chain(vb, used->ring[vb->last_used++ % vb->size].id);
    }
    if (*reg(vb, VIRTIO_STATUS) & VIRTIO_STATUS_NEEDS_RESET && !vb->dead)
        bury(vb);
}

/* Agree on the features, and read what the disk can do.  -ENODEV: no */
static int
negotiate(struct virtio_blk *vb)
{
    const uint32_t status = VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER;
    struct disk *disk = &vb->disk;
    uint32_t low, high;
    uint64_t capacity;

    *reg(vb, VIRTIO_STATUS) = 0;
    *reg(vb, VIRTIO_STATUS) = status;
    *reg(vb, VIRTIO_DEVICE_FEATURES_SEL) = 1;
    high = *reg(vb, VIRTIO_DEVICE_FEATURES) & VIRTIO_F_HIGH_VERSION_1;
    *reg(vb, VIRTIO_DEVICE_FEATURES_SEL) = 0;
    low = *reg(vb, VIRTIO_DEVICE_FEATURES) &
          (VIRTIO_BLK_F_RO | VIRTIO_BLK_F_FLUSH);
    *reg(vb, VIRTIO_DRIVER_FEATURES_SEL) = 1;
    *reg(vb, VIRTIO_DRIVER_FEATURES) = high;
    *reg(vb, VIRTIO_DRIVER_FEATURES_SEL) = 0;
    *reg(vb, VIRTIO_DRIVER_FEATURES) = low;
    *reg(vb, VIRTIO_STATUS) = status | VIRTIO_STATUS_FEATURES_OK;
    if (!(*reg(vb, VIRTIO_STATUS) & VIRTIO_STATUS_FEATURES_OK) || !high)
        return -ENODEV;
    capacity = *reg(vb, VIRTIO_BLK_CAPACITY);
    capacity |= (uint64_t)*reg(vb, VIRTIO_BLK_CAPACITY + 4) << 32;
    disk->nr_sectors = MIN(capacity, MAX_SECTORS);
    disk->has_flush = low & VIRTIO_BLK_F_FLUSH;
    disk->read_only = low & VIRTIO_BLK_F_RO;
    return 0;
}

/* Allocate the rings and tell the device.  => 0, -ENODEV, -ENOMEM */
static int
setup_queue(struct virtio_blk *vb)
{
    struct virtq *vq;

    *reg(vb, VIRTIO_QUEUE_SEL) = 0;
    vb->size = MIN(*reg(vb, VIRTIO_QUEUE_NUM_MAX), (uint32_t)VIRTQ_MAX);
    if (vb->size < SLOT_DESCS || vb->size & (vb->size - 1))
        return -ENODEV;
    vq = kzalloc(sizeof(*vq), GFP_KERNEL);
    if (!vq)
        return -ENOMEM;
    vb->vq = vq;
    for (uint16_t i = 0; i < VIRTQ_MAX; i++)
        vq->desc[i].next = i + 1;

    *reg(vb, VIRTIO_QUEUE_NUM) = vb->size;
    write_address(vb, VIRTIO_QUEUE_DESC, vq->desc);
    write_address(vb, VIRTIO_QUEUE_DRIVER, &vq->avail);
    write_address(vb, VIRTIO_QUEUE_DEVICE, &vq->used);
    *reg(vb, VIRTIO_QUEUE_READY) = 1;
    return 0;
}

/* Bring up the device behind vb->regs.  => 0 or -errno */
static int
start_disk(struct virtio_blk *vb, uint32_t irq)
{
    struct disk *disk = &vb->disk;
    int err = negotiate(vb);

    if (!err)
        err = setup_queue(vb);
    if (err)
        return err;
    snprintf(disk->name, sizeof(disk->name), "vd%c", 'a' + (int)nr_disks);
    disk->first_minor = nr_disks * VIRTBLK_MINORS;
    disk->ops = &virtio_blk_ops;
    disk->private = vb;
    err = irq_register(irq, virtio_interrupt, vb);
    if (!err)
        err = disk_register(disk);
    if (err)
        return err;
    *reg(vb, VIRTIO_STATUS) |= VIRTIO_STATUS_DRIVER_OK;
    nr_disks++;
    printk("%s: virtio disk, %lu sectors%s%s", disk->name, disk->nr_sectors,
           disk->has_flush ? ", flush" : "",
           disk->read_only ? ", read-only" : "");
    return 0;
}

/* Is there a disk that we can drive?  Says what is wrong with others. */
static bool
is_our_disk(const struct virtio_blk *vb, paddr_t base)
{
    uint32_t version = *reg(vb, VIRTIO_VERSION);

    if (*reg(vb, VIRTIO_MAGIC) != VIRTIO_MAGIC_VALUE ||
        *reg(vb, VIRTIO_DEVICE_ID) != VIRTIO_ID_BLOCK)
        return false;
    if (version == VIRTIO_VERSION_LEGACY)
        pr_warn("the disk at 0x%lx has the legacy virtio interface; start QEMU "
                "with -global virtio-mmio.force-legacy=false",
                base);
    return version == VIRTIO_VERSION_MODERN;
}

static void
probe_slot(const struct device_info *slot)
{
    struct virtio_blk *vb = kzalloc(sizeof(*vb), GFP_KERNEL);
    int err;

    if (!vb)
        return;
    vb->regs = ioremap(slot->base, slot->size);
    if (!vb->regs || !is_our_disk(vb, slot->base) || nr_disks == MAX_DISKS) {
        kfree(vb);
        return;
    }
    err = start_disk(vb, slot->irq);
    if (err) {
        /* vb stays: at boot, once, and the interrupt may know it */
        *reg(vb, VIRTIO_STATUS) = VIRTIO_STATUS_FAILED;
        pr_err("the disk at 0x%lx does not start: error %d", slot->base, err);
    }
}

void
virtio_blk_init(void)
{
    for (unsigned i = 0; i < machine.nr_virtio; i++)
        probe_slot(&machine.virtio[i]);
}
