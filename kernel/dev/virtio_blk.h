/* SPDX-License-Identifier: MIT */
#ifndef DEV_VIRTIO_BLK_H
#define DEV_VIRTIO_BLK_H

/*
 * Find the disks among the virtio slots of `machine` and register them: vda,
 * vdb, ... by slot address.  => after plic_init and bio_init; may sleep not
 */
void virtio_blk_init(void);

#endif
