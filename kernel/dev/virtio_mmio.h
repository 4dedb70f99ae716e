/* SPDX-License-Identifier: MIT */
/*
 * virtio_mmio.h - a virtio device behind memory-mapped registers: virtio 1.2,
 * sections 2.7 (split virtqueues), 4.2 (mmio) and 5.2 (block device).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Each access is one load or store of 32 bits; in pairs the low word first. */
struct virtio_regs {
    uint32_t magic, version, device_id, unused_00c;
    uint32_t device_features, device_features_sel, unused_018[2];
    uint32_t driver_features, driver_features_sel, unused_028[2];
    uint32_t queue_sel, queue_num_max, queue_num, unused_03c[2];
    uint32_t queue_ready, unused_048[2];
    uint32_t queue_notify, unused_054[3];
    uint32_t interrupt_status, interrupt_ack, unused_068[2];
    uint32_t status, unused_074[3];
    uint32_t queue_desc[2], unused_088[2];
    uint32_t queue_driver[2], unused_098[2];
    uint32_t queue_device[2], unused_0a8[22];
    uint32_t blk_capacity[2]; /* in sectors */
};

_Static_assert(offsetof(struct virtio_regs, queue_ready) == 0x044 &&
                   offsetof(struct virtio_regs, status) == 0x070 &&
                   offsetof(struct virtio_regs, blk_capacity) == 0x100,
               "registers lie where the device has them");

enum {
    VIRTIO_MAGIC_VALUE = 0x74726976, /* "virt" */
    VIRTIO_VERSION_MODERN = 2,       /* 1: legacy */
    VIRTIO_ID_BLOCK = 2,

    VIRTIO_STATUS_ACKNOWLEDGE = 1,
    VIRTIO_STATUS_DRIVER = 2,
    VIRTIO_STATUS_DRIVER_OK = 4,
    VIRTIO_STATUS_FEATURES_OK = 8,
    VIRTIO_STATUS_FAILED = 128,

    VIRTIO_F_HIGH_VERSION_1 = 1 << 0, /* in the high word */
    VIRTIO_BLK_F_RO = 1 << 5,
    VIRTIO_BLK_F_FLUSH = 1 << 9,
};

enum { VIRTQ_DESC_F_NEXT = 1, VIRTQ_DESC_F_WRITE = 2 };
enum { VIRTQ_USED_F_NO_NOTIFY = 1 };
enum { VIRTQ_SIZE = 256 }; /* entries; a device may have more */

/* A buffer; the entries of a request are chained through next. */
struct virtq_desc {
    uint64_t addr;
    uint32_t len;
    uint16_t flags, next;
};

struct virtq {
    struct virtq_desc desc[VIRTQ_SIZE]; /* aligned to 16 bytes */
    struct virtq_avail { /* we write: heads of chains for the device */
        uint16_t flags, idx, ring[VIRTQ_SIZE];
    } avail;
    volatile struct virtq_used { /* the device writes: heads that are done */
        uint16_t flags, idx;
        struct {
            uint32_t id, len;
        } ring[VIRTQ_SIZE];
    } used; /* aligned to 4 bytes */
};

/* What the device reads first of a request; data and a status byte follow. */
struct virtio_blk_header {
    uint32_t type; /* VIRTIO_BLK_T_* */
    uint32_t reserved;
    uint64_t sector;
};

enum { VIRTIO_BLK_T_IN = 0, VIRTIO_BLK_T_OUT = 1, VIRTIO_BLK_T_FLUSH = 4 };
enum { VIRTIO_BLK_S_OK = 0 };
