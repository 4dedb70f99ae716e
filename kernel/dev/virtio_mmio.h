/* SPDX-License-Identifier: MIT */
/*
 * virtio_mmio.h - a virtio device behind memory-mapped registers: virtio 1.2,
 * sections 2.7 (split virtqueues), 4.2 (mmio) and 5.2 (block device).
 */
#pragma once

#include <stdint.h>

enum { /* registers, in 32-bit words */
       VIRTIO_MAGIC = 0x000 / 4,
       VIRTIO_VERSION = 0x004 / 4,
       VIRTIO_DEVICE_ID = 0x008 / 4,
       VIRTIO_DEVICE_FEATURES = 0x010 / 4,
       VIRTIO_DEVICE_FEATURES_SEL = 0x014 / 4,
       VIRTIO_DRIVER_FEATURES = 0x020 / 4,
       VIRTIO_DRIVER_FEATURES_SEL = 0x024 / 4,
       VIRTIO_QUEUE_SEL = 0x030 / 4,
       VIRTIO_QUEUE_NUM_MAX = 0x034 / 4,
       VIRTIO_QUEUE_NUM = 0x038 / 4,
       VIRTIO_QUEUE_READY = 0x044 / 4,
       VIRTIO_QUEUE_NOTIFY = 0x050 / 4,
       VIRTIO_INTERRUPT_STATUS = 0x060 / 4,
       VIRTIO_INTERRUPT_ACK = 0x064 / 4,
       VIRTIO_STATUS = 0x070 / 4,
       VIRTIO_QUEUE_DESC = 0x080 / 4, /* low word, high word */
       VIRTIO_QUEUE_DRIVER = 0x090 / 4,
       VIRTIO_QUEUE_DEVICE = 0x0a0 / 4,
       VIRTIO_CONFIG = 0x100 / 4,
};

enum {
    VIRTIO_MAGIC_VALUE = 0x74726976, /* "virt" */
    VIRTIO_VERSION_LEGACY = 1,
    VIRTIO_VERSION_MODERN = 2,
    VIRTIO_ID_BLOCK = 2,

    VIRTIO_STATUS_ACKNOWLEDGE = 1,
    VIRTIO_STATUS_DRIVER = 2,
    VIRTIO_STATUS_DRIVER_OK = 4,
    VIRTIO_STATUS_FEATURES_OK = 8,
    VIRTIO_STATUS_NEEDS_RESET = 64,
    VIRTIO_STATUS_FAILED = 128,
};

enum {
    VIRTIO_F_HIGH_VERSION_1 = 1 << 0, /* in the high word */
    VIRTIO_BLK_F_RO = 1 << 5,
    VIRTIO_BLK_F_FLUSH = 1 << 9,
};

enum { VIRTQ_DESC_F_NEXT = 1, VIRTQ_DESC_F_WRITE = 2 };
enum { VIRTQ_USED_F_NO_NOTIFY = 1 };
enum { VIRTQ_MAX = 512 }; /* entries that we use at most */

/* A buffer; the entries of a request are chained through next. */
struct virtq_desc {
    uint64_t addr;
    uint32_t len;
    uint16_t flags;
    uint16_t next;
};

struct virtq_avail { /* we write: heads of chains for the device */
    uint16_t flags;
    uint16_t idx;
    uint16_t ring[VIRTQ_MAX];
};

struct virtq_used { /* the device writes: heads that it is done with */
    uint16_t flags;
    uint16_t idx;
    struct {
        uint32_t id;
        uint32_t len;
    } ring[VIRTQ_MAX];
};

struct virtq {
    struct virtq_desc desc[VIRTQ_MAX]; /* aligned to 16 bytes */
    struct virtq_avail avail;
    volatile struct virtq_used used; /* aligned to 4 bytes */
};

enum {
    VIRTIO_BLK_CAPACITY = VIRTIO_CONFIG + 0, /* 64 bits, in sectors */
    VIRTIO_BLK_T_IN = 0,
    VIRTIO_BLK_T_OUT = 1,
    VIRTIO_BLK_T_FLUSH = 4,
    VIRTIO_BLK_S_OK = 0,
};

/* What the device reads first of a request; data and a status byte follow. */
struct virtio_blk_header {
    uint32_t type;
    uint32_t reserved;
    uint64_t sector;
};
