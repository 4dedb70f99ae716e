/* SPDX-License-Identifier: MIT */
/*
 * dirblock.c - one block of a directory; see dirblock.h.
 *
 *     | ino 12 | rec_len 16 | "." | ino 2 | rec_len 24 | "name" ..... | ...
 *
 * Entries fill the block without gaps: rec_len leads from one to the next and
 * the last one's reaches the block's end.  One that is removed is unused from
 * then on, with inode 0; inserting looks for an entry that, with the unused ones
 * right behind it, is longer than its own name and the new one need, joins them
 * and splits what is over off:
 *
 *     | a |  b  |  c  .......... |
 *     | a |     |  c  .......... |      remove b
 *     | a |     |  c  |  d  .... |      insert d, too long for b's place
 *     | a | e | |  c  |  d  .... |      insert e
 *
 * So a block never has to be tidied up, and an entry in use stays where it is
 * whatever happens to the others.
 *
 * Invariants
 *   I1  rec_len is a multiple of 4, and enough for the header and the name.
 *   I2  The rec_lens of a block add up to its size.
 */
#include "fs/ext2/dirblock.h"

#include "include/errno.h"
#include "lib/err.h"
#include "lib/string.h"

struct ext2_dir_entry *
dirblock_next(void *block, struct ext2_dir_entry *e)
{
    uint8_t *next = e ? (uint8_t *)e + e->rec_len : block;
    unsigned room = EXT2_BLOCK_SIZE - (unsigned)(next - (uint8_t *)block);

    if (room == 0)
        return NULL;
    e = (void *)next;
    if (room < EXT2_DIR_REC_LEN(1) || e->rec_len > room ||
        e->rec_len < EXT2_DIR_REC_LEN(1) || e->rec_len % EXT2_DIR_PAD ||
        (e->inode &&
         (e->name_len == 0 || EXT2_DIR_REC_LEN(e->name_len) > e->rec_len)))
        return ERR_PTR(-EIO);
    return e;
}

struct ext2_dir_entry *
dirblock_find(void *block, const struct dir_query *q)
{
    struct ext2_dir_entry *e = NULL;

    while ((e = dirblock_next(block, e)) && !IS_ERR(e))
        if (e->inode && e->name_len == q->len &&
            !memcmp(e->name, q->name, q->len))
            break;
    return e;
}

/* The length of e and of the unused entries behind it. */
static unsigned
length_with_unused(void *block, struct ext2_dir_entry *e)
{
    unsigned len = e->rec_len;

    while ((e = dirblock_next(block, e)) && !IS_ERR(e) && !e->inode)
        len += e->rec_len;
    return len;
}

struct ext2_dir_entry *
dirblock_insert(void *block, const struct dir_query *q)
{
    unsigned need = EXT2_DIR_REC_LEN(q->len), used = 0, len = 0;
    struct ext2_dir_entry *e = NULL;

    while ((e = dirblock_next(block, e)) && !IS_ERR(e)) {
        used = e->inode ? (unsigned)EXT2_DIR_REC_LEN(e->name_len) : 0;
        len = length_with_unused(block, e);
        if (len - used >= need)
            break;
    }
    if (!e || IS_ERR(e))
        return e;
    if (used) { /* split: the new one gets what is left over */
        e->rec_len = (uint16_t)used;
        e = (void *)((uint8_t *)e + used);
    }
    e->rec_len = (uint16_t)(len - used);
    e->name_len = (uint8_t)q->len;
    memcpy(e->name, q->name, q->len);
    return e;
}
