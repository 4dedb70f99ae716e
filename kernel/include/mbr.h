/* SPDX-License-Identifier: MIT */
/*
 * mbr.h: the partition table in the first sector of a disk.
 * Layer 0 (include): structures and constants only.
 *
 * The table has four entries and ends with the signature 0x55 0xaa. An entry of
 * type 0 is unused. Only the 32-bit sector numbers count; the cylinder, head
 * and sector fields are a relic; they hold the same place as far as they reach.
 * Extended partitions (types 0x05 and 0x0f) are not followed by Folio.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define MBR_SECTOR_SIZE 512u
#define MBR_NR_PARTS 4
#define MBR_SIGNATURE 0xaa55 /* little endian: bytes 0x55, 0xaa */

enum { MBR_TYPE_EMPTY = 0, MBR_TYPE_LINUX_SWAP = 0x82, MBR_TYPE_LINUX = 0x83 };

struct mbr_partition {
    uint8_t boot_flag; /* 0x80: a boot loader may start here */
    uint8_t first_chs[3]; /* head, sector from 1, cylinder */
    uint8_t type; /* MBR_TYPE_* */
    uint8_t last_chs[3];
    uint32_t start_sector, nr_sectors;
} __attribute__((packed));

struct mbr {
    uint8_t boot_code[440];
    uint32_t disk_id;
    uint16_t reserved;
    struct mbr_partition part[MBR_NR_PARTS];
    uint16_t signature;
} __attribute__((packed));

_Static_assert(sizeof(struct mbr_partition) == 16 &&
                   sizeof(struct mbr) == MBR_SECTOR_SIZE &&
                   offsetof(struct mbr, part) == 446,
               "the partition table lies where others expect it");
