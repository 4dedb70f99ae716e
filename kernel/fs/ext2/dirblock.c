/* SPDX-License-Identifier: MIT */
/*
 * dirblock.c - one block of a directory; see dirblock.h.
 *
 *     | ino 12 | rec_len 16 | "." | ino 2 | rec_len 24 | "name" ..... | ...
 *
 * Entries fill the block without gaps: rec_len leads from one to the next and
 * the last one's reaches the block's end.  Removing an entry lengthens the
 * one before it (the first one becomes unused, with inode 0); inserting
 * splits an entry that is longer than its name needs:
 *
 *     | a |  b  |  c  .......... |
 *     | a ..... |  c  .......... |      remove b
 *     | a ..... |  c  |  d  .... |      insert d, too long for b's place
 *
 * So a block never has to be tidied up: what is free lies behind a used entry.
 *
 * Invariants
 *   I1  rec_len is a multiple of 4, and enough for the header and the name.
 *   I2  The rec_lens of a block add up to its size.
 */
#include "fs/ext2/dirblock.h"

#include <stdbool.h>

#include "include/errno.h"
#include "lib/string.h"

struct ext2_dir_entry *
dirblock_entry(void *block, unsigned at)
{
    struct ext2_dir_entry *e = (void *)((uint8_t *)block + at);
    unsigned room = EXT2_BLOCK_SIZE - at;
    bool ok =
        room >= EXT2_DIR_REC_LEN(1) && e->rec_len <= room &&
        e->rec_len >= EXT2_DIR_REC_LEN(1) && e->rec_len % EXT2_DIR_PAD == 0 &&
        (e->inode == 0 ||
         (e->name_len > 0 && EXT2_DIR_REC_LEN(e->name_len) <= e->rec_len));

    return ok ? e : NULL;
}

int
dirblock_find(void *block, const char *name, unsigned len,
              struct ext2_dir_entry **out, struct ext2_dir_entry **before)
{
    struct ext2_dir_entry *e;

    *before = NULL;
    for (unsigned at = 0; at < EXT2_BLOCK_SIZE; at += e->rec_len) {
        e = dirblock_entry(block, at);
        if (!e)
            return -EIO;
        if (e->inode && e->name_len == len && !memcmp(e->name, name, len)) {
            *out = e;
            return 1;
        }
        *before = e;
    }
    return 0;
}

int
dirblock_insert(void *block, const char *name, unsigned len, uint32_t ino,
                uint8_t type)
{
    struct ext2_dir_entry *e;

    for (unsigned at = 0; at < EXT2_BLOCK_SIZE; at += e->rec_len) {
        unsigned used;

        e = dirblock_entry(block, at);
        if (!e)
            return -EIO;
        used = e->inode ? (unsigned)EXT2_DIR_REC_LEN(e->name_len) : 0;
        if (e->rec_len - used < EXT2_DIR_REC_LEN(len))
            continue;
        if (used) { /* split: the new one gets what is left over */
            struct ext2_dir_entry *old = e;

            e = (void *)((uint8_t *)old + used);
            e->rec_len = (uint16_t)(old->rec_len - used);
            old->rec_len = (uint16_t)used;
        }
        e->inode = ino;
        e->name_len = (uint8_t)len;
        e->file_type = type;
        memcpy(e->name, name, len);
        return 1;
    }
    return 0;
}

void
dirblock_remove(struct ext2_dir_entry *e, struct ext2_dir_entry *before)
{
    if (before)
        before->rec_len = (uint16_t)(before->rec_len + e->rec_len);
    else
        e->inode = 0;
}
