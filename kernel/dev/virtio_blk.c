/* SPDX-License-Identifier: MIT */
/*
 * virtio_blk.c - disks on virtio over mmio, version 2 ("modern").
 *
 * How.  A request is a chain of descriptors: header, data pages, status byte.
 * Its head goes into the avail ring; when the device is done it puts the head
 * into the used ring and interrupts.  Chains of many requests are outstanding
 * at a time.  Header and status of request i live in cmd[i].
 *
 *     desc[]  |hdr|->|page|->|page|->|status|     free ones: chained by next
 *     avail   heads for the device   idx: ours
 *     used    heads that are done    idx: the device's
 *
 * What the device says is not trusted: heads that are not outstanding are
 * ignored, sizes are bounded, and a device that asks for a reset is given up:
 * all its requests end with -EIO.
 *
 * Invariants
 *   I1  request_of[h] is a request for exactly the heads h that the device
 *       has and has not returned, NULL for all others.
 *   I2  The chain of next[] from a head, or from free_head, is ours; the
 *       device's copy in desc[] is never read.
 *
 * Locks: lock (RANK_VIRTIO), inside the request queue's.
 *
 * Not done: indirect descriptors, several queues, discard; a device that never
 * answers is waited for forever.
 */
#include "dev/virtio_blk.h"

#include "block/request.h"
#include "core/machine.h"
#include "core/printk.h"
#include "dev/virtio_mmio.h"
#include "include/errno.h"
#include "include/major.h"
#include "lib/format.h"
#include "lib/macros.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"
#include "riscv/plic.h"

enum { MAX_DISKS = 26, RINGS_ORDER = 1 };
enum { USED_OFFSET = 1024 }; /* of the used ring in the rings' page */
#define MAX_SECTORS (1UL << 50)

_Static_assert(sizeof(struct virtq_desc) * VIRTQ_MAX <= PAGE_SIZE &&
                   sizeof(struct virtq_avail) <= USED_OFFSET &&
                   USED_OFFSET + sizeof(struct virtq_used) <= PAGE_SIZE,
               "descriptors fill one page, the rings another");

struct command {
    struct virtio_blk_header header;
    volatile uint8_t status;
};

/* Keys: (c) constant; (v) lock. */
struct virtio_blk {
    struct disk disk;
    volatile uint8_t *regs;                /* (c) */
    struct spinlock lock;                  /* RANK_VIRTIO */
    unsigned size;                         /* (c) of the rings */
    struct virtq_desc *desc;               /* (v) */
    struct virtq_avail *avail;             /* (v) */
    volatile struct virtq_used *used;      /* the device's */
    uint16_t last_used;                    /* (v) how far we have read */
    uint16_t free_head, nr_free;           /* (v) */
    bool dead;                             /* (v) */
    uint16_t next[VIRTQ_MAX];              /* (v) */
    struct request *request_of[VIRTQ_MAX]; /* (v) by head */
    struct command cmd[QUEUE_DEPTH];       /* (v) by request */
};

static unsigned nr_disks;

static uint32_t
read_reg(const struct virtio_blk *vb, unsigned offset)
{
    return *(volatile uint32_t *)(vb->regs + offset);
}

static void
write_reg(const struct virtio_blk *vb, unsigned offset, uint32_t value)
{
    *(volatile uint32_t *)(vb->regs + offset) = value;
}

static void
write_reg64(const struct virtio_blk *vb, unsigned offset, uint64_t value)
{
    write_reg(vb, offset, (uint32_t)value);
    write_reg(vb, offset + 4, (uint32_t)(value >> 32));
}

/* Fill the next free descriptor.  => its index; nr_free > 0 */
static uint16_t
push_desc_locked(struct virtio_blk *vb, paddr_t addr, uint64_t len,
                 uint16_t flags)
{
    uint16_t i = vb->free_head;

    vb->free_head = vb->next[i];
    vb->nr_free--;
    vb->desc[i] = (struct virtq_desc){
        .addr = addr,
        .len = (uint32_t)len,
        .flags = flags,
        .next = vb->next[i], /* the one that will be pushed next */
    };
    return i;
}

/* The data of all bios, page by page. */
static void
push_data_locked(struct virtio_blk *vb, struct request *rq)
{
    uint16_t flags =
        VIRTQ_DESC_F_NEXT | (rq->op == BIO_READ ? VIRTQ_DESC_F_WRITE : 0);
    struct bio *bio;

    list_for_each_entry(bio, &rq->bios, link) {
        uint64_t left = bio->bytes;

        for (unsigned i = 0; left > 0; i++) {
            uint64_t len = MIN(left, PAGE_SIZE);

            push_desc_locked(vb, page_to_phys(bio->pages[i]), len, flags);
            left -= len;
        }
    }
}

/* => how many descriptors rq takes: a page cut short may come last in a bio */
static unsigned
descs_needed(const struct request *rq)
{
    return rq->nr_segments + 2u;
}

static int
virtio_queue_rq(struct disk *disk, struct request *rq)
{
    static const uint32_t types[] = {
        [BIO_READ] = VIRTIO_BLK_T_IN,
        [BIO_WRITE] = VIRTIO_BLK_T_OUT,
        [BIO_FLUSH] = VIRTIO_BLK_T_FLUSH,
    };
    struct virtio_blk *vb = disk->private;
    struct command *cmd = &vb->cmd[rq - disk->queue.requests];
    uint16_t head;
    int err = 0;

    spin_lock(&vb->lock);
    if (vb->dead)
        err = -EIO;
    else if (vb->nr_free < descs_needed(rq))
        err = -EBUSY;
    if (err)
        goto unlock;
    cmd->header.type = types[rq->op];
    cmd->header.sector = rq->op == BIO_FLUSH ? 0 : rq->sector;
    cmd->status = UINT8_MAX;
    head = push_desc_locked(vb, __pa(&cmd->header), sizeof(cmd->header),
                            VIRTQ_DESC_F_NEXT);
    push_data_locked(vb, rq);
    push_desc_locked(vb, __pa(&cmd->status), 1, VIRTQ_DESC_F_WRITE);
    vb->request_of[head] = rq;

    vb->avail->ring[vb->avail->idx % vb->size] = head;
    io_mb(); /* the chain before the index that publishes it */
    WRITE_ONCE(vb->avail->idx, vb->avail->idx + 1);
unlock:
    spin_unlock(&vb->lock);
    return err;
}

static void
virtio_kick(struct disk *disk)
{
    struct virtio_blk *vb = disk->private;

    io_mb(); /* the index before we look whether the device sleeps */
    if (!(vb->used->flags & VIRTQ_USED_F_NO_NOTIFY))
        write_reg(vb, VIRTIO_QUEUE_NOTIFY, 0);
}

static const struct block_device_ops virtio_blk_ops = {
    .queue_rq = virtio_queue_rq,
    .kick = virtio_kick,
};

/* Give back the chain of rq that starts at head. */
static void
free_chain_locked(struct virtio_blk *vb, uint16_t head,
                  const struct request *rq)
{
    uint16_t last = head;

    vb->request_of[head] = NULL;
    for (unsigned i = 1; i < descs_needed(rq); i++)
        last = vb->next[last];
    vb->next[last] = vb->free_head;
    vb->free_head = head;
    vb->nr_free += descs_needed(rq);
}

/* The next request that the device is done with, or NULL. */
static struct request *
pop_used(struct virtio_blk *vb)
{
    struct request *rq = NULL;

    spin_lock(&vb->lock);
    while (!rq && vb->last_used != vb->used->idx) {
        uint32_t head;

        io_mb(); /* the index before the entry */
        head = vb->used->ring[vb->last_used++ % vb->size].id;
        if (head < vb->size)
            rq = vb->request_of[head];
        if (rq)
            free_chain_locked(vb, (uint16_t)head, rq);
        else
            pr_err("%s: the device returned what it does not have",
                   vb->disk.name);
    }
    spin_unlock(&vb->lock);
    return rq;
}

/* The device wants a reset: give it up, and all that it has. */
static void
bury(struct virtio_blk *vb)
{
    pr_err("%s: the device failed", vb->disk.name);
    spin_lock(&vb->lock);
    vb->dead = true;
    write_reg(vb, VIRTIO_STATUS, 0); /* it lets go of our memory */
    spin_unlock(&vb->lock);
    for (unsigned head = 0; head < vb->size; head++) {
        struct request *rq = vb->request_of[head];

        if (!rq)
            continue;
        vb->request_of[head] = NULL;
        blk_complete(&vb->disk, rq, -EIO);
    }
}

static void
virtio_interrupt(void *arg)
{
    struct virtio_blk *vb = arg;
    struct request *rq;

    write_reg(vb, VIRTIO_INTERRUPT_ACK, read_reg(vb, VIRTIO_INTERRUPT_STATUS));
    while ((rq = pop_used(vb))) {
        const struct command *cmd = &vb->cmd[rq - vb->disk.queue.requests];

        blk_complete(&vb->disk, rq, cmd->status == VIRTIO_BLK_S_OK ? 0 : -EIO);
    }
    if (read_reg(vb, VIRTIO_STATUS) & VIRTIO_STATUS_NEEDS_RESET && !vb->dead)
        bury(vb);
}

/* => the features that both sides have, 0 if the device will not */
static uint64_t
negotiate(struct virtio_blk *vb)
{
    uint64_t features;
    uint32_t status = VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER;

    write_reg(vb, VIRTIO_STATUS, 0);
    write_reg(vb, VIRTIO_STATUS, status);
    write_reg(vb, VIRTIO_DEVICE_FEATURES_SEL, 1);
    features = (uint64_t)read_reg(vb, VIRTIO_DEVICE_FEATURES) << 32;
    write_reg(vb, VIRTIO_DEVICE_FEATURES_SEL, 0);
    features |= read_reg(vb, VIRTIO_DEVICE_FEATURES);
    features &= VIRTIO_F_VERSION_1 | VIRTIO_BLK_F_SEG_MAX | VIRTIO_BLK_F_RO |
                VIRTIO_BLK_F_FLUSH;
    write_reg(vb, VIRTIO_DRIVER_FEATURES_SEL, 1);
    write_reg(vb, VIRTIO_DRIVER_FEATURES, (uint32_t)(features >> 32));
    write_reg(vb, VIRTIO_DRIVER_FEATURES_SEL, 0);
    write_reg(vb, VIRTIO_DRIVER_FEATURES, (uint32_t)features);
    write_reg(vb, VIRTIO_STATUS, status | VIRTIO_STATUS_FEATURES_OK);
    if (!(read_reg(vb, VIRTIO_STATUS) & VIRTIO_STATUS_FEATURES_OK) ||
        !(features & VIRTIO_F_VERSION_1))
        return 0;
    return features;
}

/* Read what the disk can do from the configuration space. */
static void
read_config(struct virtio_blk *vb, uint64_t features)
{
    struct disk *disk = &vb->disk;
    uint32_t generation, seg_max;
    uint64_t capacity;

    do {
        generation = read_reg(vb, VIRTIO_CONFIG_GENERATION);
        capacity = (uint64_t)read_reg(vb, VIRTIO_BLK_CAPACITY + 4) << 32;
        capacity |= read_reg(vb, VIRTIO_BLK_CAPACITY);
        seg_max = read_reg(vb, VIRTIO_BLK_SEG_MAX);
    } while (generation != read_reg(vb, VIRTIO_CONFIG_GENERATION));
    if (!(features & VIRTIO_BLK_F_SEG_MAX) || seg_max > MAX_SEGMENTS)
        seg_max = MAX_SEGMENTS;
    disk->nr_sectors = MIN(capacity, MAX_SECTORS);
    /* A bio is never split, so fewer would be of no use. */
    disk->max_segments =
        MIN(MAX(seg_max, (uint32_t)BIO_MAX_PAGES), vb->size - 2);
    disk->has_flush = features & VIRTIO_BLK_F_FLUSH;
    disk->read_only = features & VIRTIO_BLK_F_RO;
}

/* Allocate the rings and tell the device.  => 0, -ENODEV, -ENOMEM */
static int
setup_queue(struct virtio_blk *vb)
{
    uint8_t *rings;

    write_reg(vb, VIRTIO_QUEUE_SEL, 0);
    vb->size = MIN(read_reg(vb, VIRTIO_QUEUE_NUM_MAX), (uint32_t)VIRTQ_MAX);
    if (vb->size < BIO_MAX_PAGES + 2 || vb->size & (vb->size - 1))
        return -ENODEV;
    rings = alloc_kpages(GFP_KERNEL | __GFP_ZERO, RINGS_ORDER);
    if (!rings)
        return -ENOMEM;
    vb->desc = (struct virtq_desc *)rings;
    vb->avail = (struct virtq_avail *)(rings + PAGE_SIZE);
    vb->used = (struct virtq_used *)(rings + PAGE_SIZE + USED_OFFSET);
    for (uint16_t i = 0; i < vb->size; i++)
        vb->next[i] = i + 1;
    vb->nr_free = (uint16_t)vb->size;

    write_reg(vb, VIRTIO_QUEUE_NUM, vb->size);
    write_reg64(vb, VIRTIO_QUEUE_DESC, __pa(vb->desc));
    write_reg64(vb, VIRTIO_QUEUE_DRIVER, __pa(vb->avail));
    write_reg64(vb, VIRTIO_QUEUE_DEVICE, __pa(vb->used));
    write_reg(vb, VIRTIO_QUEUE_READY, 1);
    return 0;
}

/* Bring up the device behind vb->regs.  => 0 or -errno */
static int
start_disk(struct virtio_blk *vb, uint32_t irq)
{
    struct disk *disk = &vb->disk;
    uint64_t features = negotiate(vb);
    int err;

    spin_init(&vb->lock, RANK_VIRTIO, "virtio");
    err = features ? setup_queue(vb) : -ENODEV;
    if (err)
        return err;
    read_config(vb, features);
    snprintf(disk->name, sizeof(disk->name), "vd%c", 'a' + (int)nr_disks);
    disk->first_minor = nr_disks * VIRTBLK_MINORS;
    disk->ops = &virtio_blk_ops;
    disk->private = vb;
    err = irq_register(irq, virtio_interrupt, vb);
    if (!err)
        err = disk_register(disk);
    if (err)
        return err;
    write_reg(vb, VIRTIO_STATUS,
              read_reg(vb, VIRTIO_STATUS) | VIRTIO_STATUS_DRIVER_OK);
    nr_disks++;
    printk("%s: virtio disk, %lu sectors%s%s", disk->name, disk->nr_sectors,
           disk->has_flush ? ", flush" : "",
           disk->read_only ? ", read-only" : "");
    return 0;
}

/* Is there a disk that we can drive?  Says what is wrong with others. */
static bool
is_our_disk(const volatile uint32_t *regs, paddr_t base)
{
    if (regs[VIRTIO_MAGIC / 4] != VIRTIO_MAGIC_VALUE ||
        regs[VIRTIO_DEVICE_ID / 4] != VIRTIO_ID_BLOCK)
        return false;
    if (regs[VIRTIO_VERSION / 4] == VIRTIO_VERSION_LEGACY)
        pr_warn("the disk at 0x%lx has the legacy virtio interface; start QEMU "
                "with -global virtio-mmio.force-legacy=false",
                base);
    return regs[VIRTIO_VERSION / 4] == VIRTIO_VERSION_MODERN;
}

static void
probe_slot(const struct device_info *slot)
{
    volatile uint8_t *regs = ioremap(slot->base, slot->size);
    struct virtio_blk *vb;
    int err;

    if (!regs || !is_our_disk((volatile uint32_t *)regs, slot->base) ||
        nr_disks == MAX_DISKS)
        return;
    vb = kzalloc(sizeof(*vb), GFP_KERNEL);
    if (!vb)
        return;
    vb->regs = regs;
    err = start_disk(vb, slot->irq);
    if (err) {
        /* vb stays: at boot, once, and the interrupt may know it */
        write_reg(vb, VIRTIO_STATUS, VIRTIO_STATUS_FAILED);
        pr_err("the disk at 0x%lx does not start: error %d", slot->base, err);
    }
}

void
virtio_blk_init(void)
{
    for (unsigned i = 0; i < machine.nr_virtio; i++)
        probe_slot(&machine.virtio[i]);
}
