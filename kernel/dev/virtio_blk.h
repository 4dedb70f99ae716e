/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Find the disks among the virtio slots of `machine` and register them: vda,
 * vdb, ... by slot address.  => after plic_init and bio_init; may sleep not
 */
void virtio_blk_init(void);
