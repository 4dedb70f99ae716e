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
 * ignored, sizes are bounded.
 *
 * Invariants
 *   I1  Bit i of `outstanding`: the device has the bio of slot i and has not
 *       returned it.  Set under the queue lock, cleared by the interrupt.
 *
 * Locks: the queue lock of the disk guards what is sent; what comes back is read
 * by the interrupt handler alone, which runs on one hart.
 *
 * Not done: indirect descriptors, several queues, discard; a device that never
 * answers, or wants a reset, is waited for forever.
 */
#include "dev/devices.h"

#include "block/blkdev.h"
#include "core/machine.h"
#include "core/printk.h"
#include "dev/virtio_mmio.h"
#include "lib/bitops.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"
#include "riscv/plic.h"

enum { SLOT_DESCS = BIO_MAX_PAGES + 2, NR_SLOTS = VIRTQ_SIZE / SLOT_DESCS };
#define MAX_SECTORS (1UL << 50)

struct slot {
    struct virtio_blk_header header;
    volatile uint8_t status;
    struct bio *bio;
};

/* Keys: (c) constant; (q) queue lock; (a) atomic; (i) the interrupt's. */
struct virtio_blk {
    struct disk disk;                  /* first */
    volatile struct virtio_regs *regs; /* (c) */
    struct virtq *vq;                  /* (q); `used` is the device's */
    uint16_t last_used;                /* (i) how far we have read */
    _Atomic uint32_t outstanding;      /* (a) by slot */
    struct slot slot[NR_SLOTS];        /* (q) while they are not outstanding */
};

static void
write_address(volatile uint32_t reg[2], volatile void *p)
{
    reg[0] = (uint32_t)__pa(p);
    reg[1] = (uint32_t)(__pa(p) >> 32);
}

/* => the next descriptor */
static struct virtq_desc *
set_desc(struct virtq_desc *d, paddr_t addr, uint32_t len, int flags)
{
    d->addr = addr;
    d->len = len;
    d->flags = (uint16_t)flags;
    return d + 1;
}

/*
 * Put bio into the first free slot and publish its head.  The device may
 * begin at once, but will look for sure after virtio_kick().
 */
static bool
virtio_queue(struct disk *disk, struct bio *bio)
{
    static const uint32_t types[] = {
        [BIO_READ] = VIRTIO_BLK_T_IN,
        [BIO_WRITE] = VIRTIO_BLK_T_OUT,
        [BIO_FLUSH] = VIRTIO_BLK_T_FLUSH,
    };
    struct virtio_blk *vb = (struct virtio_blk *)disk;
    struct virtq_avail *avail = &vb->vq->avail;
    unsigned i = ctz64(~(uint64_t)atomic_load(&vb->outstanding));
    struct virtq_desc *d = &vb->vq->desc[i * SLOT_DESCS];
    struct slot *slot = &vb->slot[i];
    int flags =
        VIRTQ_DESC_F_NEXT | (bio->op == BIO_READ ? VIRTQ_DESC_F_WRITE : 0);

    if (i >= NR_SLOTS)
        return false;
    slot->bio = bio;
    slot->header.type = types[bio->op];
    slot->header.sector =
        bio->op == BIO_FLUSH ? 0 : bio->bdev->start_sector + bio->sector;
    slot->status = UINT8_MAX;
    d = set_desc(d, __pa(&slot->header), sizeof(slot->header),
                 VIRTQ_DESC_F_NEXT);
    for (unsigned n = 0; n < bio->nr_pages; n++)
        d = set_desc(d, page_to_phys(bio->pages[n]), PAGE_SIZE, flags);
    set_desc(d, __pa(&slot->status), 1, VIRTQ_DESC_F_WRITE);

    atomic_fetch_or(&vb->outstanding, 1u << i);
    avail->ring[avail->idx % VIRTQ_SIZE] = (uint16_t)(i * SLOT_DESCS);
    io_mb(); /* the chain before the index that publishes it */
    WRITE_ONCE(avail->idx, avail->idx + 1);
    return true;
}

static void
virtio_kick(struct disk *disk)
{
    struct virtio_blk *vb = (struct virtio_blk *)disk;

    io_mb(); /* the index before we look whether the device sleeps */
    if (!(vb->vq->used.flags & VIRTQ_USED_F_NO_NOTIFY))
        vb->regs->queue_notify = 0;
}

/* The device is done with the chain at head, it says. */
static void
end_chain(struct virtio_blk *vb, uint32_t head)
{
    uint32_t i = head / SLOT_DESCS;
    uint32_t bit = i < NR_SLOTS && head % SLOT_DESCS == 0 ? 1u << i : 0;
    struct slot done = vb->slot[i % NR_SLOTS];

    if (atomic_fetch_and(&vb->outstanding, ~bit) & bit) /* free from now on */
        disk_done(&vb->disk, done.bio,
                  done.status == VIRTIO_BLK_S_OK ? 0 : -EIO);
    else
        pr_err("%s: the device returned what it does not have",
               vb->disk.whole.name);
}

/* Acknowledged before we look: what ends later interrupts again. */
static void
virtio_interrupt(void *arg)
{
    struct virtio_blk *vb = arg;
    volatile struct virtq_used *used = &vb->vq->used;

    vb->regs->interrupt_ack = vb->regs->interrupt_status;
    io_mb();
    while (vb->last_used != used->idx) {
        io_mb(); /* the index before the entry */
        end_chain(vb, used->ring[vb->last_used++ % VIRTQ_SIZE].id);
    }
}

/* Agree on the features, read what the disk can do, and give it the rings. */
static int
start_disk(struct virtio_blk *vb)
{
    const uint32_t status = VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER;
    volatile struct virtio_regs *regs = vb->regs;
    uint64_t sectors;
    uint32_t low, high;

    regs->status = 0;
    regs->status = status;
    regs->device_features_sel = 1;
    high = regs->device_features & VIRTIO_F_HIGH_VERSION_1;
    regs->device_features_sel = 0;
    low = regs->device_features & (VIRTIO_BLK_F_RO | VIRTIO_BLK_F_FLUSH);
    regs->driver_features_sel = 1;
    regs->driver_features = high;
    regs->driver_features_sel = 0;
    regs->driver_features = low;
    regs->status = status | VIRTIO_STATUS_FEATURES_OK;
    regs->queue_sel = 0;
    if (!(regs->status & VIRTIO_STATUS_FEATURES_OK) || !high ||
        regs->queue_num_max < VIRTQ_SIZE)
        return -ENODEV;

    sectors = (uint64_t)regs->blk_capacity[1] << 32;
    sectors += regs->blk_capacity[0];
    vb->disk.whole.nr_sectors = MIN(sectors, MAX_SECTORS);
    vb->disk.has_flush = low & VIRTIO_BLK_F_FLUSH;
    vb->disk.read_only = low & VIRTIO_BLK_F_RO;
    vb->vq = kzalloc(sizeof(*vb->vq), GFP_KERNEL);
    if (!vb->vq)
        return -ENOMEM;
    for (uint16_t i = 0; i < VIRTQ_SIZE; i++)
        vb->vq->desc[i].next = i + 1;
    regs->queue_num = VIRTQ_SIZE;
    write_address(regs->queue_desc, vb->vq->desc);
    write_address(regs->queue_driver, &vb->vq->avail);
    write_address(regs->queue_device, &vb->vq->used);
    regs->queue_ready = 1;
    return 0;
}

/* A slot may be empty, or hold another device, or one that we cannot drive. */
static void
probe_slot(const struct device_info *slot)
{
    volatile struct virtio_regs *regs = ioremap(slot->base, slot->size);
    struct virtio_blk *vb;
    int err;

    if (!regs || regs->magic != VIRTIO_MAGIC_VALUE ||
        regs->device_id != VIRTIO_ID_BLOCK)
        return;
    if (regs->version != VIRTIO_VERSION_MODERN) {
        pr_warn("the disk at 0x%lx has the legacy virtio interface; start QEMU "
                "with -global virtio-mmio.force-legacy=false",
                slot->base);
        return;
    }
    vb = kzalloc(sizeof(*vb), GFP_KERNEL);
    if (!vb)
        return;
    vb->regs = regs;
    vb->disk.queue = virtio_queue;
    vb->disk.kick = virtio_kick;
    err = start_disk(vb) ?: irq_register(slot->irq, virtio_interrupt, vb);
    if (err) {
        /* vb stays: at boot, once, and the device may know it */
        regs->status = VIRTIO_STATUS_FAILED;
        pr_err("the disk at 0x%lx does not start: error %d", slot->base, err);
        return;
    }
    disk_register(&vb->disk);
    regs->status |= VIRTIO_STATUS_DRIVER_OK;
}

void
virtio_blk_init(void)
{
    for (unsigned i = 0; i < machine.virtio.nr; i++)
        probe_slot(&machine.virtio.range[i]);
}
