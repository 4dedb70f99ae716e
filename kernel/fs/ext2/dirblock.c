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
 * So a block never has to be tidied up, what is free lies behind a used entry,
 * and an entry in use stays where it is whatever happens to the others.
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

struct ext2_dir_entry *
dirblock_insert(void *block, const struct dir_query *q)
{
    unsigned need = EXT2_DIR_REC_LEN(q->len), used = 0;
    struct ext2_dir_entry *e = NULL, *old;

    while ((e = dirblock_next(block, e)) && !IS_ERR(e)) {
        used = e->inode ? (unsigned)EXT2_DIR_REC_LEN(e->name_len) : 0;
        if (e->rec_len - used >= need)
            break;
    }
    if (!e || IS_ERR(e))
        return e;
    if (used) { /* split: the new one gets what is left over */
        old = e;
        e = (void *)((uint8_t *)old + used);
        e->rec_len = (uint16_t)(old->rec_len - used);
        old->rec_len = (uint16_t)used;
    }
    e->inode = q->ino;
    e->name_len = (uint8_t)q->len;
    e->file_type = q->type;
    memcpy(e->name, q->name, q->len);
    return e;
}

void
dirblock_remove(void *block, struct ext2_dir_entry *e)
{
    struct ext2_dir_entry *before = NULL, *at = block;

    while (at && !IS_ERR(at) && at != e) {
        before = at;
        at = dirblock_next(block, at);
    }
    if (before)
        before->rec_len = (uint16_t)(before->rec_len + e->rec_len);
    else
        e->inode = 0;
}
