/* SPDX-License-Identifier: MIT */
/*
 * swap_hdr.h: Linux's swap area header, as mkswap writes it.
 * Layer 0 (include): structures and constants only.
 *
 * The first page of a swap area (4096 bytes) is never swapped to. It holds this
 * header, and its last ten bytes are the signature. Slots are numbered from the
 * start of the area: slot 0 is the header, and slots 1 .. last_page are usable,
 * but for those that badpages lists.
 *
 *     0       bootbits: left alone for a boot loader or a disk label
 *     1024    version, last_page, nr_badpages
 *     1036    uuid, volume name
 *     1536    badpages[nr_badpages]
 *     4086    "SWAPSPACE2"
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define SWAP_PAGE_SIZE 4096u /* the header's idea of a page; also Sv39's */
#define SWAP_MAGIC "SWAPSPACE2"
#define SWAP_MAGIC_LEN 10
#define SWAP_VERSION 1
#define SWAP_LABEL_LEN 16

/*
 * swapon(2): the low bits of the flags hold a priority if PREFER is set.
 * DISCARD is no matter here.
 */
/* clang-format off: a table */
enum {
    SWAP_FLAG_PREFER = 0x8000, SWAP_FLAG_PRIO_MASK = 0x7fff,
    SWAP_FLAG_PRIO_SHIFT = 0, SWAP_FLAG_DISCARD = 0x10000,
};
/* clang-format on */

#define SWAP_MAX_BADPAGES                                                      \
    ((SWAP_PAGE_SIZE - 1024 - 512 - SWAP_MAGIC_LEN) / sizeof(uint32_t))

struct swap_header {
    uint8_t bootbits[1024];
    uint32_t version;     /* SWAP_VERSION */
    uint32_t last_page;   /* number of the last page: pages of the area - 1 */
    uint32_t nr_badpages; /* entries of badpages that are valid */
    uint8_t uuid[16];
    char volume_name[SWAP_LABEL_LEN]; /* not terminated when 16 long */
    uint32_t padding[117];
    uint32_t badpages[SWAP_MAX_BADPAGES];
    char unused[2];
    char magic[SWAP_MAGIC_LEN];
};

_Static_assert(sizeof(struct swap_header) == SWAP_PAGE_SIZE &&
                   offsetof(struct swap_header, badpages) == 1536,
               "fields of the swap header lie where mkswap puts them");
